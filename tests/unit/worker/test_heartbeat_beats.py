"""Whether a worker takes pages: its loop turned, and the broker answered, not long ago."""

from types import SimpleNamespace

import pytest
from redis.exceptions import ConnectionError as BrokerGone

from worker.heartbeat import Heartbeat


class Client:
    """A broker that may be away."""

    away = False

    def set(self, *_args, **_options):
        if self.away:
            raise BrokerGone

    def delete(self, *_args):
        pass


@pytest.fixture
def clock(monkeypatch):
    now = SimpleNamespace(s=1000.0)
    monkeypatch.setattr("worker.heartbeat.time", SimpleNamespace(monotonic=lambda: now.s))
    return now


def test_it_beats_from_the_first_answer_until_the_last_one_is_old(clock):
    client = Client()
    heartbeat = Heartbeat(client, "ours:")
    assert not heartbeat.beats()
    heartbeat.beat()
    assert heartbeat.beats()

    client.away = True
    clock.s += 9
    heartbeat.beat()
    assert heartbeat.beats()  # as while a broker is restarted
    clock.s += 2
    assert not heartbeat.beats()


def test_it_beats_no_longer_when_the_worker_has_ended(clock):
    heartbeat = Heartbeat(Client(), "ours:")
    heartbeat.beat()
    heartbeat.stop()
    assert not heartbeat.beats()
