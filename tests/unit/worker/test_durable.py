import errno
import os

import pytest

from worker.durable import create_durably, durable_file, make_folder, read_regular, write_durably
from worker.errors import OutputNotWritable


def test_a_file_appears_only_when_all_of_it_was_written(tmp_path):
    path = tmp_path / "table.csv"
    with durable_file(path) as stream:
        stream.write(b"first half")
        assert not path.exists()
    assert path.read_bytes() == b"first half"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_goes_wrong_in_between_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "table.csv"
    path.write_bytes(b"old")

    def write():
        with durable_file(path) as stream:
            stream.write(b"new")
            raise error

    with pytest.raises(error):
        write()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_in_the_way_is_named(tmp_path):
    (tmp_path / "table.csv").mkdir()
    with pytest.raises(OutputNotWritable, match=r"table\.csv"):
        write_durably(tmp_path / "table.csv", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


def test_a_file_where_a_folder_has_to_be_is_named(tmp_path):
    (tmp_path / "job").write_bytes(b"")
    with pytest.raises(OutputNotWritable, match="job"):
        make_folder(tmp_path / "job" / "pages")


def test_a_folder_that_is_gone_is_named(tmp_path):
    with pytest.raises(OutputNotWritable, match="gone"):
        write_durably(tmp_path / "gone" / "x.json", b"x")


@pytest.mark.parametrize("links", [True, False], ids=["with links", "without"])
def test_a_name_is_given_once(tmp_path, links, monkeypatch):
    if not links:

        def no_links(*_):
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))

        monkeypatch.setattr("os.link", no_links)
    path = tmp_path / "job.json"
    assert create_durably(path, b"first")
    assert not create_durably(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_that_leaves_no_room_for_another_can_be_written(tmp_path):
    path = tmp_path / ("x" * 255)
    write_durably(path, b"x")
    assert path.read_bytes() == b"x"


def test_a_pipe_is_never_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="a pipe"):
        read_regular(tmp_path / "pipe")
