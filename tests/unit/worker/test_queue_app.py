import pytest

from tests.fake_readers import FACTORY, REFUSING_FACTORY
from tests.job_builders import job_of, plain_settings
from worker.app import TASK_NAME, make_app, visibility_timeout_s
from worker.errors import SettingsInvalid
from worker.tasks import add_tasks


@pytest.fixture
def settings():
    return plain_settings(broker_url="redis://127.0.0.1:1/0", queue="pages", key_prefix="ours:")


class Attempts:
    """Counts as Redis would, without one."""

    def __init__(self, begun: int = 0) -> None:
        self.begun, self.forgotten = begun, 0

    def begin(self, job, key):
        self.begun += 1
        return self.begun

    def done(self, job, key):
        self.forgotten += 1


def task(settings, attempts=None, factory=FACTORY):
    app = make_app(settings)
    add_tasks(app, settings, attempts or Attempts(), reader_factory=factory)
    return app.tasks[TASK_NAME]


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


def test_an_app_without_a_broker_is_refused():
    with pytest.raises(SettingsInvalid, match="broker_url"):
        make_app(plain_settings())


def test_the_task_reads_its_page_and_forgets_the_attempts(settings, tmp_path):
    job, attempts = job_of(tmp_path, [31]), Attempts()
    task(settings, attempts)(**payload(job))
    assert job.progress().read == 1
    assert attempts.forgotten == 1


def test_an_attempt_too_many_is_recorded_and_not_begun(settings, tmp_path):
    job, attempts = job_of(tmp_path, [31]), Attempts(begun=3)
    task(settings, attempts)(**payload(job))
    record = job.read_record(job.entries[0].key)
    assert (record.code, record.message) == ("worker-lost", "the worker reading it was lost 3 times")


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


def test_a_message_makes_no_folder_where_no_job_is(settings, tmp_path, caplog):
    job = job_of(tmp_path, [31])
    elsewhere = tmp_path / "elsewhere"
    for attempts in (Attempts(), Attempts(begun=3)):
        task(settings, attempts)(**payload(job, job=str(elsewhere)))
    assert not elsewhere.exists()
    assert caplog.text.count("left undone") == 2
