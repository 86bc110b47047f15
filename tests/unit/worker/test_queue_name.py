"""A queue never has the name of another key that the program keeps in the broker."""

import pytest
from kombu.transport.redis import Channel

from worker.attempts import AttemptCounter
from worker.errors import SettingsInvalid
from worker.held_pages import HELD, PLACES
from worker.page_work import _UNASKED
from worker.settings import load_settings


def refused(name, monkeypatch):
    monkeypatch.setenv("DIGITIZE_QUEUE", name)
    with pytest.raises(SettingsInvalid) as caught:
        load_settings()
    assert caught.value.message.startswith("queue (environment DIGITIZE_QUEUE): ")
    assert caught.value.remedy == "Correct the variable DIGITIZE_QUEUE."
    return caught.value.message


@pytest.mark.parametrize(
    "name",
    [
        HELD, PLACES, _UNASKED, AttemptCounter.count_dropped.__defaults__[1], Channel.unacked_key,
        Channel.unacked_index_key, Channel.unacked_mutex_key, Channel.keyprefix_queue % "digitize",
        "_kombu.binding_permanent.digitize",
    ],
)  # fmt: skip
def test_names_of_the_program_s_own_keys_are_refused(name, monkeypatch):
    assert "a name of the program's own" in refused(name, monkeypatch)


@pytest.mark.parametrize(
    "name", ["waiting:1", "alive:host:1", "place:x", "begun:a:b", "digitize:digitize", ":"]
)
def test_names_that_one_of_its_keys_could_have_are_refused(name, monkeypatch):
    assert "has no colon" in refused(name, monkeypatch)


@pytest.mark.parametrize("name", ["a\nb", "a\x06\x163", "\x1b[31m", "\x7f"])
def test_names_that_cannot_be_shown_are_refused(name, monkeypatch):
    assert "can be printed" in refused(name, monkeypatch)


def test_a_name_that_no_message_could_tell_is_refused(monkeypatch):
    assert "255 characters at most" in refused("q" * 256, monkeypatch)


@pytest.mark.parametrize("name", ["digitize", "pages", "scans-of-march", "held-2", "Prüfung 3", "q" * 255])
def test_other_names_are_taken(name, monkeypatch):
    monkeypatch.setenv("DIGITIZE_QUEUE", name)
    assert load_settings().queue == name
