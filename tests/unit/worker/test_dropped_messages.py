"""What the log says of messages that were dropped: a line a second at most, and every one is counted."""

import pytest

from tests.fake_readers import wait_until
from worker.dropped_messages import DroppedMessages


@pytest.fixture
def now():
    return [100.0]


@pytest.fixture
def later():
    """What is to be called later, as seconds and function."""
    return []


@pytest.fixture
def dropped(now, later):
    return DroppedMessages(clock=lambda: now[0], after=lambda seconds, call: later.append((seconds, call)))


def test_the_first_is_said_at_once_with_its_reason(dropped, caplog):
    dropped.add("it is no page: it is no JSON")
    assert caplog.messages == ["message dropped, it is no page: it is no JSON"]


def test_those_of_the_same_second_are_counted_and_said_with_the_next(dropped, now, caplog):
    for _ in range(1000):
        dropped.add("it is no page")
    assert caplog.messages == ["message dropped, it is no page"]
    now[0] += 1
    dropped.add("its body is no Base64")
    assert caplog.messages[1:] == ["1000 messages dropped, the last of them: its body is no Base64"]


def test_the_last_of_a_flood_are_said_when_somebody_looks(dropped, now, caplog):
    for _ in range(3):
        dropped.add("it is no page")
    dropped.looked(waiting=0, in_hand=0)
    assert len(caplog.messages) == 1
    now[0] += 5
    dropped.looked(waiting=None, in_hand=0)
    dropped.looked(waiting=0, in_hand=1)
    assert caplog.messages[1:] == ["2 messages dropped, the last of them: it is no page"]


def test_what_nobody_would_say_later_is_said_at_once(dropped, caplog):
    for _ in range(3):
        dropped.add("it is no page")
    dropped.say_the_rest(at_once=True)
    dropped.say_the_rest(at_once=True)
    assert len(caplog.messages) == 2


def test_who_is_given_no_further_message_says_the_rest_a_second_later(dropped, now, later, caplog):
    for _ in range(4):
        dropped.add("no page of this job")
    ((seconds, call),) = later
    now[0] += seconds
    call()
    assert caplog.messages[1:] == ["3 messages dropped, the last of them: no page of this job"]
    call()
    assert len(caplog.messages) == 2


def test_the_rest_is_said_by_a_timer(caplog):
    told = DroppedMessages()
    for _ in range(2):
        told.add("no page of this job")

    wait_until(lambda: len(caplog.messages) == 2, "the rest is said")
