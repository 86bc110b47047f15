"""What the log says of messages that were dropped: a line a second at most, and every one is counted."""

import pytest

from worker.dropped_messages import DroppedMessages


@pytest.fixture
def now():
    return [100.0]


@pytest.fixture
def dropped(now):
    return DroppedMessages(clock=lambda: now[0])


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
