"""A worker that takes nothing although pages wait ends, for its supervisor to start it again."""

import pytest

from tests.fake_readers import PATIENCE_S, wait_until
from tests.job_builders import job_of
from worker.queue import enqueue

pytestmark = pytest.mark.redis


@pytest.mark.parametrize("how", ["deaf", "hanging"])
def test_a_worker_whose_consumer_stalls_ends_with_an_error_and_its_pages_stay(
    tmp_path, settings, start_worker, shared_redis, how
):
    settings = settings.model_copy(update={"stall_timeout_s": 1})
    job = job_of(tmp_path, [31, 32])
    worker = start_worker(settings, "stalling_worker.py", how)
    wait_until(lambda: "ready." in worker.log.read_text(), "the worker is ready")

    enqueue(job, job.entries, settings)

    assert worker.process.wait(PATIENCE_S) == 1
    log = worker.log.read_text()
    assert "the worker stands still: it took no page for 1 s, although " in log
    assert ("error: the worker stands still" in log) == (how == "deaf")
    assert ("does not listen either" in log) == (how == "hanging")
    start_worker(settings)
    wait_until(lambda: not job.missing(), "another worker read what waited")


def test_a_worker_that_is_busy_with_a_long_page_does_not_stand_still(
    tmp_path, settings, script, start_worker
):
    limits = {"stall_timeout_s": 1, "task_soft_time_limit_s": 3, "task_time_limit_s": 30}
    settings = settings.model_copy(update=limits)
    job = job_of(tmp_path, [31, 32, 33, 34])
    script.hold(31)  # until its time is up: three times as long as a worker may stand still
    enqueue(job, job.entries, settings)
    worker = start_worker(settings)

    wait_until(lambda: not job.missing(), "all pages are done")

    assert job.read_record(job.entries[0].key).code == "time-limit"
    assert job.progress().read == 3
    worker.terminate()
    assert worker.process.wait(PATIENCE_S) == 0
    assert "stands still" not in worker.log.read_text()
