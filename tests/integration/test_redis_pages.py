"""Pages through a real queue and real workers: each is done once, none is lost."""

import itertools
import os
import signal
from collections import Counter

import pytest

from tests.fake_readers import PATIENCE_S, wait_until
from tests.job_builders import job_of, read_record
from worker.app import visibility_timeout_s
from worker.errors import WaitTimedOut
from worker.queue import enqueue
from worker.records import FailedPage, ReadPage
from worker.waiting import wait_for

pytestmark = pytest.mark.redis


def texts(job):
    return [record.numbers[0].text for _, record in job.records() if isinstance(record, ReadPage)]


def finish(job, settings):
    wait_for(job, settings, timeout_s=PATIENCE_S, on_progress=lambda _: None, on_warning=lambda _: None)


def test_pages_go_through_the_queue_and_are_each_read_once(tmp_path, settings, script, start_worker):
    job = job_of(tmp_path, [31, 32, 33])
    assert enqueue(job, job.entries, settings) == 3
    start_worker(settings)
    seen = []
    wait_for(job, settings, timeout_s=PATIENCE_S, on_progress=seen.append, on_warning=lambda _: None)
    assert texts(job) == ["00031", "00032", "00033"]
    assert [len(script.begun(width)) for width in (31, 32, 33)] == [1, 1, 1]
    assert seen[-1].read == 3
    assert all(earlier.done < later.done for earlier, later in itertools.pairwise(seen))


def test_a_page_that_is_queued_twice_is_read_once(tmp_path, settings, script, start_worker):
    job = job_of(tmp_path, [31, 32])
    enqueue(job, [*job.entries, *job.entries], settings)
    start_worker(settings)
    last = job_of(tmp_path / "later", [33])
    enqueue(last, last.entries, settings)
    finish(last, settings)
    assert [len(script.begun(width)) for width in (31, 32)] == [1, 1]


def test_a_killed_process_costs_its_page_an_attempt_and_nothing_else(
    tmp_path, settings, script, start_worker
):
    job = job_of(tmp_path, [31, 32, 33])
    script.hold(32)
    enqueue(job, job.entries, settings)
    start_worker(settings)
    wait_until(lambda: script.begun(32), "the page was begun")
    script.release(32)
    script.hold(33)
    wait_until(lambda: script.begun(33), "the last page was begun")
    os.kill(script.begun(33)[0], signal.SIGKILL)
    wait_until(lambda: len(script.begun(33)) == 2, "another process began the page")
    script.release(33)
    finish(job, settings)
    assert texts(job) == ["00031", "00032", "00033"]
    assert Counter({31: 1, 32: 1, 33: 2}) == Counter({w: len(script.begun(w)) for w in (31, 32, 33)})


def test_a_page_that_kills_every_worker_is_given_up_and_the_others_are_read(
    tmp_path, settings, script, start_worker
):
    job = job_of(tmp_path, [31, 32, 33])
    script.kill_reader_of(31)
    enqueue(job, job.entries, settings)
    start_worker(settings)
    finish(job, settings)
    poison = job.read_record(job.entries[0].key)
    assert isinstance(poison, FailedPage)
    assert poison.code == "worker-lost"
    assert len(script.begun(31)) == settings.max_attempts == 3
    assert texts(job) == ["00032", "00033"]


def test_resuming_queues_only_what_is_missing(tmp_path, settings, script, start_worker):
    job = job_of(tmp_path, [31, 32, 33])
    start_worker(settings)
    enqueue(job, job.entries[:2], settings)
    with pytest.raises(WaitTimedOut, match="1 of 3 pages"):
        wait_until(lambda: len(job.missing()) == 1, "two pages are done")
        wait_for(job, settings, timeout_s=0, on_progress=lambda _: None, on_warning=lambda _: None)
    assert [entry.name for entry in job.missing()] == ["33.png"]
    assert enqueue(job, job.missing(), settings) == 1
    finish(job, settings)
    assert [len(script.begun(width)) for width in (31, 32, 33)] == [1, 1, 1]


def test_resuming_waits_for_a_page_whose_file_is_no_result(tmp_path, settings, script, start_worker):
    job = job_of(tmp_path, [31])
    (entry,) = job.entries
    job.write_record(entry.key, read_record(entry))
    path = job.record_path(entry.key)
    path.write_bytes(path.read_bytes().replace(b'"outcome":"read"', b'"outcome":"read","colour":"blue"'))
    start_worker(settings)
    assert enqueue(job, job.missing(), settings) == 1
    finish(job, settings)
    assert texts(job) == ["00031"]


def test_resuming_gives_a_lost_page_all_its_attempts_again(tmp_path, settings, script, start_worker):
    job = job_of(tmp_path, [31])
    script.kill_reader_of(31)
    enqueue(job, job.entries, settings)
    start_worker(settings)
    wait_until(lambda: len(script.begun(31)) == 3, "three attempts")
    finish(job, settings)
    job.record_path(job.entries[0].key).unlink()
    script.stop_killing(31)
    enqueue(job, job.missing(), settings)
    finish(job, settings)
    assert texts(job) == ["00031"]


def test_a_worker_that_is_told_to_stop_finishes_the_page_in_hand(tmp_path, settings, script, start_worker):
    job = job_of(tmp_path, [31, 32, 33, 34])
    script.hold(31)
    enqueue(job, job.entries, settings)
    worker = start_worker(settings)
    wait_until(lambda: script.begun(31), "the page was begun")
    worker.terminate()
    wait_until(lambda: "shutdown" in worker.log.read_text().lower(), "the worker is stopping")
    assert worker.process.poll() is None
    script.release(31)
    assert worker.process.wait(PATIENCE_S) == 0
    assert texts(job)[0] == "00031"
    assert len(script.begun(31)) == 1
    start_worker(settings)
    finish(job, settings)
    assert [len(script.begun(width)) for width in (31, 32, 33, 34)] == [1, 1, 1, 1]


def test_a_worker_that_is_killed_whole_loses_nothing(tmp_path, settings, script, start_worker):
    """Its page waits until the worker is missed; `resume` does not."""
    job = job_of(tmp_path, [31, 32])
    script.hold(31)
    enqueue(job, job.entries, settings)
    worker = start_worker(settings)
    wait_until(lambda: script.begun(31), "the page was begun")
    worker.end()
    script.release(31)
    enqueue(job, job.missing(), settings)
    start_worker(settings)
    finish(job, settings)
    assert texts(job) == ["00031", "00032"]


def test_pages_of_a_worker_that_is_killed_whole_are_given_out_again_by_themselves(
    tmp_path, settings, script, start_worker, shared_redis
):
    """As from a worker of an earlier version, so that nobody knows whose they are.

    The visibility timeout is minutes, so what Redis notes of the time is put back by as much.
    """
    job = job_of(tmp_path, [31, 32])
    script.hold(31)
    enqueue(job, job.entries, settings)
    lost = start_worker(settings)
    wait_until(lambda: script.begun(31), "the page was begun")
    taken = f"{settings.key_prefix}unacked_index"
    with shared_redis.client() as client:
        lost.end()
        script.release(31)
        assert client.zcard(taken) == 1
        client.delete(f"{settings.key_prefix}held")
        for tag in client.zrange(taken, 0, -1):
            client.zincrby(taken, -visibility_timeout_s(settings), tag)
        start_worker(settings)
        finish(job, settings)
        wait_until(lambda: client.zcard(taken) == 0, "all pages are acknowledged")
    assert texts(job) == ["00031", "00032"]
    assert [len(script.begun(width)) for width in (31, 32)] == [2, 1]


def test_pages_that_a_worker_holds_are_not_given_out_before_their_time(
    tmp_path, settings, script, start_worker, shared_redis
):
    job = job_of(tmp_path, [31, 32])
    script.hold(31)
    enqueue(job, job.entries[:1], settings)
    start_worker(settings)
    wait_until(lambda: script.begun(31), "the page was begun")
    taken = f"{settings.key_prefix}unacked_index"
    with shared_redis.client() as client:
        (tag,) = client.zrange(taken, 0, -1)
        client.zincrby(taken, 60 - visibility_timeout_s(settings), tag)
        enqueue(job, job.entries[1:], settings)
        start_worker(settings)
        wait_until(lambda: job.progress().read == 1, "the other page was read")
    assert len(script.begun(31)) == 1
    script.release(31)
    finish(job, settings)
    assert [len(script.begun(width)) for width in (31, 32)] == [1, 1]


def looks_for_pages(client):
    """Return how often anybody looked which pages are held, which ends each look for pages to give out."""
    return client.info("commandstats")["cmdstat_hgetall"]["calls"]


def test_pages_that_a_worker_holds_are_not_given_out_by_a_clock_that_is_ahead(
    tmp_path, settings, script, start_worker, shared_redis
):
    """Whose time is up by the clock of one that looks, though not by that of the worker that reads."""
    job = job_of(tmp_path, [31, 32])
    script.hold(31)
    enqueue(job, job.entries[:1], settings)
    start_worker(settings, FAKE_WORKER_QUICK="yes")
    wait_until(lambda: script.begun(31), "the page was begun")
    taken = f"{settings.key_prefix}unacked_index"
    with shared_redis.client() as client:
        (tag,) = client.zrange(taken, 0, -1)
        client.zincrby(taken, -2 * visibility_timeout_s(settings), tag)
        start_worker(settings, FAKE_WORKER_QUICK="yes")
        looks = looks_for_pages(client)
        wait_until(lambda: looks_for_pages(client) > looks + 6, "they have looked again and again")
        enqueue(job, job.entries[1:], settings)
        wait_until(lambda: job.progress().read == 1, "the other page was read")
    assert len(script.begun(31)) == 1
    script.release(31)
    finish(job, settings)
    assert [len(script.begun(width)) for width in (31, 32)] == [1, 1]


@pytest.mark.parametrize("stubborn", [False, True], ids=["soft limit", "hard limit"])
def test_a_time_limit_ends_a_page_that_hangs(stubborn, tmp_path, settings, script, start_worker):
    short = settings.model_copy(update={"task_soft_time_limit_s": 1, "task_time_limit_s": 2})
    job = job_of(tmp_path, [31, 32])
    script.hold(31)
    if stubborn:
        script.ignore_soft_limit_of(31)
    enqueue(job, job.entries, short)
    start_worker(short)
    finish(job, settings)
    late = job.read_record(job.entries[0].key)
    assert isinstance(late, FailedPage)
    assert late.code == "time-limit"
    assert ("was stopped" in late.message) is stubborn
    assert len(script.begun(31)) == 1
    assert texts(job) == ["00032"]


def test_a_page_that_is_asked_for_again_and_again_while_it_is_read_is_not_lost(
    tmp_path, settings, script, start_worker
):
    """As by `resume` while its last page takes long: each copy is read, and none of them was lost."""
    job, several = job_of(tmp_path, [31]), settings.model_copy(update={"jobs": 5})
    script.hold(31)
    enqueue(job, [*job.entries] * 5, several)
    start_worker(several)
    wait_until(lambda: len(script.begun(31)) == 5, "five processes read it")
    assert job.missing() == job.entries
    script.release(31)
    finish(job, settings)
    assert texts(job) == ["00031"]


def test_a_page_that_kills_every_worker_costs_no_more_for_being_asked_for_twice(
    tmp_path, settings, script, start_worker
):
    job = job_of(tmp_path, [31])
    script.kill_reader_of(31)
    enqueue(job, [*job.entries] * 3, settings)
    start_worker(settings)
    finish(job, settings)
    poison = job.read_record(job.entries[0].key)
    assert (poison.code, "was lost 3 times" in poison.message) == ("worker-lost", True)
    assert 3 <= len(script.begun(31)) <= 5
