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
