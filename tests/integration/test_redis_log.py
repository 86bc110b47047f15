"""What a worker logs: each page by its file, not by a random number."""

import pytest

from tests.crash.traces import stop
from tests.fake_readers import PATIENCE_S, wait_until
from tests.job_builders import job_of, plain_settings
from worker.heartbeat import workers_alive
from worker.queue import enqueue

pytestmark = pytest.mark.redis


def test_a_page_that_is_done_is_logged_by_its_name(tmp_path, settings, start_worker):
    job = job_of(tmp_path, [31, 32])
    job.entries[1].file.write_bytes(b"words")
    worker = start_worker(settings)

    enqueue(job, job.entries, settings)

    wait_until(lambda: job.progress().missing == 0, "both pages are done")
    wait_until(lambda: "'32.png'" in worker.log.read_text(), "the last page is logged")
    worker.terminate()
    worker.process.wait(PATIENCE_S)
    log = worker.log.read_text()
    assert "page 1 of '31.png': read in " in log
    assert "page 1 of '32.png': failed, file-changed: " in log
    assert "digitize.read_page[" not in log
    assert "Warning: " not in log


def test_a_process_that_is_lost_is_logged_with_the_page_it_had(tmp_path, settings, script, start_worker):
    job = job_of(tmp_path, [31, 32])
    script.kill_reader_of(31)
    worker = start_worker(settings.model_copy(update={"max_attempts": 1}))

    enqueue(job, job.entries, settings)

    wait_until(lambda: job.progress().missing == 0, "both pages are done")
    lost = [line for line in worker.log.read_text().splitlines() if "error: WorkerLostError(" in line]
    assert lost
    assert all("] page 1 of '31.png': Task handler raised error: " in line for line in lost)


def test_a_broker_that_goes_away_and_comes_back_is_a_line_each(own_redis, start_worker):
    settings = plain_settings(broker_url=own_redis.url, jobs=1)
    worker = start_worker(settings, FAKE_WORKER_LOG_LEVEL="WARNING")  # as with -q
    with own_redis.client() as client:
        wait_until(lambda: workers_alive(client, settings.key_prefix), "the worker is ready")
    own_redis.stop()
    wait_until(lambda: " is away (" in worker.log.read_text(), "the loss is logged")
    own_redis.start()
    wait_until(lambda: " is there again after " in worker.log.read_text(), "the return is logged")
    stop(worker)
    lines = [line for line in worker.log.read_text().splitlines() if line]
    about = [line for line in lines if "broker" in line.lower()]
    assert len(about) == 2, lines
    assert not [line for line in lines if not line.startswith(("[", "worker: Warm shutdown"))]
