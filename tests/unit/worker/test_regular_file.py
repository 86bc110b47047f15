"""A file is opened without waiting, looked at when it is open, and read in bounds."""

import errno
import io
import os
import socket
from pathlib import Path

import pytest

from worker import regular_file
from worker.regular_file import FileTooLong, LiesOutside, lies_below, read_regular


def test_a_file_is_read_up_to_its_bound(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"12345")

    assert read_regular(file) == read_regular(file, most_bytes=5) == b"12345"
    with pytest.raises(FileTooLong):
        read_regular(file, most_bytes=4)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="there is no /proc here")
def test_a_file_without_a_length_is_read_up_to_its_bound():
    assert Path("/proc/self/maps").stat().st_size == 0
    assert read_regular(Path("/proc/self/maps"), most_bytes=10**7).count(b"\n") > 3
    with pytest.raises(FileTooLong):
        read_regular(Path("/proc/self/maps"), most_bytes=20)


def test_a_sparse_file_of_terabytes_is_refused_by_its_length(tmp_path):
    file = tmp_path / "file"
    with file.open("wb") as stream:
        stream.truncate(2**40)

    with pytest.raises(FileTooLong):
        read_regular(file, most_bytes=10**9)


@pytest.mark.parametrize("most_bytes", [None, 10**6])
def test_a_file_that_would_have_to_be_waited_for_is_not(most_bytes, monkeypatch):
    class Waiting(io.BytesIO):
        def fileno(self):
            return 0

        def read(self, _size=-1):
            return None  # what a file gives that is opened without waiting, and holds nothing yet

    monkeypatch.setattr("worker.regular_file.open_regular", lambda *_, **__: Waiting())
    with pytest.raises(BlockingIOError):
        read_regular(Path("/proc/kmsg"), most_bytes=most_bytes)


def test_the_bytes_of_a_file_are_not_copied(tmp_path, monkeypatch):
    file, given = tmp_path / "file", []
    file.write_bytes(b"12345")
    piece = regular_file._piece

    def noted(*arguments):
        given.append(piece(*arguments))
        return given[-1]

    monkeypatch.setattr(regular_file, "_piece", noted)
    assert read_regular(file, most_bytes=10**6) is given[0]


def test_room_is_made_for_what_is_there_and_not_for_what_may_be(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"12345")

    assert read_regular(file, most_bytes=2**60) == b"12345"


def make_pipe(path):
    os.mkfifo(path)


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))


def make_link_to_device(path):
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [make_pipe, make_socket, make_link_to_device, Path.mkdir])
def test_what_is_no_file_is_not_read_and_not_waited_for(tmp_path, monkeypatch, make):
    monkeypatch.chdir(tmp_path)  # the name of a socket has to be short
    make(Path("it"))

    with pytest.raises(OSError) as caught:
        read_regular(Path("it"))

    assert caught.value.errno in (errno.EINVAL, errno.ENXIO, errno.EISDIR, errno.EOPNOTSUPP)


class TestBelow:
    @pytest.fixture
    def folders(self, tmp_path):
        for name in ("inside", "outside", "inside-too"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "file").write_bytes(name.encode())
        return tmp_path

    def test_a_file_of_the_folder(self, folders):
        assert read_regular(folders / "inside/file", below=[folders / "inside"]) == b"inside"
        assert read_regular(folders / "inside/../inside/file", below=[folders / "inside"]) == b"inside"

    @pytest.mark.parametrize("name", ["outside/file", "inside/../outside/file", "inside-too/file"])
    def test_a_file_elsewhere(self, folders, name):
        with pytest.raises(LiesOutside):
            read_regular(folders / name, below=[folders / "inside"])

    def test_a_link_out_of_it(self, folders):
        (folders / "inside/link").symlink_to(folders / "outside/file")
        (folders / "inside/folder").symlink_to(folders / "outside")
        for name in ("link", "folder/file"):
            with pytest.raises(LiesOutside):
                read_regular(folders / "inside" / name, below=[folders / "inside"])

    def test_a_link_within_it_and_to_it(self, folders):
        (folders / "inside/link").symlink_to("file")
        (folders / "root").symlink_to("inside")

        assert read_regular(folders / "root/link", below=[folders / "root"]) == b"inside"
        assert lies_below(folders / "root/not-there-yet", [folders / "inside"])
        assert not lies_below(folders / "root/../outside", [folders / "inside"])

    def test_a_file_that_is_swapped_while_it_is_opened(self, folders, monkeypatch):
        """Looked at by its name it lies inside; what was opened lies outside."""
        link, opened = folders / "inside/link", os.open
        link.symlink_to(folders / "outside/file")

        def swapped_after(path, *arguments, **options):
            descriptor = opened(path, *arguments, **options)
            link.unlink()
            link.symlink_to("file")
            return descriptor

        monkeypatch.setattr(os, "open", swapped_after)
        with pytest.raises(LiesOutside):
            read_regular(link, below=[folders / "inside"])
