"""A broker that is there and says nothing: given up after two seconds, whatever it is that hangs."""

import socket
import threading
import time

import pytest

from tests.job_builders import plain_settings
from worker import queue
from worker.errors import BrokerUnreachable

#: Two seconds are promised; far more would be a hang, whatever else this machine does.
HANG_S = 8.0


@pytest.fixture
def quickly():
    start_s = time.monotonic()
    yield
    assert time.monotonic() - start_s < HANG_S


def test_two_seconds_are_two_seconds():
    assert queue._ANSWER_WITHIN_S == 2.0


def test_a_broker_that_accepts_and_stays_silent_is_given_up(quickly):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings = plain_settings(broker_url=f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        with pytest.raises(BrokerUnreachable):
            queue.check_broker(settings)


def test_what_has_no_time_limit_of_its_own_is_given_up(quickly, monkeypatch):
    for_ever = threading.Event()

    def never(_url):
        for_ever.wait(2 * HANG_S)
        raise OSError("the name was not found after all")

    monkeypatch.setattr(queue, "connect", never)
    with pytest.raises(BrokerUnreachable, match="no answer within 2 s"):
        queue.check_broker(plain_settings(broker_url="redis://slow.example:6379/0"))
    for_ever.set()
