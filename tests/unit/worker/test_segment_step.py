"""What a page's record says of a page on which nothing could be a symbol."""

import cv2
import numpy as np
import pytest

from segmentation.page import Page
from worker.reader import load_reader
from worker.segment_step import segment_warnings


def _page(draw):
    pixels = np.full((700, 600), 240, np.uint8)
    draw(pixels)
    return Page(pixels, dpi=None, orientation=1, kind="png")


def _nothing(pixels):
    del pixels


def _ruled(pixels):
    for top in range(80, 700, 60):
        pixels[top : top + 2, 20:580] = 90


def _tangle(pixels):
    """One line all over the page: whatever was written there, it is not found."""
    rng = np.random.default_rng(1)
    points = rng.integers(20, 580, (60, 2)).astype(np.int32)
    cv2.polylines(pixels, [points], False, 40, 3)


@pytest.fixture(scope="module")
def reader():
    return load_reader()


@pytest.mark.parametrize(
    ("draw", "codes"),
    [(_nothing, []), (_ruled, []), (_tangle, ["no-symbols"])],
    ids=["bare", "ruled", "one line all over it"],
)
def test_a_page_with_ink_and_no_symbols_is_not_passed_off_as_empty(reader, draw, codes):
    reading = reader.read_page(_page(draw))
    assert reading.numbers == ()
    assert [warning.code for warning in reading.warnings] == codes


def test_what_was_read_and_left_out_is_no_tangle(reader):
    work = reader.work_through(_page(_tangle))
    assert segment_warnings(work.segmentation, 0) != ()
    assert segment_warnings(work.segmentation, 1) == ()
