"""What people hand in that is no page: one clear line each, and the other pages are read."""

import csv
import json
import os
import struct
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.builders import bomb_png, empty_file, text_named_png, truncated_jpeg, truncated_png
from tests.builders_pdf import password_pdf

pytestmark = pytest.mark.usefixtures("ink_reader")


def page_bytes(*, ink=True):
    pixels = np.full((60, 90), 255, np.uint8)
    pixels[20:40, 30:34] = 0 if ink else 255
    return cv2.imencode(".png", pixels)[1].tobytes()


def tiff_with_cut_page(pages, cut, side=40):
    """Return a TIFF of black pages, one of which says that its pixels lie behind the end of the file."""
    size, tags = 2 + 12 * 9 + 4, (256, 257, 258, 259, 262, 273, 277, 278, 279)
    pixels_at = 8 + pages * size
    data = struct.pack("<2sHI", b"II", 42, 8)
    for page in range(1, pages + 1):
        strip = 10_000_000 if page == cut else pixels_at
        values = (side, side, 8, 1, 1, strip, 1, side, side * side)
        data += struct.pack("<H", len(tags))
        data += b"".join(
            struct.pack("<HHII", tag, 4, 1, value) for tag, value in zip(tags, values, strict=True)
        )
        data += struct.pack("<I", 0 if page == pages else len(data) + 4)
    return data + bytes(side * side)


BAD_FILES = {
    "text.png": (text_named_png(), "not-an-image"),
    "empty.png": (empty_file(), "empty-file"),
    "cut.png": (truncated_png(), "truncated"),
    "cut.jpg": (truncated_jpeg(), "truncated"),
    "bomb.png": (bomb_png(), "too-large"),
    "locked.pdf": (password_pdf(), "password-protected"),
}


def rows(table):
    with Path(table).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def good_page(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(page_bytes())
    return path


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file_costs_no_other_page(digitize, name):
    content, code = BAD_FILES[name]
    Path("in").mkdir()
    good_page(Path("in/1.png"))
    Path("in", name).write_bytes(content)

    result = digitize("submit", "in", "-o", "job")

    assert result.exit_code == 3
    (error,) = rows("job/errors.csv")
    assert (error["file"], error["page"], error["code"]) == (f"in/{name}", "1", code)
    assert [row["file"] for row in rows("job/results.csv")] == ["in/1.png"]
    lines = [line for line in result.stderr.splitlines() if name in line]
    assert lines == [f"warning: in/{name}, page 1: {error['message']} ({code})"]


@pytest.mark.parametrize("name", ["text.png", "empty.png", "locked.pdf"])
def test_file_that_holds_no_page_is_no_usable_input(digitize, name):
    content, code = BAD_FILES[name]
    Path(name).write_bytes(content)

    result = digitize("submit", name, "-o", "job")

    assert result.exit_code == 5
    assert [row["code"] for row in rows("job/errors.csv")] == [code]
    assert "error: no page in 1 input" in result.stderr.splitlines()


@pytest.mark.parametrize("name", ["cut.png", "cut.jpg", "bomb.png"])
def test_only_page_that_cannot_be_read_is_a_failed_page(digitize, name):
    content, code = BAD_FILES[name]
    Path(name).write_bytes(content)

    result = digitize("submit", name, "-o", "job")

    assert result.exit_code == 3
    assert [row["code"] for row in rows("job/errors.csv")] == [code]
    assert "error: 1 of 1 page could not be read" in result.stderr.splitlines()


def test_bomb_is_small_and_refused_by_its_header(digitize):
    Path("bomb.png").write_bytes(bomb_png())
    assert Path("bomb.png").stat().st_size < 25_000

    digitize("submit", "bomb.png", "-o", "job")

    assert "60,000 x 60,000" in rows("job/errors.csv")[0]["message"]


def test_all_of_them_at_once(digitize):
    for name, (content, _) in BAD_FILES.items():
        Path(name).write_bytes(content)
    good_page(Path("one.png"))

    result = digitize("submit", *BAD_FILES, "one.png", "nowhere.png", "-o", "job")

    assert result.exit_code == 3
    codes = {row["file"]: row["code"] for row in rows("job/errors.csv")}
    expected = {name: code for name, (_, code) in BAD_FILES.items()}
    assert codes == {**expected, "nowhere.png": "file-missing"}
    assert [row["file"] for row in rows("job/results.csv")] == ["one.png"]
    inputs, without_page = len(codes) + 1, len(json.loads(Path("job/job.json").read_text())["failures"])
    pages, failed = inputs - without_page, len(codes) - without_page
    *_, summary, error, _ = result.stderr.splitlines()
    no_page = f"{without_page} inputs led to no page"
    assert 1 < without_page < len(codes)
    assert summary.startswith(f"{pages} pages: 1 read, {failed} failed; {no_page}; ")
    assert error == f"error: {failed} of {pages} pages could not be read, and {no_page}"


def test_missing_path(digitize):
    good_page(Path("one.png"))

    result = digitize("submit", "nowhere.png", "one.png", "-o", "job")

    assert result.exit_code == 3
    assert "warning: nowhere.png, page 1: no such file or folder (file-missing)" in result.stderr
    assert [row["code"] for row in rows("job/errors.csv")] == ["file-missing"]
    assert [row["text"] for row in rows("job/results.csv")] == ["007"]


def test_nothing_but_missing_paths(digitize):
    result = digitize("submit", "nowhere.png", "*.tif", "-o", "job")

    assert result.exit_code == 5
    assert [row["file"] for row in rows("job/errors.csv")] == ["nowhere.png", "*.tif"]


def test_mistyped_path_does_not_lock_the_job_folder(digitize):
    good_page(Path("scans/one.png"))

    mistyped = [digitize("submit", name, "-o", "job").exit_code for name in ("scan", "scan", "scanss")]
    corrected = digitize("submit", "scans", "-o", "job")

    assert (mistyped, corrected.exit_code) == ([5, 5, 5], 0)
    assert [row["file"] for row in rows("job/results.csv")] == ["scans/one.png"]
    assert rows("job/errors.csv") == []


def test_mistyped_path_replaces_no_job_that_has_pages(digitize):
    good_page(Path("scans/one.png"))
    digitize("submit", "scans", "-o", "job")
    before = Path("job/job.json").read_bytes()

    assert digitize("submit", "scan", "-o", "job").exit_code == 6
    assert Path("job/job.json").read_bytes() == before
    assert [row["file"] for row in rows("job/results.csv")] == ["scans/one.png"]


def test_directory_named_like_a_page_is_searched(digitize):
    good_page(Path("scans.png/one.png"))

    result = digitize("submit", "scans.png", "-o", "job")

    assert result.exit_code == 0
    assert [row["file"] for row in rows("job/results.csv")] == ["scans.png/one.png"]


def test_empty_directory_is_told_and_costs_nothing(digitize):
    Path("empty").mkdir()
    good_page(Path("one.png"))

    result = digitize("submit", "empty", "one.png", "-o", "job")

    assert result.exit_code == 0
    assert "warning: empty: no page in this folder" in result.stderr


def test_empty_directory_alone_is_no_usable_input(digitize):
    Path("empty").mkdir()

    result = digitize("submit", "empty", "-o", "job")

    assert result.exit_code == 5
    assert "error: no page found" in result.stderr
    assert not Path("job").exists()


def test_unreadable_file(digitize):
    unreadable = good_page(Path("secret.png"))
    unreadable.chmod(0)
    if os.access(unreadable, os.R_OK):  # root may read everything, except what cannot be read at all
        unreadable.unlink()
        unreadable.symlink_to("/proc/self/mem")
    good_page(Path("one.png"))

    result = digitize("submit", "secret.png", "one.png", "-o", "job")

    assert result.exit_code == 3
    assert [(row["file"], row["code"]) for row in rows("job/errors.csv")] == [
        ("secret.png", "file-unreadable")
    ]
    assert [row["file"] for row in rows("job/results.csv")] == ["one.png"]


def test_pipe_is_never_opened(digitize):
    os.mkfifo("pipe.png")

    result = digitize("submit", "pipe.png", "-o", "job")

    assert result.exit_code == 5
    assert [row["code"] for row in rows("job/errors.csv")] == ["not-a-regular-file"]


@pytest.mark.parametrize("name", ["two words.png", "Zähler.png", "two\nlines.png", "-dash.png", "=1+1.png"])
def test_strange_name_is_read_and_written_as_it_is(digitize, name):
    good_page(Path(name))

    result = digitize("submit", "-o", "job", "--", name)

    assert result.exit_code == 0
    (row,) = rows("job/results.csv")
    assert row["file"].removeprefix("'") == name
    assert "two\nlines" not in result.stdout + result.stderr


def test_strange_name_of_a_bad_file_stays_on_one_line(digitize):
    Path("two\nlines\x1b[31m.png").write_bytes(b"words")

    result = digitize("submit", ".", "-o", "job")

    assert result.exit_code == 5
    assert "\x1b" not in result.stderr
    assert r"two\nlines\x1b[31m.png, page 1: " in result.stderr
    assert [row["file"] for row in rows("job/errors.csv")] == ["./two\nlines\x1b[31m.png"]


def test_blank_page_is_an_empty_result(digitize):
    Path("blank.png").write_bytes(page_bytes(ink=False))

    result = digitize("submit", "blank.png", "-o", "job")

    assert result.exit_code == 0
    assert rows("job/results.csv") == rows("job/errors.csv") == []
    assert "1 page: 0 read, 1 blank, 0 failed; 0 numbers" in result.stderr


def test_files_of_one_name_are_two_pages(digitize):
    good_page(Path("a/1.png"))
    good_page(Path("b/1.png"))

    result = digitize("submit", "a", "b", "-o", "job")

    assert result.exit_code == 0
    assert [row["file"] for row in rows("job/results.csv")] == ["a/1.png", "b/1.png"]


def test_file_named_twice_is_read_once(digitize):
    good_page(Path("a/1.png"))

    digitize("submit", "a", "a/1.png", "./a/../a/1.png", "-o", "job")

    assert len(rows("job/results.csv")) == 1


def test_damaged_page_leaves_the_other_pages_of_its_document(digitize):
    Path("three.tif").write_bytes(tiff_with_cut_page(pages=3, cut=2))

    result = digitize("submit", "three.tif", "-o", "job")

    assert result.exit_code == 3
    assert [row["page"] for row in rows("job/results.csv")] == ["1", "3"]
    assert [row["page"] for row in rows("job/errors.csv")] == ["2"]
    assert "warning: three.tif, page 2: " in result.stderr


def test_file_that_changed_since_it_was_submitted(digitize, unfinished_job):
    unfinished_job(good_page(Path("one.png")))
    Path("one.png").write_bytes(page_bytes(ink=False))

    result = digitize("resume", "job")

    assert result.exit_code == 3
    assert [row["code"] for row in rows("job/errors.csv")] == ["file-changed"]


def test_output_that_is_a_file(digitize):
    good_page(Path("one.png"))
    Path("taken").touch()

    result = digitize("submit", "one.png", "-o", "taken/job")

    assert result.exit_code == 6
    assert "taken is not a folder" in result.stderr
    assert "hint: Choose another folder with -o, or free some space." in result.stderr


def test_output_that_cannot_be_written(digitize, monkeypatch):
    good_page(Path("one.png"))
    locked = Path("locked")
    locked.mkdir(mode=0o555)
    if os.access(locked, os.W_OK):  # root may write everywhere, except where the kernel does not let it
        locked = Path("/proc/self")

    result = digitize("submit", "one.png", "-o", locked / "job")

    assert result.exit_code == 6
    assert str(locked) in result.stderr


def test_output_with_another_job_in_it(digitize):
    good_page(Path("one.png"))
    good_page(Path("two.png"))
    digitize("submit", "one.png", "-o", "job")
    before = Path("job/results.csv").read_bytes()

    result = digitize("submit", "two.png", "-o", "job")

    assert result.exit_code == 6
    assert "holds another job (of other pages); nothing was changed" in result.stderr
    assert Path("job/results.csv").read_bytes() == before


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "redis://no-such-host.invalid:6379/0"])
@pytest.mark.parametrize("command", [("submit", "one.png"), ("worker",), ("doctor",)])
def test_broker_that_is_not_there(digitize, monkeypatch, url, command):
    good_page(Path("one.png"))
    monkeypatch.setenv("DIGITIZE_BROKER_URL", url)
    start_s = time.monotonic()

    result = digitize(*command)

    took_s = time.monotonic() - start_s
    assert result.exit_code == 4
    assert f"error: the broker {url} does not answer" in result.stderr
    assert "hint: Start Redis or correct DIGITIZE_BROKER_URL" in result.stderr
    assert took_s < 20  # never a hang; the promise of 2 s is kept on a machine that is not busy
    assert not Path("digitize-jobs").exists()
