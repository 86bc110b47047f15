"""Whose page is whose, in a real Redis: what is given out again, and what is left to those who live."""

import socket
import sys
from types import SimpleNamespace

import pytest
from celery.worker import state
from kombu import Consumer, Queue
from kombu.transport import redis as transport
from redis.lock import Lock

from worker import held_pages
from worker.app import make_app
from worker.heartbeat import Heartbeat
from worker.held_pages import HeldPages
from worker.holding_transport import hold_pages_by_name
from worker.liveness import Liveness
from worker.message_gate import MessageGate

pytestmark = pytest.mark.redis

AT_ONCE = Liveness(redis_knows_after_s=0)


@pytest.fixture
def beginning(client, settings):
    """Return what a worker begins with: its heart, and what it knows of held pages."""

    def begin(liveness=AT_ONCE):
        heart = Heartbeat(client, settings.key_prefix, liveness)
        return heart, HeldPages(client, settings.key_prefix, settings.queue, heart, liveness)

    return begin


def hold(pages, tag):
    """Note a page as the transport does."""
    pool, prefix = pages._client.connection_pool, pages._prefix
    client = transport.PrefixedStrictRedis(connection_pool=pool, global_keyprefix=prefix)
    with client.pipeline() as exchange:
        pages.note(exchange, tag)
        exchange.execute()


def key(name, settings):
    return f"{settings.key_prefix}{name}"


def waiting(client, settings):
    return client.lrange(key(settings.queue, settings), 0, -1)


def test_a_worker_is_missed_in_time():
    times = Liveness()
    assert times.expiry_s + times.look_every_s <= 15
    assert times.expiry_s >= 4 * times.beat_every_s


def test_pages_are_given_out_again_when_their_worker_gives_no_sign_of_life(beginning):
    heart, other = beginning()
    _, mine = beginning()
    hold(other, "page")
    heart.beat()
    assert mine.read_by_nobody() == []
    heart.stop()
    assert mine.read_by_nobody() == ["page"]


def test_a_worker_that_was_started_again_is_not_the_one_that_was_killed(beginning):
    first, its = beginning()
    second, mine = beginning()
    first.beat()
    hold(its, "page")
    second.beat()  # of the same machine and process, as in a container
    assert first.worker.rsplit(":", 1)[0] == second.worker.rsplit(":", 1)[0]
    assert mine.read_by_nobody() == ["page"]


def test_a_worker_that_is_killed_while_it_looks_holds_the_others_up_for_seconds(
    client, settings, monkeypatch
):
    """Those look for pages whose time is up when the killed one's lock is gone."""
    monkeypatch.setattr(Lock, "release", lambda _: None)  # as one does that is killed before
    with make_app(settings).connection_for_read() as connection:
        transport.QoS(connection.default_channel).restore_visible(interval=1)
    assert 0 < client.pttl(key("unacked_mutex", settings)) <= 15_000


@pytest.mark.skipif(sys.platform != "linux", reason="what the system is asked to do is told on Linux only")
def test_a_connection_that_says_nothing_any_more_is_missed(settings):
    """The times are those of docs/operations.md; tests/crash/test_hosts.py pulls cables out."""
    options = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
    with make_app(settings).connection_for_read() as connection:
        redis = connection.default_channel.client.connection_pool.get_connection()
        asked = [redis._sock.getsockopt(socket.IPPROTO_TCP, option) for option in options]
        keeps_alive = redis._sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        redis.disconnect()
    assert (keeps_alive, asked) == (1, [5, 2, 3, 10_000])
    assert (redis.socket_connect_timeout, redis.socket_timeout, redis.health_check_interval) == (2, 5, 5)


def test_nobody_is_taken_for_dead_by_a_redis_that_was_just_started(beginning, client, settings):
    _, other = beginning()
    _, mine = beginning(Liveness(redis_knows_after_s=10**6))
    hold(other, "page")
    client.lpush(other.new_place(), "another page")
    assert mine.read_by_nobody() == []
    assert waiting(client, settings) == []


def test_who_was_cut_off_from_redis_itself_takes_nobody_for_dead_at_once(beginning, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(held_pages, "monotonic", lambda: now[0])
    times = Liveness(redis_knows_after_s=0.5)
    _, other = beginning(times)
    _, mine = beginning(times)
    monkeypatch.setattr(mine._client, "info", lambda _: {"uptime_in_seconds": 1000})
    assert mine.read_by_nobody() == []
    hold(other, "page")
    now[0] += times.expiry_s + 1  # in which this one heard nothing, and the other may not have been heard
    assert mine.read_by_nobody() == []
    now[0] += times.redis_knows_after_s
    assert mine.read_by_nobody() == ["page"]


def test_nobody_is_taken_for_dead_by_a_redis_that_took_no_sign_of_life(beginning, own_redis, monkeypatch):
    """Those of all others were refused and ran out, too."""
    _, other = beginning()
    heart, mine = beginning(Liveness(redis_knows_after_s=0.5))
    now = [100.0]
    monkeypatch.setattr(held_pages, "monotonic", lambda: now[0])
    monkeypatch.setattr(mine._client, "info", lambda _: {"uptime_in_seconds": 1000})
    hold(other, "page")
    with own_redis.client() as full:
        full.config_set("maxmemory", 1)
        monkeypatch.setattr(heart, "_client", full)
        heart.beat()
        assert mine.read_by_nobody() == []
        full.config_set("maxmemory", 0)
        heart.beat()
    assert mine.read_by_nobody() == []
    now[0] += 1
    assert mine.read_by_nobody() == ["page"]


def test_each_connection_has_a_place_of_its_own(beginning, client, settings, monkeypatch):
    """Also where one is given up and made anew, as when Redis is silent on it, and the worker goes on."""
    monkeypatch.setattr(transport.Transport, "Channel", transport.Transport.Channel)
    _, mine = beginning()
    hold_pages_by_name(mine, MessageGate(lambda _many: None), lambda: None)
    with make_app(settings).connection_for_read() as connection:
        channel = connection.channel()
        queue = Queue(settings.queue, channel=channel, durable=True)
        with Consumer(channel, [queue], on_message=lambda _: None):
            connection.transport.cycle.on_poll_start()
            first = channel.place
            channel.client.connection.disconnect()
            connection.transport.cycle.on_poll_start()
            assert channel.place != first
            client.lpush(first, "was on its way over the first")
            mine.read_by_nobody()
            # Whoever waits for a page may have got it by now.
            found = waiting(client, settings) + client.lrange(channel.place, 0, -1)
            assert found == [b"was on its way over the first"]
            assert not client.exists(first)


def test_a_page_that_arrived_is_held_and_lies_in_no_place(beginning, client, settings, monkeypatch):
    monkeypatch.setattr(transport.Transport, "Channel", transport.Transport.Channel)
    heart, mine = beginning()
    hold_pages_by_name(mine, SimpleNamespace(checked=lambda message: message), lambda: None)
    app = make_app(settings)
    with app.connection_for_write() as connection, connection.Producer() as producer:
        producer.publish({"any": "page"}, routing_key=settings.queue, declare=[Queue(settings.queue)])
    got = []
    with app.connection_for_read() as connection:
        channel = connection.channel()
        queue = Queue(settings.queue, channel=channel, durable=True)
        with Consumer(channel, [queue], on_message=got.append):
            connection.drain_events(timeout=10)
            held = {tag.decode(): who.decode() for tag, who in client.hgetall(key("held", settings)).items()}
            assert held == {got[0].delivery_tag: heart.worker}
            assert client.hkeys(key("unacked", settings)) == [got[0].delivery_tag.encode()]
            assert not client.exists(channel.place)
            got[0].ack()
            assert not client.exists(key("held", settings), key("unacked", settings))


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
    hold(mine, "forgotten")
    hold(mine, "being read")
    request = SimpleNamespace(message=SimpleNamespace(delivery_tag="being read"))
    monkeypatch.setattr(state, "active_requests", [request])
    assert mine.read_by_nobody() == ["forgotten"]
