"""The options of a watched folder: remembered, and held to those of before."""

import json

import pytest

from worker.dropped_files import Version
from worker.errors import OutputNotWritable, UsageError
from worker.printed import Printed
from worker.read_options import ReadOptions
from worker.watch_options import settle_options
from worker.watch_state import TakenFile, state_file, watch_state

PLAIN, STRICT = ReadOptions(), ReadOptions(printed=Printed.DROP, accept_confidence=0.9, save_crops=True)


@pytest.fixture
def start(tmp_path):
    """Start a watch with some options, take a file if asked to, and end it."""
    (tmp_path / "inbox").mkdir()

    def run(options, *, take="", **asked):
        with watch_state(tmp_path / "jobs", tmp_path / "inbox") as state:
            asked = {"folder": tmp_path / "inbox", "jobs_dir": tmp_path / "my jobs", **asked}
            others = settle_options(state, options, **asked)
            if take:
                state.begin(take, [TakenFile(f"{take}.png", take * 8, Version(1, 2, 3))])
            return others, state.options

    return run


def test_options_are_remembered_and_the_same_ones_are_taken_again(start, tmp_path):
    assert start(STRICT, take="first") == (False, STRICT)
    lines = state_file(tmp_path / "jobs", tmp_path / "inbox").read_bytes()

    assert start(STRICT) == (False, STRICT)
    assert state_file(tmp_path / "jobs", tmp_path / "inbox").read_bytes() == lines


def test_other_options_are_refused_by_name_and_change_nothing(start, tmp_path):
    start(PLAIN, take="first")
    lines = state_file(tmp_path / "jobs", tmp_path / "inbox").read_bytes()

    with pytest.raises(OutputNotWritable) as refused:
        start(STRICT)

    assert refused.value.message == (
        f"{tmp_path / 'inbox'} was watched with other options (save_crops: no before, yes now, "
        "accept_confidence: not set before, 0.9 now, printed: keep before, drop now); nothing was changed"
    )
    assert "--force" in refused.value.remedy
    assert f"'{tmp_path / 'my jobs'}' with -o" in refused.value.remedy
    assert state_file(tmp_path / "jobs", tmp_path / "inbox").read_bytes() == lines


def test_the_shipped_model_is_called_so(start):
    start(ReadOptions(model="/models/mine"), take="first")

    with pytest.raises(OutputNotWritable, match="model: /models/mine before, shipped now"):
        start(ReadOptions(model=None))


def test_who_says_so_goes_on_with_others_and_those_hold_from_then_on(start):
    start(PLAIN, take="first")

    assert start(STRICT, replace=True) == (True, STRICT)
    assert start(STRICT, replace=True) == (False, STRICT)
    with pytest.raises(OutputNotWritable):
        start(PLAIN)


def test_where_nothing_was_taken_any_options_are_taken(start):
    start(PLAIN)

    assert start(STRICT) == (False, STRICT)


def test_a_memory_from_before_options_were_remembered_takes_the_first(start, tmp_path):
    start(PLAIN, take="first")
    memory = state_file(tmp_path / "jobs", tmp_path / "inbox")
    lines = memory.read_text().splitlines(keepends=True)
    memory.write_text("".join(line for line in lines if '"options"' not in line))

    assert start(STRICT) == (False, STRICT)
    with pytest.raises(OutputNotWritable):
        start(PLAIN)


def test_options_that_are_none_are_damage(start, tmp_path):
    start(PLAIN, take="first")
    with state_file(tmp_path / "jobs", tmp_path / "inbox").open("a") as memory:
        memory.write(json.dumps({"options": {"printed": "perhaps"}}) + "\n")

    with pytest.raises(UsageError, match="line 4 is damaged"):
        start(PLAIN)
