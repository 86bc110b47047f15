"""A Redis that answers and refuses whatever is written to it: workers live on, and go on afterwards."""

import pytest

from tests.crash.traces import (
    all_acknowledged,
    assert_as_if_nothing_had_happened,
    assert_nothing_in_redis,
    stop,
)
from tests.fake_readers import wait_until
from tests.job_builders import job_of, plain_settings
from worker.heartbeat import workers_alive
from worker.queue import enqueue
from worker.tables import write_tables

pytestmark = pytest.mark.redis

WIDTHS = [31, 32, 33, 34]

#: What makes it refuse, as it does where its disk is full, what ends that, and what it says.
REFUSALS = [
    pytest.param(("CONFIG", "SET", "min-replicas-to-write"), ("1",), ("0",), "NOREPLICAS", id="no replicas"),
    pytest.param(("CONFIG", "SET", "maxmemory"), ("1",), ("0",), "used memory > 'maxmemory'", id="full"),
    pytest.param(("REPLICAOF",), ("127.0.0.1", "1"), ("NO", "ONE"), "read only replica", id="a replica"),
]


@pytest.fixture
def settings(own_redis):
    return plain_settings(broker_url=own_redis.url, jobs=1)


def said(worker):
    return worker.log.read_text()


def finished(job, worker, tmp_path, own_redis):
    wait_until(lambda: not job.missing(), "all pages are done")
    wait_until(lambda: all_acknowledged(own_redis), "nothing waits, is in hand, or on its way")
    assert worker.process.poll() is None
    stop(worker)
    write_tables(job)
    assert_as_if_nothing_had_happened(job, tmp_path)
    assert_nothing_in_redis(own_redis)


@pytest.mark.parametrize(("option", "refusing", "taking", "message"), REFUSALS)
def test_a_worker_that_is_started_beside_it_waits(
    option, refusing, taking, message, tmp_path, settings, script, start_worker, own_redis
):
    job = job_of(tmp_path, WIDTHS)
    enqueue(job, job.entries, settings)
    with own_redis.client() as client:
        client.execute_command(*option, *refusing)
        worker = start_worker(settings)
        wait_until(lambda: "refuses what is written to it" in said(worker), "the worker says so")
        wait_until(lambda: client.info("stats")["total_error_replies"] > 20, "it has tried again and again")
        assert message in said(worker)
        assert len(said(worker).splitlines()) < 10
        assert worker.process.poll() is None
        client.execute_command(*option, *taking)
        finished(job, worker, tmp_path, own_redis)
    assert "Traceback" not in said(worker)
    assert [len(script.begun(width)) for width in WIDTHS] == [1] * len(WIDTHS)


@pytest.mark.parametrize(("option", "refusing", "taking", "message"), REFUSALS)
def test_a_worker_in_the_middle_of_a_page_finishes_it_and_waits(
    option, refusing, taking, message, tmp_path, settings, script, start_worker, own_redis
):
    job = job_of(tmp_path, WIDTHS)
    script.hold(31)
    enqueue(job, job.entries, settings)
    with own_redis.client() as client:
        worker = start_worker(settings)
        wait_until(lambda: script.begun(31), "the page was begun")
        client.execute_command(*option, *refusing)
        script.release(31)
        wait_until(lambda: job.outcome(job.entries[0].key), "the page in hand is done")
        wait_until(lambda: message in said(worker), "the worker says so")
        client.execute_command(*option, *taking)
        wait_until(lambda: workers_alive(client, settings.key_prefix), "it gives signs of life again")
        finished(job, worker, tmp_path, own_redis)
    assert "Traceback" not in said(worker)
    assert [len(script.begun(width)) for width in WIDTHS] == [1] * len(WIDTHS)


def test_a_page_that_is_put_off_while_redis_is_full_comes_back(
    tmp_path, settings, script, start_worker, own_redis
):
    """Neither its record can be written just then, nor can it be queued again."""
    job = job_of(tmp_path, WIDTHS)
    script.hold(31)
    enqueue(job, job.entries, settings)
    with own_redis.client() as client:
        worker = start_worker(settings)
        wait_until(lambda: script.begun(31), "the page was begun")
        client.config_set("maxmemory", 1)
        away = job.pages.rename(tmp_path / "away")
        job.pages.touch()
        script.release(31)
        wait_until(lambda: "put off" in said(worker), "the page cannot be recorded")
        wait_until(lambda: "refused to take a page back" in said(worker), "nor given back")
        job.pages.unlink()
        away.rename(job.pages)
        client.config_set("maxmemory", 0)
        finished(job, worker, tmp_path, own_redis)
    assert len(script.begun(31)) == 2


def test_a_page_that_is_put_off_stays_one_page(tmp_path, settings, script, start_worker, own_redis):
    """Queued anew under its own number, it may be back before its first process has been heard."""
    settings = settings.model_copy(update={"jobs": 2})
    job = job_of(tmp_path, WIDTHS[:1])
    job.pages.rmdir()
    job.pages.touch()
    enqueue(job, job.entries, settings)
    worker = start_worker(settings, FAKE_WORKER_QUICK="yes", FAKE_WORKER_AGAIN_S="1")
    wait_until(lambda: "left undone" in said(worker), "the page is given up")
    wait_until(lambda: all_acknowledged(own_redis), "nothing waits, is in hand, or on its way")
    stop(worker)

    assert said(worker).count("put off") == settings.max_attempts - 1
    assert said(worker).count("left undone") == 1
    assert "given out again" not in said(worker)
