"""A worker whose processes are killed while it starts: it replaces them, as it does later on."""

import pytest

from tests.fake_readers import PATIENCE_S, wait_until
from tests.job_builders import job_of
from worker.queue import enqueue

pytestmark = pytest.mark.redis


def test_a_worker_that_loses_its_processes_at_its_start_reads_all_the_same(tmp_path, settings, start_worker):
    job = job_of(tmp_path, [31, 32])
    worker = start_worker(settings, "killing_worker.py")
    enqueue(job, job.entries, settings)

    wait_until(lambda: not job.missing() or worker.process.poll() is not None, "the pages were read")

    assert "killed 1" in worker.log.read_text()
    assert "Traceback" not in worker.log.read_text()
    assert job.missing() == ()
    worker.terminate()
    assert worker.process.wait(PATIENCE_S) == 0


def test_a_process_that_cannot_be_held_to_its_limits_ends_and_reads_nothing(tmp_path, settings, start_worker):
    job = job_of(tmp_path, [31])
    worker = start_worker(settings, "unlimited_worker.py")
    enqueue(job, job.entries, settings)

    wait_until(lambda: "page 1 of '31.png': read in" in worker.log.read_text(), "the page is read")

    log = worker.log.read_text()
    assert "this process cannot be made ready to read, and ends" in log
    assert "the system refuses the limit" in log
    assert "/ForkPoolWorker-1] page 1 of" not in log
    worker.terminate()
    assert worker.process.wait(PATIENCE_S) == 0


def test_a_root_that_is_not_there_is_named_once(tmp_path, settings, start_worker):
    job = job_of(tmp_path, [31, 32])
    settings = settings.model_copy(update={"roots": (tmp_path, tmp_path / "gone"), "jobs": 2})
    worker = start_worker(settings)
    enqueue(job, job.entries, settings)

    wait_until(lambda: not job.missing(), "the pages are read")

    lines = [line for line in worker.log.read_text().splitlines() if "one of roots" in line]
    assert [f"'{tmp_path / 'gone'}', one of roots, is not there" in line for line in lines] == [True]
