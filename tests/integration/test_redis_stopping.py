"""Ctrl-C at a worker's terminal: the page in hand is finished, and that is no failure."""

import os
import signal

import pytest

from tests.fake_readers import PATIENCE_S, wait_until
from tests.job_builders import job_of
from worker.queue import enqueue

pytestmark = pytest.mark.redis


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_worker_that_is_stopped_finishes_its_page_and_ends_with_0(
    tmp_path, settings, script, start_worker, number
):
    job = job_of(tmp_path, [31])
    script.hold(31)
    worker = start_worker(settings)
    enqueue(job, job.entries, settings)
    wait_until(lambda: script.begun(31), "the page was begun")

    os.kill(worker.process.pid, number)
    wait_until(lambda: "Warm shutdown" in worker.log.read_text(), "the worker is stopping")
    script.release(31)

    assert worker.process.wait(PATIENCE_S) == 0
    assert job.missing() == ()
