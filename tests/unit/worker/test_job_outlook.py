"""When nothing more is to come of jobs that are watched."""

import pytest

from tests.job_builders import job_of
from worker import job_outlook
from worker.errors import BrokerUnreachable, OutputNotWritable
from worker.job_outlook import Outlook, why_given_up
from worker.job_status import GivenUp, JobStatus, JobWatcher
from worker.progress import Progress
from worker.queue_state import QueueState

LOOKS = job_outlook._BELIEVED_AFTER
EMPTY, FULL = QueueState(0, 0, ()), QueueState(0, 1, ())


@pytest.fixture
def job(tmp_path):
    return job_of(tmp_path, [31, 32])


def status(*, read=0, given_up=(), state="unfinished"):
    progress = Progress(total=2, read=read, blank=0, failed=0, missing=2 - read)
    return JobStatus(progress, state, None, None, (), given_up)


def ends(outlook, job, queues, now=None):
    return [outlook.end([(job, now or status())], queue) for queue in queues]


def test_an_empty_queue_is_believed_after_many_looks_without_a_page_done(job):
    *before, last = ends(Outlook(), job, [EMPTY] * (LOOKS + 1))

    assert before == [None] * LOOKS
    assert isinstance(last, BrokerUnreachable)


@pytest.mark.parametrize("between", [FULL, "no answer", None])
def test_a_page_that_is_there_or_a_broker_that_is_away_begins_the_count_anew(job, between):
    outlook = Outlook()

    assert not any(ends(outlook, job, [*[EMPTY] * LOOKS, between, *[EMPTY] * (LOOKS - 1)]))
    assert ends(outlook, job, [EMPTY])[0]


def test_a_page_that_is_done_begins_the_count_anew(job):
    outlook = Outlook()

    assert not any(ends(outlook, job, [EMPTY] * LOOKS))
    assert not any(ends(outlook, job, [EMPTY] * LOOKS, status(read=1)))


def test_what_was_given_up_ends_it_at_once_if_nothing_else_is_to_come(job, tmp_path):
    one = (GivenUp("31.png", 1, "vm: full"),)
    all_given_up, other = status(read=1, given_up=one), job_of(tmp_path / "other", [31, 32])

    (error,) = ends(Outlook(), job, [FULL], all_given_up)

    assert isinstance(error, OutputNotWritable)
    assert Outlook().end([(job, status(given_up=one))], FULL) is None
    assert Outlook().end([(job, all_given_up), (other, status())], FULL) is None
    assert Outlook().end([(job, status(read=2, state="done"))], EMPTY) is None


def test_each_reason_is_said_once_and_not_all_of_very_many():
    pages = [GivenUp(f"{number}.png", 1, f"vm{number % 5}: full") for number in range(20)]

    assert why_given_up(pages) == "vm0: full; vm1: full; vm2: full; and 2 more reasons"


@pytest.mark.parametrize(("digits", "of_shelf"), [(0, False), (2, False), (2, True)])
def test_one_cause_is_said_once_though_it_names_the_file_of_every_page(
    tmp_path, monkeypatch, digits, of_shelf
):
    monkeypatch.setattr("worker.job_folder.JobFolder.shelf_digits", digits)
    job = job_of(tmp_path, [31, 32, 33])
    paths = {entry.key: job.record_path(entry.key) for entry in job.entries}
    reasons = {
        key: f"vm: cannot write {path.parent if of_shelf else path}: No space left on device"
        for key, path in paths.items()
    }
    watcher = JobWatcher(job)
    watcher.look()

    assert why_given_up(watcher.given_up(reasons)) == reasons[job.entries[0].key]


def test_the_remedy_names_the_roots_of_the_worker_that_gave_up(job):
    one = (GivenUp("31.png", 1, f"vm: {job.path} lies outside of the folders of roots"),)

    (error,) = ends(Outlook(), job, [FULL], status(read=1, given_up=one))

    assert "add its folder to DIGITIZE_ROOTS there" in error.remedy
