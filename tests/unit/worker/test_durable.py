import errno
import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fake_readers import PATIENCE_S
from worker.durable import create_durably, durable_file, write_durably
from worker.durable_folders import make_folder, make_new_folder
from worker.errors import OutputNotWritable
from worker.regular_file import read_regular
from worker.unfinished_files import clear_unfinished

ROOT = Path(__file__).parents[3]


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


@pytest.mark.skipif(sys.platform != "linux", reason="what a descriptor is of, as Linux tells it")
def test_folders_that_are_made_outlive_a_power_cut(tmp_path, monkeypatch):
    """Each entry is forced to the disk once it is there, and none for a folder that was there before."""
    forced = []

    def noted(descriptor):
        place = Path(f"/proc/self/fd/{descriptor}").readlink()
        forced.append((place, [path.name for path in place.iterdir()]))

    monkeypatch.setattr("os.fsync", noted)
    monkeypatch.chdir(tmp_path)
    make_folder(Path("jobs/march/first"))
    assert forced == [
        (tmp_path, ["jobs"]),
        (tmp_path / "jobs", ["march"]),
        (tmp_path / "jobs/march", ["first"]),
    ]
    make_folder(tmp_path / "jobs" / "march" / "first")
    assert len(forced) == 3
    assert make_new_folder(tmp_path / "jobs" / "second")
    assert not make_new_folder(tmp_path / "jobs" / "second")
    assert forced[3:] == [(tmp_path / "jobs", [path.name for path in (tmp_path / "jobs").iterdir()])]


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


HOLD_A_FILE = """
import os, signal, sys
from pathlib import Path
from worker.durable import durable_file

with durable_file(Path(sys.argv[1])) as stream:
    stream.write(b"half")
    stream.flush()
    print("writing", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def writer(tmp_path):
    """Return a program that has written half of `tmp_path / "record.json"`."""
    command = [sys.executable, "-c", HOLD_A_FILE, str(tmp_path / "record.json")]
    with subprocess.Popen(
        command, env={"PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"writing\n"
        yield process
        process.kill()


def test_what_somebody_is_writing_is_never_cleared(tmp_path, writer):
    clear_unfinished(tmp_path)
    writer.communicate(b"", timeout=PATIENCE_S)
    assert (tmp_path / "record.json").read_bytes() == b"half"


def test_what_a_killed_program_left_half_written_is_cleared_and_nothing_else(tmp_path, writer):
    (tmp_path / ".mine.tmp").touch()
    writer.kill()
    writer.wait()
    (left,) = tmp_path.glob(".record.json.*.tmp")
    clear_unfinished(tmp_path)
    assert not left.exists()
    assert [path.name for path in tmp_path.iterdir()] == [".mine.tmp"]


@pytest.mark.parametrize(("age_s", "cleared"), [(60, False), (7200, True)])
def test_what_another_machine_left_is_cleared_when_nobody_can_still_be_writing_it(tmp_path, age_s, cleared):
    left = tmp_path / ".record.json.elsewhere-17-0123abcd.tmp"
    left.touch()
    os.utime(left, (time.time() - age_s,) * 2)
    clear_unfinished(tmp_path)
    assert left.exists() is not cleared


def test_a_file_that_is_cleared_before_its_writer_holds_it_is_begun_anew(tmp_path, monkeypatch):
    lock, cleared = fcntl.flock, []

    def cleared_just_before(stream, how):
        if not cleared:
            (name,) = tmp_path.iterdir()
            cleared.append(name.unlink())
        lock(stream, how)

    monkeypatch.setattr("fcntl.flock", cleared_just_before)
    write_durably(tmp_path / "record.json", b"whole")
    assert (tmp_path / "record.json").read_bytes() == b"whole"
    assert [path.name for path in tmp_path.iterdir()] == ["record.json"]
