"""Whose page is whose, in a real Redis: what is given out again, and what is left to those who live."""

from types import SimpleNamespace

import pytest
from celery.worker import state

from worker.heartbeat import Heartbeat
from worker.held_pages import HeldPages
from worker.liveness import Liveness

pytestmark = pytest.mark.redis

AT_ONCE = Liveness(redis_knows_after_s=0)


@pytest.fixture
def client(shared_redis):
    with shared_redis.client() as client:
        yield client


@pytest.fixture
def beginning(client, settings):
    """Return what a worker begins with: its heart, and what it knows of held pages."""

    def begin(liveness=AT_ONCE):
        heart = Heartbeat(client, settings.key_prefix, liveness)
        return heart, HeldPages(client, settings.key_prefix, settings.queue, heart, liveness)

    return begin


def waiting(client, settings):
    return client.lrange(f"{settings.key_prefix}{settings.queue}", 0, -1)


def test_a_worker_is_missed_in_time():
    times = Liveness()
    assert times.expiry_s + times.look_every_s <= 15
    assert times.expiry_s >= 4 * times.beat_every_s


def test_pages_are_given_out_again_when_their_worker_gives_no_sign_of_life(beginning):
    heart, other = beginning()
    _, mine = beginning()
    other.note("page")
    heart.beat()
    assert mine.read_by_nobody() == []
    heart.stop()
    assert mine.read_by_nobody() == ["page"]


def test_a_worker_that_was_started_again_is_not_the_one_that_was_killed(beginning):
    first, its = beginning()
    second, mine = beginning()
    first.beat()
    its.note("page")
    second.beat()  # of the same machine and process, as in a container
    assert first.worker.rsplit(":", 1)[0] == second.worker.rsplit(":", 1)[0]
    assert mine.read_by_nobody() == ["page"]


def test_nobody_is_taken_for_dead_by_a_redis_that_was_just_started(beginning, client, settings):
    _, other = beginning()
    _, mine = beginning(Liveness(redis_knows_after_s=10**6))
    other.note("page")
    client.lpush(other.new_place(), "another page")
    assert mine.read_by_nobody() == []
    assert waiting(client, settings) == []


def test_a_page_that_was_on_its_way_is_the_next_to_be_read(beginning, client, settings):
    heart, other = beginning()
    _, mine = beginning()
    heart.beat()
    client.lpush(f"{settings.key_prefix}{settings.queue}", "first", "second")
    client.lpush(other.new_place(), "on its way")
    assert mine.read_by_nobody() == []
    assert waiting(client, settings) == [b"second", b"first"]
    heart.stop()
    mine.read_by_nobody()
    assert waiting(client, settings) == [b"second", b"first", b"on its way"]
    assert client.exists(f"{settings.key_prefix}places") == 0


def test_a_worker_that_was_taken_for_dead_makes_its_place_known_again(beginning, client, settings):
    heart, late = beginning()
    _, mine = beginning()
    place = late.new_place()
    mine.read_by_nobody()
    client.lpush(place, "on its way")
    heart.beat()
    late.read_by_nobody()
    heart.stop()
    mine.read_by_nobody()
    assert waiting(client, settings) == [b"on its way"]


def test_what_came_over_a_connection_that_is_gone_is_given_back(beginning, client, settings):
    _, mine = beginning()
    old, new = mine.new_place(), mine.new_place()
    client.lpush(old, "lost")
    client.lpush(new, "coming")
    mine.read_by_nobody()
    assert waiting(client, settings) == [b"lost"]
    mine.leave()
    assert waiting(client, settings) == [b"lost", b"coming"]
    assert client.exists(f"{settings.key_prefix}places") == 0


def test_a_page_that_its_own_worker_knows_nothing_of_is_given_out_again(beginning, monkeypatch):
    _, mine = beginning()
    mine.note("forgotten")
    mine.note("being read")
    request = SimpleNamespace(message=SimpleNamespace(delivery_tag="being read"))
    monkeypatch.setitem(state.requests, "any", request)
    assert mine.read_by_nobody() == ["forgotten"]
