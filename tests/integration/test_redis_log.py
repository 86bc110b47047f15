"""What a worker logs: each page by its file, not by a random number."""

import pytest

from tests.fake_readers import wait_until
from tests.job_builders import job_of
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
    worker.process.wait()
    log = worker.log.read_text()
    assert "page 1 of '31.png': read in " in log
    assert "page 1 of '32.png': failed, file-changed: " in log
    assert "digitize.read_page[" not in log
