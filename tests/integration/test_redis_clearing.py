"""A queue full of what is no page, in a real Redis: cleared by the hundred, and no page among it is lost."""

import os
import signal

import pytest
from redis.exceptions import ConnectionError as RedisGone

from tests.fake_readers import PATIENCE_S
from tests.job_builders import job_of
from worker.heartbeat import Heartbeat
from worker.held_pages import HeldPages
from worker.liveness import Liveness
from worker.message_gate import MessageGate
from worker.messages import MOST_MESSAGE_BYTES
from worker.page_messages import PageMessages
from worker.queue import enqueue
from worker.queue_clearing import QueueClearing
from worker.waiting import wait_for

pytestmark = pytest.mark.redis

AT_ONCE = Liveness(redis_knows_after_s=0)


@pytest.fixture
def counted():
    """Return how many messages were dropped, one entry each time that they were counted."""
    return []


@pytest.fixture
def heart(client, settings):
    return Heartbeat(client, settings.key_prefix, AT_ONCE)


@pytest.fixture
def clearing(client, settings, heart, counted):
    gate = MessageGate(counted.append)
    return QueueClearing(client, settings.key_prefix, settings.queue, heart.worker, gate)


@pytest.fixture
def fill(client, settings):
    """Put messages into the queue, the first of them to be read first."""

    def put(*messages):
        client.lpush(f"{settings.key_prefix}{settings.queue}", *messages)

    return put


@pytest.fixture
def waiting(client, settings):
    """Return what is in the queue, as it is going to be read."""
    return lambda: client.lrange(f"{settings.key_prefix}{settings.queue}", 0, -1)[::-1]


@pytest.fixture
def pages(tmp_path, settings):
    """Messages that ask for pages."""
    job = job_of(tmp_path, range(31, 41))
    messages = PageMessages(job.path, settings.queue)
    return [messages.message(entry) for entry in job.entries]


def places_of(client, settings):
    return [key for key in client.keys(f"{settings.key_prefix}place:*") if client.llen(key)]


def test_a_flood_takes_few_questions(clearing, fill, waiting, counted, client, settings):
    fill(*["garbage"] * 1000)
    times = 0
    while waiting():
        clearing.clear()
        times += 1

    assert sum(counted) == 1000
    # 2, 4, 8, … 128, and from then on 128 at a time.
    assert counted == [2, 4, 8, 16, 32, 64, 128, 128, 128, 128, 128, 128, 106]
    assert times == len(counted)
    assert places_of(client, settings) == []


def test_pages_among_it_stay_in_their_order(clearing, fill, waiting, counted, pages):
    fill("{}", pages[0], "17", "[]", pages[1], pages[2], "", *["garbage"] * 50, *pages[3:])

    clearing.clear()
    assert waiting()[:3] == [pages[0], b"17", b"[]"]
    clearing._many = 100
    clearing.clear()

    assert waiting() == pages
    assert counted == [1, 53]


def test_where_pages_are_many_few_are_looked_at(clearing, fill, waiting, counted, pages):
    fill(*["garbage"] * 14, *pages)
    for _ in range(3):
        clearing.clear()
    assert clearing._many == 16

    clearing.clear()

    assert (counted, clearing._many) == ([2, 4, 8], 2)
    assert waiting() == pages


def test_what_is_too_long_is_left_to_be_dropped_by_itself(clearing, fill, waiting, counted):
    longest = b" " * (MOST_MESSAGE_BYTES + 1)
    fill("garbage", longest, "garbage")

    clearing.clear()
    clearing.clear()

    assert counted == [1]
    assert waiting() == [longest, b"garbage"]


@pytest.mark.parametrize("is_killed", [True, False])
def test_who_loses_redis_in_the_middle_loses_no_message(
    clearing, fill, waiting, counted, pages, client, settings, heart, monkeypatch, is_killed
):
    fill(pages[0], "garbage", pages[1])
    clearing._many = 8

    def gone(_pages):
        raise RedisGone("no answer")

    with monkeypatch.context() as away:
        away.setattr(clearing, "_put_back", gone)
        clearing.clear()
    assert waiting() == []
    if is_killed:
        other = Heartbeat(client, settings.key_prefix, AT_ONCE)
        other.beat()
        HeldPages(client, settings.key_prefix, settings.queue, other, AT_ONCE).read_by_nobody()
        assert waiting() == [pages[0], b"garbage", pages[1]]
    else:
        clearing.clear()
        assert waiting() == pages[:2]
        # It was not known whether the first count was of any worth: too many are counted, never too few.
        assert counted == [1, 1]
    assert places_of(client, settings) == []


def test_a_worker_is_given_few_messages_of_a_flood_and_reads_every_page_in_it(
    tmp_path, settings, script, start_worker, client, fill
):
    job, many = job_of(tmp_path, [31, 32, 33]), 1000
    for entry in job.entries:
        fill(*["garbage"] * many)
        enqueue(job, [entry], settings)
    before = _handed_out(client)

    worker = start_worker(settings)
    wait_for(job, settings, timeout_s=PATIENCE_S, on_progress=lambda _: None, on_warning=lambda _: None)

    assert int(client.get(f"{settings.key_prefix}dropped")) == 3 * many
    assert [len(script.begun(width)) for width in (31, 32, 33)] == [1, 1, 1]
    assert _handed_out(client) - before < many / 5
    worker.process.send_signal(signal.SIGTERM)
    assert worker.process.wait(PATIENCE_S) == os.EX_OK
    assert places_of(client, settings) == []


def _handed_out(client):
    """Return how often Redis was asked for a message, the same messages moved together not counted."""
    return client.info("commandstats").get("cmdstat_blmove", {"calls": 0})["calls"]
