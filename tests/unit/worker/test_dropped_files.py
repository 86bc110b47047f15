"""What lies in a watched folder: whole, growing, or nothing that is ever taken."""

import os

import pytest

from worker.dropped_files import DroppedFile, Drops, Version, hash_of, is_temporary


class Clock:
    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def clock():
    return Clock()


def whole(found):
    return [file.name for file in found.whole]


def test_a_file_is_whole_when_it_was_the_same_for_long_enough(tmp_path, clock):
    drops = Drops(tmp_path, 5.0, clock)
    path = tmp_path / "a.png"
    path.write_bytes(b"first")
    os.utime(path, (1, 1))  # how old it says it is proves nothing
    assert drops.look().growing == ["a.png"]
    clock.now_s += 4.9
    assert drops.look().growing == ["a.png"]
    clock.now_s += 0.1
    assert whole(drops.look()) == ["a.png"]


def test_what_is_written_to_begins_anew_by_size_or_by_time(tmp_path, clock):
    drops = Drops(tmp_path, 5.0, clock)
    path = tmp_path / "a.png"
    path.write_bytes(b"first")
    drops.look()
    for change in (lambda: path.write_bytes(b"longer than that"), lambda: os.utime(path, (7, 7))):
        clock.now_s += 4.0
        change()
        assert drops.look().growing == ["a.png"]
        clock.now_s += 4.0
        assert drops.look().growing == ["a.png"]
    clock.now_s += 1.0
    assert whole(drops.look()) == ["a.png"]


def test_no_file_is_whole_at_the_first_look_however_short_the_delay(tmp_path, clock):
    (tmp_path / "a.png").write_bytes(b"first")
    drops = Drops(tmp_path, 0.0, clock)
    assert whole(drops.look()) == []
    assert whole(drops.look()) == ["a.png"]


def test_a_file_that_went_and_came_back_begins_anew(tmp_path, clock):
    drops = Drops(tmp_path, 5.0, clock)
    path = tmp_path / "a.png"
    path.write_bytes(b"first")
    drops.look()
    path.rename(tmp_path / ".a.png")
    clock.now_s += 3.0
    drops.look()
    (tmp_path / ".a.png").rename(path)
    clock.now_s += 3.0
    assert drops.look().growing == ["a.png"]


def test_natural_order(tmp_path, clock):
    for name in ("p10.png", "p2.png", "P1.PNG"):
        (tmp_path / name).write_bytes(b"page")
    drops = Drops(tmp_path, 0.0, clock)
    drops.look()
    assert whole(drops.look()) == ["P1.PNG", "p2.png", "p10.png"]


@pytest.mark.parametrize(
    "name", [".a.png", "~$a.pdf", "#a.png", "a.png~", "a.pdf.part", "a.TMP", "a.png.swp"]
)
def test_hidden_and_temporary_names(name):
    assert is_temporary(name)
    assert not is_temporary("a.png")


def test_a_folder_that_is_away_is_told(tmp_path, clock):
    with pytest.raises(FileNotFoundError):
        Drops(tmp_path / "nowhere", 0.0, clock).look()


def test_the_hash_is_that_of_this_version_of_this_very_file(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"first")
    version = Version.of(path.lstat())
    assert hash_of(path, version) == "a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e"
    path.write_bytes(b"other words")
    assert hash_of(path, version) is None
    path.unlink()
    assert hash_of(path, version) is None
    (tmp_path / "real.png").write_bytes(b"first")
    path.symlink_to(tmp_path / "real.png")
    with pytest.raises(OSError, match="symbolic links"):
        hash_of(path, version)


def test_a_new_name_or_new_rights_are_no_new_content(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"first")
    before = DroppedFile("a.png", Version.of(path.lstat()))
    path.chmod(0o600)
    path.rename(tmp_path / "b.png")
    assert before.version.has_content_of(Version.of((tmp_path / "b.png").lstat()))
