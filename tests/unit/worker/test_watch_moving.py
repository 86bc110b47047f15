"""Files leave a watched folder: never over another one, and never before they were read."""

import errno
from pathlib import Path

import pytest

from worker import watch_moving
from worker.dropped_files import DroppedFile, Version
from worker.errors import OutputNotWritable
from worker.watch_moving import move_file, undo_killed_moves


@pytest.fixture
def places(tmp_path):
    inbox, read = tmp_path / "inbox", tmp_path / "read"
    inbox.mkdir()
    read.mkdir()
    (inbox / "a.png").write_bytes(b"a page")
    return inbox, read, DroppedFile("a.png", Version.of((inbox / "a.png").lstat()))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(params=["one file system", "two"])
def elsewhere(request, monkeypatch):
    """Let the two folders lie on different file systems, or not."""
    if request.param == "two":
        real = Path.stat

        class Other:
            st_dev = -1

        monkeypatch.setattr(
            Path, "stat", lambda self, **how: Other() if self.name == "read" else real(self, **how)
        )


def test_a_file_is_moved_whole_and_over_nothing(places, elsewhere):
    inbox, read, file = places
    (read / "a.png").write_bytes(b"another")
    assert move_file(inbox, file, read) == read / "a-2.png"
    assert (names(inbox), names(read)) == ([], ["a-2.png", "a.png"])
    assert ((read / "a.png").read_bytes(), (read / "a-2.png").read_bytes()) == (b"another", b"a page")
    assert (read / "a-2.png").stat().st_mtime_ns == file.version.modified_ns


def test_what_came_under_its_name_since_is_left(places):
    inbox, read, file = places
    (inbox / "a.png").write_bytes(b"a page that nobody has read")
    assert move_file(inbox, file, read) is None
    assert (names(inbox), names(read)) == (["a.png"], [])
    assert (inbox / "a.png").read_bytes() == b"a page that nobody has read"


def test_what_is_gone_is_not_missed(places):
    inbox, read, file = places
    (inbox / "a.png").unlink()
    assert move_file(inbox, file, read) is None
    assert names(read) == []


def test_a_full_disk_leaves_the_file_where_it_lay(places, elsewhere, monkeypatch):
    inbox, read, file = places

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(watch_moving, "_copy", full)
    real = watch_moving.take_name
    monkeypatch.setattr(
        watch_moving, "take_name", lambda held, to: full() if to.parent == read else real(held, to)
    )
    with pytest.raises(OutputNotWritable, match="No space left"):
        move_file(inbox, file, read)
    assert (names(inbox), names(read)) == (["a.png"], [])
    assert (inbox / "a.png").read_bytes() == b"a page"


def test_a_move_that_was_killed_is_undone_and_over_nothing(places):
    inbox, _, _ = places
    (inbox / "a.png").rename(inbox / ".digitize-moving-a.png")
    (inbox / "a.png").write_bytes(b"a new one")
    (inbox / ".digitize-moving-b.png").write_bytes(b"b")
    undo_killed_moves(inbox)
    assert {path.name: path.read_bytes() for path in inbox.iterdir()} == {
        "a.png": b"a new one",
        "a-2.png": b"a page",
        "b.png": b"b",
    }


def test_without_links_nothing_is_moved_over_another_either(places, monkeypatch):
    inbox, read, file = places
    (read / "a.png").write_bytes(b"another")

    def no_links(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(watch_moving.os, "link", no_links)
    assert move_file(inbox, file, read) == read / "a-2.png"
    assert [path.read_bytes() for path in sorted(read.iterdir())] == [b"a page", b"another"]


def test_what_was_moved_before_a_kill_is_not_there_twice(places):
    inbox, read, file = places
    (read / "a.png").write_bytes(b"a page")
    assert move_file(inbox, file, read) == read / "a.png"
    assert (names(inbox), names(read)) == ([], ["a.png"])


@pytest.fixture(
    params=["a" * 235 + ".png", "a" * 251 + ".png", "\N{LATIN SMALL LETTER A WITH DIAERESIS}" * 125 + ".png"]
)
def long_places(request, places):
    """Give a page a name that is as long as may be, or nearly so."""
    inbox, read, _ = places
    (inbox / "a.png").rename(inbox / request.param)
    return inbox, read, DroppedFile(request.param, Version.of((inbox / request.param).lstat()))


def test_a_file_with_a_long_name_is_moved_as_others_are(long_places, elsewhere):
    inbox, read, file = long_places
    assert move_file(inbox, file, read) == read / file.name
    assert (names(inbox), names(read)) == ([], [file.name])


def test_a_long_name_that_is_taken_is_made_shorter_for_its_number(long_places, elsewhere):
    inbox, read, file = long_places
    (read / file.name).write_bytes(b"another")
    place = move_file(inbox, file, read)
    assert (place.suffixes, place.stem[-2:], place.read_bytes()) == ([".png"], "-2", b"a page")
    assert (read / file.name).read_bytes() == b"another"
    assert (len(names(inbox)), len(names(read))) == (0, 2)


def test_a_killed_move_of_a_long_name_is_undone(long_places, monkeypatch):
    inbox, read, file = long_places

    class Killed(BaseException):
        pass

    def kill(*_):
        raise Killed

    with monkeypatch.context() as patch:  # nothing is tidied up by a program that was killed
        patch.setattr(watch_moving, "_moved", kill)
        patch.setattr(watch_moving, "_give_back", lambda *_: None)
        with pytest.raises(Killed):
            move_file(inbox, file, read)
    assert file.name not in names(inbox)

    undo_killed_moves(inbox)

    assert names(inbox) == [file.name]
    assert (inbox / file.name).read_bytes() == b"a page"


def test_a_link_in_the_place_of_the_hidden_folder_is_not_followed(places, tmp_path):
    inbox, read, _ = places
    name = "a" * 251 + ".png"
    (inbox / "a.png").rename(inbox / name)
    (tmp_path / "elsewhere").mkdir()
    (inbox / ".digitize-moving").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputNotWritable, match="is a link"):
        move_file(inbox, DroppedFile(name, Version.of((inbox / name).lstat())), read)
    assert (inbox / name).read_bytes() == b"a page"
    assert names(tmp_path / "elsewhere") == []
