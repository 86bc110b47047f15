"""Where results may be written, and what is written through or to instead of being replaced."""

import os
import threading
from pathlib import Path

import pytest

from tests.job_builders import job_of, page_file
from worker.errors import OutputNotWritable, UsageError
from worker.job_folder import ReadOptions
from worker.jobs import Job, PageEntry
from worker.result_file import check_result_file, result_file


@pytest.mark.parametrize(
    "name",
    [
        "job.json",
        "pages/x.json",
        "pages",
        "overlays/x.png",
        "crops/x/1.png",
        "results.csv",
        "summary.json",
        "inputs-0123456789ab.jsonl",
    ],
)
def test_what_makes_a_job_is_refused(tmp_path, name):
    job = job_of(tmp_path, [31])
    with pytest.raises(UsageError, match="belongs to the job"):
        check_result_file(job.path / name, job)


def test_another_job_and_a_way_around_are_refused_too(tmp_path, monkeypatch):
    job, other = job_of(tmp_path, [31]), job_of(tmp_path / "other", [32])
    (tmp_path / "link").symlink_to(job.path)
    (tmp_path / "march.csv").symlink_to(job.job_file)
    monkeypatch.chdir(job.pages)
    ways = [
        other.job_file,
        tmp_path / "link" / "job.json",
        tmp_path / "march.csv",
        Path("../job.json"),
        Path("x.csv"),
    ]
    for way in ways:
        with pytest.raises(UsageError, match="belongs to the job"):
            check_result_file(way, job)


def test_a_page_of_the_job_is_refused(tmp_path):
    job = job_of(tmp_path, [31])
    with pytest.raises(UsageError, match="is a page of the job"):
        check_result_file(job.entries[0].file, job)


def test_a_page_that_was_submitted_through_a_link_is_refused(tmp_path):
    real = page_file(tmp_path / "real", 31).file
    for name, target in (("folder", real.parent), ("page.png", real)):
        (tmp_path / name).symlink_to(target)
    through = (
        PageEntry.of(tmp_path / "folder" / real.name, name="1"),
        PageEntry.of(tmp_path / "page.png", name="2"),
    )
    for number, entry in enumerate(through):
        job = Job.create(tmp_path / f"job-{number}", [entry], [], ReadOptions())
        with pytest.raises(UsageError, match="is a page of the job"):
            check_result_file(real, job)


def test_a_new_name_in_the_job_folder_is_none_of_its_files(tmp_path):
    job = job_of(tmp_path, [31])
    assert check_result_file(job.path / "march.xlsx", job) == job.path / "march.xlsx"


def test_a_circle_of_links_is_told(tmp_path):
    (tmp_path / "self").symlink_to("self")
    with pytest.raises(OutputNotWritable, match="self"):
        check_result_file(tmp_path / "self", job_of(tmp_path, [31]))


def test_a_link_stays_and_what_it_points_to_is_replaced_as_a_whole(tmp_path):
    link, target = tmp_path / "link.csv", tmp_path / "target.csv"
    target.write_bytes(b"old")
    link.symlink_to(target)
    with result_file(check_result_file(link, job_of(tmp_path, [31]))) as stream:
        stream.write(b"new")
        assert target.read_bytes() == b"old"
    assert (link.is_symlink(), target.read_bytes()) == (True, b"new")


def test_a_link_to_nothing_makes_what_it_points_to(tmp_path):
    (tmp_path / "link.csv").symlink_to("later.csv")
    with result_file(check_result_file(tmp_path / "link.csv", job_of(tmp_path, [31]))) as stream:
        stream.write(b"new")
    assert (tmp_path / "later.csv").read_bytes() == b"new"


def test_a_pipe_is_written_to_and_stays_one(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    with result_file(check_result_file(pipe, job_of(tmp_path, [31]))) as stream:
        stream.write(b"abc")
        stream.seek(0)
        stream.write(b"A")
    reader.join()
    assert (got, pipe.is_fifo()) == ([b"Abc"], True)


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="this system has no names for open files")
def test_what_stands_for_an_open_file_is_written_to_and_not_replaced(tmp_path):
    with (tmp_path / "open.csv").open("wb") as stream:
        named = check_result_file(Path(f"/dev/fd/{stream.fileno()}"), job_of(tmp_path, [31]))
        with result_file(named) as out:
            out.write(b"abc")
        assert os.path.samestat(os.fstat(stream.fileno()), (tmp_path / "open.csv").stat())
    assert (tmp_path / "open.csv").read_bytes() == b"abc"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_device_that_takes_no_more_is_told(tmp_path):
    with (
        pytest.raises(OutputNotWritable, match="/dev/full: No space left"),
        result_file(check_result_file(Path("/dev/full"), job_of(tmp_path, [31]))) as stream,
    ):
        stream.write(b"abc")
    assert Path("/dev/full").is_char_device()
