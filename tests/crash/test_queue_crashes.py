"""Workers, Redis and submitters that are killed in the middle of a job: no page is lost, none stands twice.

After each the table is byte for byte that of an undisturbed run, and nothing is left behind.
"""

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.crash.conftest import settings_of
from tests.crash.traces import (
    all_acknowledged,
    assert_as_if_nothing_had_happened,
    assert_nothing_in_redis,
    codes_of,
    processes_of,
    stop,
)
from tests.fake_readers import PATIENCE_S, wait_until
from tests.job_builders import job_of
from worker.errors import OutputNotWritable
from worker.jobs import Job
from worker.queue import enqueue
from worker.tables import write_tables
from worker.waiting import wait_for

pytestmark = pytest.mark.redis

WIDTHS = list(range(31, 41))


@pytest.fixture(autouse=True)
def _ask_often(monkeypatch):
    monkeypatch.setattr("worker.waiting._ASK_EVERY_S", 0.2)


@pytest.fixture
def job(tmp_path):
    return job_of(tmp_path, WIDTHS)


def finish(job, settings):
    wait_for(job, settings, timeout_s=PATIENCE_S, on_progress=lambda _: None, on_warning=lambda _: None)
    write_tables(job)


@pytest.fixture
def the_end(tmp_path, job, settings, shared_redis):
    """Wait until the workers are done, with nobody there to queue again, and look at what came of it."""

    def end(*workers, failed=None):
        wait_until(lambda: not job.missing(), "all pages are done")
        wait_until(
            lambda: all_acknowledged(shared_redis, settings.key_prefix), "nothing waits, or is in hand"
        )
        write_tables(job)
        stop(*workers)
        assert_as_if_nothing_had_happened(job, tmp_path, failed)
        assert_nothing_in_redis(shared_redis, settings.key_prefix)

    return end


def test_a_killed_process_of_a_worker(job, settings, script, quick_worker, the_end):
    script.hold(33)
    enqueue(job, job.entries, settings)
    worker = quick_worker(settings)
    wait_until(lambda: script.begun(33), "the page was begun")
    os.kill(script.begun(33)[0], signal.SIGKILL)
    script.release(33)
    the_end(worker)
    assert {width: len(script.begun(width)) for width in WIDTHS} == {w: 1 + (w == 33) for w in WIDTHS}


def test_a_process_that_is_killed_while_it_writes_a_record(job, settings, script, quick_worker, the_end):
    script.kill_writer_of(33)
    enqueue(job, job.entries, settings)
    worker = quick_worker(settings)
    wait_until(lambda: len(list(job.pages.glob(".33-*.tmp"))) == 1, "half a record was left")
    the_end(worker)
    assert len(script.begun(33)) == 2


@pytest.mark.parametrize("then", ["another goes on", "it is started again"])
def test_a_worker_that_is_killed_whole(then, job, settings, script, quick_worker, the_end):
    script.hold(33)
    enqueue(job, job.entries, settings)
    lost = quick_worker(settings)
    others = [quick_worker(settings)] if then == "another goes on" else []
    wait_until(lambda: script.begun(33), "the page was begun")
    (reader,) = script.begun(33)
    reading = next(worker for worker in (lost, *others) if reader in processes_of(worker.process.pid))
    os.kill(reading.process.pid, signal.SIGKILL)
    wait_until(lambda: not processes_of(reading.process.pid), "its processes end with it")
    script.release(33)
    left = [worker for worker in (lost, *others) if worker is not reading] or [quick_worker(settings)]
    the_end(*left)
    assert len(script.begun(33)) == 2


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_worker_that_is_killed_while_it_starts_leaves_no_process(number, settings, quick_worker):
    worker = quick_worker(settings)
    group = worker.process.pid
    wait_until(lambda: len(processes_of(group)) > 2, "the process that tries the reader is starting")
    os.kill(group, number)
    worker.process.wait(PATIENCE_S)
    wait_until(lambda: not processes_of(group), "no process is left")


def test_a_worker_that_is_killed_while_a_page_is_on_its_way_to_it(
    job, settings, script, quick_worker, the_end, shared_redis
):
    enqueue(job, job.entries, settings)
    lost = quick_worker(settings, "dying_worker.py")
    assert lost.process.wait(PATIENCE_S) == -signal.SIGKILL
    with shared_redis.client() as client:
        assert client.llen(f"{settings.key_prefix}{settings.queue}") == len(WIDTHS) - 1
        assert client.hlen(f"{settings.key_prefix}unacked") == 0
    the_end(quick_worker(settings))
    assert [len(script.begun(width)) for width in WIDTHS] == [1] * len(WIDTHS)


def test_a_worker_that_is_told_to_stop_in_the_middle_of_a_page(job, settings, script, quick_worker, the_end):
    script.hold(31)
    enqueue(job, job.entries, settings)
    told, other = quick_worker(settings), None
    wait_until(lambda: script.begun(31), "the page was begun")
    told.terminate()
    wait_until(lambda: "Warm shutdown" in told.log.read_text(), "the worker is stopping")
    script.release(31)
    assert told.process.wait(PATIENCE_S) == 0
    assert [entry.name for entry in job.entries if job.outcome(entry.key)] == ["31.png"]
    other = quick_worker(settings)
    the_end(other)
    assert [len(script.begun(width)) for width in WIDTHS] == [1] * len(WIDTHS)


@pytest.mark.parametrize("redis", ["lasting_redis", "forgetful_redis"])
def test_a_redis_that_is_killed_and_started_again(redis, request, tmp_path, job, script, quick_worker):
    server = request.getfixturevalue(redis)
    settings = settings_of(server)
    script.hold(33)
    enqueue(job, job.entries, settings)
    workers = [quick_worker(settings, FAKE_WORKER_QUICK="redis restarts") for _ in range(2)]
    wait_until(lambda: script.begun(33), "the page was begun")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(finish, job, settings)
        server.kill()
        server.start()
        script.release(33)
        waiting.result()
    wait_until(lambda: all_acknowledged(server), "nothing is in hand")
    stop(*workers)
    assert_as_if_nothing_had_happened(job, tmp_path)
    assert_nothing_in_redis(server)


def test_a_submitter_that_is_killed_while_it_queues(
    tmp_path, settings, script, program, start_worker, shared_redis
):
    made = job_of(tmp_path, WIDTHS)  # its pages
    broker = {
        "DIGITIZE_BROKER_URL": settings.broker_url.get_secret_value(),
        "DIGITIZE_KEY_PREFIX": settings.key_prefix,
    }
    killed = program("submit", "scans", "-o", "mine", "--detach", **broker, KILLED_WHEN_QUEUEING_PAGE=4)
    killed.communicate(timeout=PATIENCE_S)
    assert killed.returncode == -signal.SIGKILL
    with shared_redis.client() as client:
        assert client.llen(f"{settings.key_prefix}{settings.queue}") == 3
    worker = start_worker(settings)
    resumed = program("resume", "mine", **broker)
    out, errors = resumed.communicate(timeout=PATIENCE_S)
    assert resumed.returncode == 0, errors
    assert out.count("accepted") == len(made.entries)
    stop(worker)
    assert_as_if_nothing_had_happened(tmp_path / "mine", tmp_path)
    assert_nothing_in_redis(shared_redis, settings.key_prefix)
    assert [len(script.begun(width)) for width in WIDTHS] == [1] * len(WIDTHS)


def test_a_disk_that_is_full_while_records_are_written(job, settings, script, quick_worker, the_end):
    script.fill_the_disk()
    enqueue(job, job.entries, settings)
    worker = quick_worker(settings)
    with pytest.raises(OutputNotWritable, match="File too large"):
        finish(job, settings)
    assert list(job.pages.iterdir()) == []
    script.make_space()
    enqueue(job, job.missing(), settings)
    the_end(worker)


def test_a_page_that_kills_every_process_that_reads_it(job, settings, script, quick_worker, the_end):
    script.kill_reader_of(33)
    enqueue(job, job.entries, settings)
    the_end(quick_worker(settings), failed={"33.png": "worker-lost"})
    assert len(script.begun(33)) == settings.max_attempts == 3


def test_a_page_that_never_ends(job, settings, script, quick_worker, the_end):
    short = settings.model_copy(update={"task_soft_time_limit_s": 1, "task_time_limit_s": 2})
    script.hold(33)
    script.ignore_soft_limit_of(33)
    enqueue(job, job.entries, short)
    the_end(quick_worker(short), failed={"33.png": "time-limit"})
    assert len(script.begun(33)) == 1


def test_a_page_whose_file_changed_or_vanished_since_it_was_queued(
    tmp_path, job, settings, quick_worker, shared_redis
):
    enqueue(job, job.entries, settings)
    changed, gone = job.entries[2], job.entries[5]
    changed.file.write_bytes(job.entries[0].file.read_bytes())
    gone.file.unlink()
    worker = quick_worker(settings)
    finish(job, settings)
    stop(worker)
    assert codes_of(job) == {changed.name: "file-changed", gone.name: "file-missing"}
    assert Job.open(job.path).progress().read == len(WIDTHS) - 2
    assert_nothing_in_redis(shared_redis, settings.key_prefix)
