"""Ctrl-C at a worker's terminal: the page in hand is finished, and that is no failure."""

import os
import resource
import signal
import sys

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


@pytest.mark.skipif(sys.platform != "linux", reason="limits of a process that runs, as Linux has them")
def test_a_worker_that_can_open_no_connection_finishes_its_page_and_says_which_limit_is_short(
    tmp_path, settings, script, start_worker, client
):
    job = job_of(tmp_path, [31])
    script.hold(31)
    worker = start_worker(settings)
    enqueue(job, job.entries, settings)
    wait_until(lambda: script.begun(31), "the page was begun")

    resource.prlimit(worker.process.pid, resource.RLIMIT_NOFILE, (3, 3))
    client.client_kill_filter(_type="normal")
    script.release(31)

    assert worker.process.wait(PATIENCE_S) == 1
    said = worker.log.read_text()
    assert "this worker can open no further connection: Too many open files" in said
    assert "away ([Errno 24]" not in said
    assert "Unrecoverable error" not in said
    assert job.missing() == ()
