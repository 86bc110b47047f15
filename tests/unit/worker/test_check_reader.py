"""The process in which a model is tried is the parent's to stop."""

import errno

import pytest

from worker.asked_model import check_reader
from worker.errors import DigitizeError, ModelRefused


def test_what_a_terminal_sends_does_not_reach_it():
    check_reader("tests.minding_reader:load_reader", None)


def test_where_it_is_killed_a_line_says_so_and_the_model_is_not_blamed():
    with pytest.raises(DigitizeError, match="was ended") as caught:
        check_reader("tests.fake_readers:die", None)
    assert not isinstance(caught.value, ModelRefused)
    assert "Try again" in caught.value.remedy


def test_where_no_process_can_be_started_what_is_short_is_named(monkeypatch):
    def no_room(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("multiprocessing.synchronize.SemLock.__init__", no_room)
    with pytest.raises(
        DigitizeError, match="no process can be started to load the model: /dev/shm has no room"
    ) as caught:
        check_reader("tests.minding_reader:load_reader", None)
    assert "--shm-size" in caught.value.remedy
