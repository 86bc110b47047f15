"""Ctrl-C at a worker's terminal, or its end: the page in hand is finished, and that is no failure."""

import os
import resource
import signal
import sys

import pytest

from tests.fake_readers import PATIENCE_S, wait_until
from tests.job_builders import job_of
from worker.queue import enqueue

pytestmark = pytest.mark.redis


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
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


def test_a_terminal_that_goes_away_tells_all_processes_and_the_page_is_finished_all_the_same(
    tmp_path, settings, script, start_worker
):
    job = job_of(tmp_path, [31])
    script.hold(31)
    worker = start_worker(settings)
    enqueue(job, job.entries, settings)
    wait_until(lambda: script.begun(31), "the page was begun")

    os.killpg(worker.process.pid, signal.SIGHUP)
    wait_until(lambda: "Warm shutdown" in worker.log.read_text(), "the worker is stopping")
    script.release(31)

    assert worker.process.wait(PATIENCE_S) == 0
    assert (job.missing(), len(script.begun(31))) == ((), 1)


def test_a_worker_that_is_to_outlive_its_terminal_does(tmp_path, settings, script, start_worker):
    """As `nohup` asks for: by a signal that is ignored."""
    job = job_of(tmp_path, [31, 32])
    script.hold(31)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        worker = start_worker(settings)
    finally:
        signal.signal(signal.SIGHUP, before)
    enqueue(job, job.entries, settings)
    wait_until(lambda: script.begun(31), "the page was begun")

    os.killpg(worker.process.pid, signal.SIGHUP)
    script.release(31)
    wait_until(lambda: not job.missing(), "both pages are read")

    assert worker.process.poll() is None
    assert "shutdown" not in worker.log.read_text()


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
