"""Small files that ask for hours or gigabytes: each is read, or costs itself and nothing else, in bounds."""

import csv
import os
import sys
from pathlib import Path

import cv2
import pypdfium2
import pytest

from segmentation.errors import PageUnreadable
from segmentation.page import DecodeLimits, count_pages, decode_page
from tests.builders import bomb_png, encoded, sample
from tests.builders_bombs import (
    jpeg_of_claimed_size,
    pdf_of_unfolding_drawing,
    pdf_with_huge_picture,
    png_of_many_chunks,
    png_of_more_pixels_than_it_has,
    png_with_unfolding_note,
    tiff_of_directories_in_each_other,
    tiff_of_more_pixels_than_it_has,
    tiff_that_claims_values,
)
from worker.memory_limit import limit_memory

LIMITS = DecodeLimits()
#: Less than any of them unfolds to.
MEMORY_MB = 96
UNFOLDED_MB = 200

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")

#: What is read in spite of what it says, because what it says is never unfolded.
HARMLESS = {
    "pixels behind the last, PNG": lambda: png_of_more_pixels_than_it_has(UNFOLDED_MB),
    "pixels behind the last, TIFF": lambda: tiff_of_more_pixels_than_it_has(UNFOLDED_MB),
    "profile": lambda: png_with_unfolding_note(b"iCCP", UNFOLDED_MB),
    "text": lambda: png_with_unfolding_note(b"zTXt", UNFOLDED_MB),
    "fifty thousand notes": lambda: png_of_many_chunks(50_000),
    "huge picture": lambda: pdf_with_huge_picture(20_000),
}


def in_limited_child(work):
    """Do something in a child that may take little memory; return what it wrote, how it ended, its peak."""
    reading, writing = os.pipe()
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)  # a child has none of OpenCV's threads, and would wait for them
    child = os.fork()
    if not child:
        try:
            limit_memory(MEMORY_MB)
            os.write(writing, work().encode())
        finally:
            os._exit(0)
    cv2.setNumThreads(threads)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        answer = stream.read().decode()
    _, status, used = os.wait4(child, 0)
    return answer, status, used.ru_maxrss / 1024


def read(data):
    """Count and decode, and say what came of it."""
    try:
        count_pages(data, limits=LIMITS)
        return "x".join(map(str, decode_page(data, limits=LIMITS).pixels.shape))
    except (PageUnreadable, MemoryError) as error:
        return getattr(error, "code", "no memory")


@linux_only
@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_never_unfolded_costs_nothing(name):
    assert pypdfium2.PdfDocument  # loaded before the limit is set
    own_mb = in_limited_child(lambda: "")[2]
    data = HARMLESS[name]()

    answer, status, peak_mb = in_limited_child(lambda: read(data))

    assert status == 0
    assert answer in ("40x60", "100x200")
    assert peak_mb - own_mb < MEMORY_MB


@linux_only
def test_a_jpeg_that_says_it_is_huge_takes_no_more_than_it_may():
    answer, status, _ = in_limited_child(lambda: read(jpeg_of_claimed_size(14_000, 14_000)))

    assert (answer, status) == ("no memory", 0)


@linux_only
def test_a_tag_of_millions_of_values_is_not_unpacked_where_one_is_meant():
    data = tiff_that_claims_values(40 * 2**20)

    answer, status, _ = in_limited_child(lambda: str(count_pages(data, limits=LIMITS)))

    assert (answer, status) == ("1", 0)


def test_directories_within_each_other_are_refused_at_once():
    # Each is as long as the file: with 5,000 of them, three hundred million tags.
    data = tiff_of_directories_in_each_other(5_000)
    assert len(data) < 10**6

    with pytest.raises(PageUnreadable) as caught:
        count_pages(data, limits=LIMITS)

    assert caught.value.code == "truncated"


def test_honest_directories_are_not_taken_for_such():
    pages = [sample(8, 8)] * 300
    data = cv2.imencodemulti(".tiff", pages)[1].tobytes()

    assert count_pages(data, limits=LIMITS) == 300


@linux_only
@pytest.mark.usefixtures("ink_reader")
def test_bombs_of_every_kind_cost_no_other_page(digitize, monkeypatch):
    monkeypatch.setenv("DIGITIZE_MAX_MEMORY_MB", "64")
    monkeypatch.setenv("DIGITIZE_MAX_ATTEMPTS", "1")
    Path("in").mkdir()
    for name, data in {
        "1.png": encoded(sample(), "png"),
        "2.png": bomb_png(),
        "3.pdf": pdf_of_unfolding_drawing(2_000),
        "4.tif": tiff_of_directories_in_each_other(5_000),
        "5.jpg": jpeg_of_claimed_size(14_000, 14_000),
        "6.png": png_of_more_pixels_than_it_has(UNFOLDED_MB),
        "7.png": encoded(sample(), "png"),
    }.items():
        Path("in", name).write_bytes(data)

    result = digitize("submit", "in", "-o", "job", "-j", "1")

    assert result.exit_code == 3
    with Path("job/errors.csv").open(encoding="utf-8", newline="") as stream:
        codes = {row["file"]: row["code"] for row in csv.DictReader(stream)}
    assert codes == {
        "in/2.png": "too-large",
        "in/3.pdf": "worker-lost",
        "in/4.tif": "truncated",
        "in/5.jpg": "out-of-memory",
    }
    table = Path("job/results.csv").read_text(encoding="utf-8")
    assert all(name in table for name in ("in/1.png", "in/6.png", "in/7.png"))
