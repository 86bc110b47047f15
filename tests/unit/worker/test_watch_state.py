"""What is remembered of a watched folder."""

import os

import pytest

from worker.dropped_files import DroppedFile, Version
from worker.errors import OutputNotWritable, UsageError
from worker.watch_state import TakenFile, state_file, watch_state

ONE = TakenFile("ä\n1.png", "1" * 64, Version(5, 10, 11))
TWO = TakenFile("2\udcff.png", "2" * 64, Version(6, 20, 21))


@pytest.fixture
def remembered(tmp_path):
    (tmp_path / "inbox").mkdir()

    def open_it():
        return watch_state(tmp_path / "jobs", tmp_path / "inbox")

    return open_it


def test_everything_is_there_again_after_a_restart(remembered):
    with remembered() as state:
        state.begin("first", [ONE, TWO])
        state.finish("first")
        state.begin("second", [TakenFile("3.png", "3" * 64, Version(1, 2, 3))])
        state.remember(DroppedFile("again.png", Version(9, 9, 9)), ONE.sha256)
        assert state.name_once("notes.txt: another kind")
    with remembered() as state:
        assert state.owner_of(ONE.sha256) == ("first", ONE.name)
        assert state.hash_of(DroppedFile(TWO.name, TWO.version)) == TWO.sha256
        assert state.hash_of(DroppedFile(TWO.name, Version(6, 20, 22))) is None
        assert state.hash_of(DroppedFile("again.png", Version(9, 9, 9))) == ONE.sha256
        assert [batch.job for batch in state.open_batches] == ["second"]
        assert not state.name_once("notes.txt: another kind")


def test_what_never_became_a_job_or_was_never_read_is_new_again(remembered):
    with remembered() as state:
        state.begin("first", [ONE])
        state.drop("first")
        state.begin("second", [TWO])
        state.finish("second", [TWO.sha256])
    with remembered() as state:
        assert state.hash_of(DroppedFile(ONE.name, ONE.version)) is None
        assert state.owner_of(ONE.sha256) is state.owner_of(TWO.sha256) is None
        # The very file stays known, or it would be taken again and again.
        assert state.hash_of(DroppedFile(TWO.name, TWO.version)) == TWO.sha256


def test_a_line_that_was_cut_by_a_kill_counts_for_nothing(remembered, tmp_path):
    with remembered() as state:
        state.begin("first", [ONE])
        whole = state.path.read_bytes()
        state.begin("second", [TWO])
        more = state.path.read_bytes()
    for cut in range(len(whole), len(more)):
        state_file(tmp_path / "jobs", tmp_path / "inbox").write_bytes(more[:cut])
        with remembered() as state:
            assert [batch.job for batch in state.open_batches] == ["first"]
            state.finish("first")
        with remembered() as state:
            assert state.open_batches == []


@pytest.mark.parametrize(
    "damage",
    [
        b"{}",
        b"nonsense",
        b'{"done": "unknown", "never_read": []}',
        b"[]",
        b"7",
        b"[" * 100_000,
        b'{"batch": 5, "files": []}',
        b'{"batch": "../elsewhere", "files": []}',
        b'{"batch": "..", "files": []}',
        b'{"batch": "' + b"9" * 256 + b'", "files": []}',
        b'{"batch": "\\ud800", "files": []}',
        b'{"batch": "one", "files": [[5, "a", 1, 2, 3]]}',
        b'{"batch": "one", "files": [["a.png", "a", 1, 2]]}',
        b'{"again": ["a.png", "a", "x", 2, 3]}',
    ],
)
def test_damage_is_told_and_not_guessed_at(remembered, tmp_path, damage):
    with remembered() as state:
        state.begin("first", [ONE])
    path = state_file(tmp_path / "jobs", tmp_path / "inbox")
    head, batch = path.read_bytes().splitlines()
    number = 1 if damage == b"{}" else 2
    path.write_bytes(b"\n".join([damage, batch] if number == 1 else [head, damage, batch]) + b"\n")
    with pytest.raises(UsageError, match=f"line {number} is damaged"), remembered():
        pass


def test_two_programs_cannot_have_it_at_once(remembered):
    with remembered() as first, remembered() as second:
        assert first is not None
        assert second is None
    with remembered() as third:
        assert third is not None


def test_a_full_disk_leaves_whole_lines(remembered, monkeypatch):
    with remembered() as state:
        state.begin("first", [ONE])
        before = state.path.read_bytes()

        write = os.write

        def half(descriptor, data):
            return write(descriptor, data[: len(data) // 2])

        with monkeypatch.context() as patch:
            patch.setattr("worker.watch_state.os.write", half)
            with pytest.raises(OutputNotWritable):
                state.finish("first")
        assert state.path.read_bytes() == before
        assert len(state.open_batches) == 1


def test_two_folders_of_one_name_are_two(tmp_path):
    for place in ("a", "b"):
        (tmp_path / place / "inbox").mkdir(parents=True)
    first, second = (state_file(tmp_path, tmp_path / place / "inbox") for place in ("a", "b"))
    assert first != second
    assert first.name.startswith("watched-inbox-")
