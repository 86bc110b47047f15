"""A job that makes room for another while a page of it is read: nothing that came of it is the new one's."""

import pytest
from billiard.exceptions import TimeLimitExceeded

from tests.fake_readers import FACTORY, FakeReader
from tests.job_builders import job_of, plain_settings
from tests.unit.worker.test_queue_app import Attempts, payload, task
from worker.app import TASK_NAME, make_app
from worker.begun_pages import BegunPages
from worker.embedded import run_embedded
from worker.errors import ModelRefused
from worker.job_folder import JobFolder, ReadOptions
from worker.jobs import Job
from worker.no_job import JobReplaced
from worker.page_events import PageEvents
from worker.tasks import add_tasks


@pytest.fixture
def settings():
    return plain_settings(broker_url="redis://127.0.0.1:1/0", queue="pages", key_prefix="ours:")


def replace(job):
    """Have another job in the folder, as `submit --force` does."""
    job.path.rename(job.path.with_name("job.replaced-1"))
    return Job.create(job.path, job.entries, [], ReadOptions(pdf_dpi=100))


class Counted(Attempts):
    """Counts of one page as Redis does: from the beginning once they were forgotten."""

    def done(self, job, key):
        super().done(job, key)
        self.begun = 0


def test_a_page_of_the_last_attempt_is_begun_anew_for_the_new_job(settings, tmp_path, monkeypatch):
    """Neither given up, of which a `submit` that waits for the new job would hear, nor called lost."""
    job, attempts, left = job_of(tmp_path, [31]), Counted(begun=settings.max_attempts - 1), [1]

    def load(*_):
        if left.pop() if left else False:
            replace(job)
            raise ZeroDivisionError
        return FakeReader()

    monkeypatch.setattr("worker.page_task.get_reader", load)
    task(settings, attempts).apply(kwargs=payload(job))
    assert Job.open(job.path).progress().read == 1
    assert attempts.reasons == {}
    assert list((tmp_path / "job.replaced-1" / "pages").iterdir()) == []


def test_a_model_that_was_refused_to_the_old_job_is_not_to_the_new_one(settings, tmp_path, monkeypatch):
    job, left = job_of(tmp_path, [31]), [1]

    def load(*_):
        if left:
            left.pop()
            replace(job)
            raise ModelRefused("not the old one's")
        return FakeReader()

    monkeypatch.setattr("worker.page_task.get_reader", load)
    task(settings).apply(kwargs=payload(job))
    assert Job.open(job.path).progress().read == 1


@pytest.fixture
def events():
    made = PageEvents()
    yield made
    made.close()


def test_a_hard_limit_in_the_old_job_is_none_of_the_new_one(settings, tmp_path, events):
    job, attempts, begun = job_of(tmp_path, [31]), Attempts(), BegunPages()
    app = make_app(settings)
    add_tasks(app, settings, attempts, events, reader_factory=FACTORY, begun=begun)
    in_a_process = BegunPages()
    in_a_process.begin(events, "page", "of the old job", JobFolder(job.path).version())
    replace(job)
    in_a_process.begin(events, "page", "of the new job", JobFolder(job.path).version())
    told = {event.message: event for event in events.take(0)}

    begun.saw(told["of the old job"], 1)
    app.tasks[TASK_NAME].on_failure(TimeLimitExceeded(90), "of the old job", (), payload(job), None)
    assert Job.open(job.path).missing() == job.entries
    assert attempts.reasons == {}

    begun.saw(told["of the new job"], 1)
    app.tasks[TASK_NAME].on_failure(TimeLimitExceeded(90), "of the new job", (), payload(job), None)
    assert job.read_record(job.entries[0].key).code == "time-limit"


def test_nothing_is_known_of_a_page_that_nobody_told_of():
    assert BegunPages().job_of("any") is None


def test_without_a_server_the_reading_ends_where_another_job_has_come(tmp_path):
    """In one step here, so that no process finds none."""
    job = job_of(tmp_path, range(31, 41))  # more than are handed out at once
    other = Job.create(tmp_path / "other", job.entries, [], ReadOptions(pdf_dpi=100))

    def replace_once(_entry, _record):
        if other.job_file.exists():
            other.job_file.replace(job.job_file)

    with pytest.raises(JobReplaced, match="another job has come into"):
        run_embedded(job, job.entries, plain_settings(jobs=1), replace_once, reader_factory=FACTORY)
    assert len(job.missing()) >= len(job.entries) - 3
