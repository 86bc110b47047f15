import socket

import pytest
from billiard.exceptions import TimeLimitExceeded, WorkerLostError
from celery.concurrency.asynpool import PROC_ALIVE_TIMEOUT
from celery.exceptions import Reject

from tests.fake_readers import FACTORY, FOLDER_VARIABLE, REFUSING_FACTORY, Script
from tests.job_builders import job_of, plain_settings
from worker.app import TASK_NAME, make_app, visibility_timeout_s
from worker.errors import SettingsInvalid, StoreUnreachable
from worker.lasting_pool import LastingPool
from worker.tasks import add_tasks
from worker.unseen_folders import FolderElsewhere


@pytest.fixture
def settings():
    return plain_settings(broker_url="redis://127.0.0.1:1/0", queue="pages", key_prefix="ours:")


@pytest.fixture
def script(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    return Script(tmp_path)


class Attempts:
    """Counts as Redis would, without one."""

    def __init__(self, begun: int = 0) -> None:
        self.begun, self.forgotten, self.dropped = begun, 0, []
        self.reasons = {}

    def begin(self, job, key, message):
        self.begun += 1
        return self.begun

    def done(self, job, key):
        self.forgotten += 1

    def count_dropped(self, many=1, counter="dropped"):
        self.dropped += [counter] * many

    def give_up(self, job, key, reason):
        self.reasons[key] = reason


class Told:
    """Keeps what would go to the parent of a worker."""

    def __init__(self) -> None:
        self.kinds = []

    def tell(self, kind, page, **more):
        self.kinds.append(kind)

    def tell_done(self, page, record):
        self.kinds.append(record.outcome)


class Unseen:
    """Knows whether other machines may see what this one does not."""

    def __init__(self, *, others: bool, seen: bool = True) -> None:
        self._others, self._seen = others, seen

    def check(self, file, *, last):
        if not self._seen:
            raise FolderElsewhere("it is not mounted")

    def is_left_to_others(self, folder):
        return self._others


def task(settings, attempts=None, factory=FACTORY, events=None, unseen=None):
    app = make_app(settings)
    attempts, events = attempts or Attempts(), events or Told()
    add_tasks(app, settings, attempts, events, reader_factory=factory, unseen=unseen)
    return app.tasks[TASK_NAME]


def raising(error):
    def ask(*_):
        raise error

    return ask


def payload(job, /, **changes):
    return {"job": str(job.path), "entry": job.entries[0].model_dump(mode="json"), **changes}


def test_nothing_is_lost_with_a_worker_and_nothing_is_kept(settings):
    conf = make_app(settings).conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert conf.accept_content == ["json"]
    assert conf.task_serializer == "json"
    assert conf.task_ignore_result
    assert conf.result_backend is None
    assert conf.task_default_queue == "pages"
    assert (conf.task_soft_time_limit, conf.task_time_limit) == (60, 90)


def test_a_page_is_not_handed_out_again_while_it_may_still_be_read(settings):
    options = make_app(settings).conf.broker_transport_options
    assert options["visibility_timeout"] == visibility_timeout_s(settings) > 2 * settings.task_time_limit_s
    assert options["global_keyprefix"] == "ours:"
    assert options["socket_timeout"]
    assert options["unacked_restore_throttle"]


def test_a_process_that_starts_slowly_is_not_killed_for_it(settings):
    """Loading the reader on a busy machine takes longer than Celery's own limit."""
    assert make_app(settings).conf.worker_proc_alive_timeout >= 10 * PROC_ALIVE_TIMEOUT


def test_a_lost_process_is_looked_for_within_half_a_second():
    """As docs/operations.md says: Celery looks when its pipe closes, mostly too early, and then every 5 s."""
    pool = LastingPool.Pool.__new__(LastingPool.Pool)
    assert 0 < pool.timers[pool.maintain_pool] <= 0.5


@pytest.mark.parametrize(
    ("address", "asked_for"),
    [
        ("rediss://host:6380/0", "rediss://host:6380/0?ssl_cert_reqs=required"),
        ("rediss://host/0?ssl_ca_certs=a.pem", "rediss://host/0?ssl_ca_certs=a.pem&ssl_cert_reqs=required"),
        ("rediss://host/0?ssl_cert_reqs=none", "rediss://host/0?ssl_cert_reqs=none"),
        ("redis://host/0", "redis://host/0"),
    ],
)
def test_the_queue_checks_the_certificate_unless_told_otherwise(address, asked_for):
    assert make_app(plain_settings(broker_url=address)).conf.broker_url == asked_for


def test_an_app_without_a_broker_is_refused():
    with pytest.raises(SettingsInvalid, match="broker_url"):
        make_app(plain_settings())


def test_the_task_reads_its_page_and_forgets_the_attempts(settings, tmp_path):
    job, attempts, told = job_of(tmp_path, [31]), Attempts(), Told()
    task(settings, attempts, events=told)(**payload(job))
    assert job.progress().read == 1
    assert attempts.forgotten == 1
    assert told.kinds == ["begun", "read"]


def test_a_page_that_was_done_before_is_not_told_to_be_read_again(settings, tmp_path, caplog):
    caplog.set_level("DEBUG", "worker.page_work")
    job, told = job_of(tmp_path, [31]), Told()
    page = task(settings, events=told)
    for _ in range(2):
        page(**payload(job))
    page.on_failure(TimeLimitExceeded(90), "a", (), payload(job), None)
    assert told.kinds == ["begun", "read", "begun", "found-done", "found-done"]
    logged = [(each.levelname, each.message, getattr(each, "fields", {})) for each in caplog.records]
    assert [fields["outcome"] for _, _, fields in logged if fields] == ["read"]
    assert logged[1:] == [("DEBUG", "page 1 of '31.png' was done already", {})] * 2


def test_an_attempt_too_many_is_recorded_and_not_begun(settings, tmp_path):
    job, attempts = job_of(tmp_path, [31]), Attempts(begun=3)
    task(settings, attempts)(**payload(job))
    record = job.read_record(job.entries[0].key)
    assert record.code == "worker-lost"
    assert record.message.startswith("the worker reading it was lost 3 times; it may need more memory")


def test_a_model_refused_in_mid_run_is_recorded(settings, tmp_path):
    job = job_of(tmp_path, [31])
    task(settings, factory=REFUSING_FACTORY)(**payload(job))
    assert job.read_record(job.entries[0].key).code == "model-refused"


@pytest.mark.parametrize(
    "changes",
    [
        {"job": "relative"},
        {"job": 1},
        {"entry": {}},
        {"entry": {"key": "../../x", "name": "x", "path": "/x", "page": 1}},
        {"entry": {"key": "x", "name": "x", "path": "/x", "page": 0}},
        {"command": "rm"},
    ],
)
def test_a_message_that_is_no_page_is_dropped(settings, tmp_path, changes, caplog):
    job, attempts = job_of(tmp_path, [31]), Attempts()
    task(settings, attempts)(**payload(job, **changes))
    assert "message dropped" in caplog.text
    assert attempts.begun == 0
    assert job.missing() == job.entries


def test_a_message_makes_no_folder_where_no_job_is(settings, tmp_path):
    job = job_of(tmp_path, [31])
    elsewhere = tmp_path / "elsewhere"
    attempts = Attempts(begun=3)
    task(settings, attempts)(**payload(job, job=str(elsewhere)))
    assert not elsewhere.exists()
    assert "no job in" in attempts.reasons[job.entries[0].key]


def test_a_page_that_cannot_be_recorded_is_tried_again_and_then_given_up(settings, tmp_path, script):
    job, attempts, told = job_of(tmp_path, [31]), Attempts(), Told()
    job.pages.rmdir()
    job.pages.touch()
    task(settings, attempts, events=told).apply(kwargs=payload(job))
    assert told.kinds == ["begun", "put-off", "begun", "put-off", "begun", "given-up"]
    assert attempts.begun == len(script.begun(31)) == settings.max_attempts
    assert attempts.forgotten == 0
    (reason,) = attempts.reasons.values()
    assert reason.startswith(f"{socket.gethostname()}: cannot ")


def test_a_page_that_can_be_recorded_the_second_time_is_done(settings, tmp_path):
    job, attempts = job_of(tmp_path, [31]), Attempts()
    away = job.path.rename(tmp_path / "away")

    def begin(*_):
        attempts.begun += 1
        if attempts.begun == 2:
            away.rename(job.path)
        return attempts.begun

    attempts.begin = begin
    task(settings, attempts).apply(kwargs=payload(job))
    assert job.progress().read == 1
    assert (attempts.begun, attempts.forgotten, attempts.reasons) == (2, 1, {})


def test_a_time_limit_that_cannot_be_recorded_is_given_up(settings, tmp_path):
    job, attempts = job_of(tmp_path, [31]), Attempts()
    job.pages.rmdir()
    job.pages.touch()
    error = TimeLimitExceeded(90)
    task(settings, attempts).on_failure(error, "id", (), payload(job), None)
    assert list(attempts.reasons) == [job.entries[0].key]


@pytest.fixture
def no_store(monkeypatch):
    """Let the store of every job give no answer, and be asked for one only once a message."""
    monkeypatch.setattr("worker.page_work.is_cancelled", raising(StoreUnreachable("no answer")))
    monkeypatch.setattr("worker.page_work.asks_for", raising(AssertionError("asked again")))


@pytest.mark.usefixtures("no_store")
@pytest.mark.parametrize("unseen", [None, Unseen(others=False)])
def test_a_page_whose_store_gives_no_answer_is_put_off_and_then_given_up(settings, tmp_path, unseen):
    job, attempts, told = job_of(tmp_path, [31]), Attempts(), Told()
    task(settings, attempts, events=told, unseen=unseen).apply(kwargs=payload(job))
    assert told.kinds == ["begun", "put-off", "begun", "put-off", "begun", "given-up"]
    (reason,) = attempts.reasons.values()
    assert "no answer" in reason


@pytest.mark.usefixtures("no_store")
def test_a_page_whose_store_answers_others_is_left_to_them_but_not_for_ever(settings, tmp_path):
    job, attempts, told = job_of(tmp_path, [31]), Attempts(), Told()
    page = task(settings, attempts, events=told, unseen=Unseen(others=True))
    page.apply(kwargs=payload(job), retries=58)
    assert attempts.forgotten == 2
    assert told.kinds == ["begun", "put-off", "begun", "put-off", "begun", "given-up"]
    assert list(attempts.reasons) == [job.entries[0].key]


def test_a_page_of_a_folder_that_nobody_mounts_is_given_up_at_last(settings, tmp_path):
    job, attempts = job_of(tmp_path, [31]), Attempts(begun=2)
    page = task(settings, attempts, unseen=Unseen(others=True, seen=False))
    page.apply(kwargs=payload(job), retries=60)
    (reason,) = attempts.reasons.values()
    assert "it is not mounted" in reason


def test_a_page_is_not_dropped_where_the_broker_does_not_take_it_back(settings, tmp_path, monkeypatch):
    """Celery has the message of a task forgotten that could not be put off."""
    job = job_of(tmp_path, [31])
    job.pages.rmdir()
    job.pages.touch()
    page = task(settings)
    monkeypatch.setattr(page, "retry", lambda **_: raising(Reject("full", requeue=False))())
    with pytest.raises(Reject) as refused:
        page.run(**payload(job))
    assert (refused.value.reason, refused.value.requeue) == ("full", True)


def test_a_fault_of_the_program_is_told_to_who_waits(settings, tmp_path, monkeypatch):
    monkeypatch.setattr("worker.page_work.asks_for", raising(RuntimeError("a loop of links")))
    job, attempts, told = job_of(tmp_path, [31]), Attempts(), Told()
    task(settings, attempts, events=told).apply(kwargs=payload(job))
    assert told.kinds == ["begun", "given-up"]
    (reason,) = attempts.reasons.values()
    assert "RuntimeError: a loop of links" in reason


def test_a_page_whose_process_was_lost_is_not_given_up(settings, tmp_path):
    job, attempts = job_of(tmp_path, [31]), Attempts()
    task(settings, attempts).on_failure(WorkerLostError("killed"), "id", (), payload(job), None)
    assert attempts.reasons == {}


def test_a_page_that_the_job_does_not_ask_for_is_dropped(settings, tmp_path, caplog):
    job, other, attempts = job_of(tmp_path, [31]), job_of(tmp_path / "other", [32]), Attempts()
    task(settings, attempts)(**payload(job, entry=other.entries[0].model_dump(mode="json")))
    assert "does not ask for page 1" in caplog.text
    assert (attempts.dropped, attempts.forgotten) == (["unasked"], 1)
    assert list(job.pages.iterdir()) == []


def test_a_job_that_takes_too_much_memory_ends_no_worker(settings, tmp_path, monkeypatch):
    """Celery ends a worker over a lack of memory that gets out of a task."""

    def no_memory(*_):
        raise MemoryError

    monkeypatch.setattr("worker.page_work.asks_for", no_memory)
    job, attempts = job_of(tmp_path, [31]), Attempts(begun=2)
    task(settings, attempts)(**payload(job))
    (reason,) = attempts.reasons.values()
    assert "takes more memory than max_memory_mb allows" in reason
