"""Rows of writing that touch are parted; long tails are left whole."""

import cv2
import numpy as np
import numpy.typing as npt

from segmentation.parting import Parting
from segmentation.row_cuts import part_rows

Mask = npt.NDArray[np.bool_]
STROKE = 5


def _ring(page: npt.NDArray[np.uint8], x: int, y: int) -> None:
    """Draw a nought of 24 x 40 px around that middle."""
    cv2.ellipse(page, (x, y), (12, 20), 0, 0, 360, 1, STROKE)


def _rows(*, second_row: int = 104) -> npt.NDArray[np.uint8]:
    """Two rows of noughts with a place in the middle left free."""
    page = np.zeros((160, 240), np.uint8)
    for x in (40, 80, 180):
        _ring(page, x, 50)
        _ring(page, x, second_row)
    return page


def _parted(page: npt.NDArray[np.uint8]) -> tuple[Parting, int]:
    _, labels, stats, centres = cv2.connectedComponentsWithStats(page, connectivity=8)
    parting = Parting(np.asarray(labels, np.int32), np.asarray(stats, np.int32), np.asarray(centres))
    plausible = np.ones(len(stats), bool)
    plausible[0] = False
    part_rows(parting, plausible, STROKE)
    return parting, len(stats)


def test_digits_of_two_rows_that_touch_are_parted_between_the_rows() -> None:
    page = _rows()
    _ring(page, 130, 52)
    _ring(page, 132, 97)
    parting, before = _parted(page)
    stats = parting.stats
    assert len(stats) == before + 1
    assert ((parting.labels > 0) == (page > 0)).all()
    upper, lower = parting.labels[34, 130], parting.labels[115, 132]
    assert upper != lower
    cut = stats[lower][1]
    assert abs(cut - 75) <= 4
    assert stats[upper][1] + stats[upper][3] == cut


def test_a_long_tail_stays_with_its_digit() -> None:
    page = _rows()
    cv2.line(page, (118, 32), (145, 32), 1, STROKE)
    cv2.line(page, (145, 32), (122, 118), 1, STROKE)
    parting, before = _parted(page)
    assert len(parting.stats) == before


def test_a_long_seven_is_parted_from_the_digit_that_its_tail_meets() -> None:
    page = _rows()
    cv2.line(page, (118, 32), (145, 32), 1, STROKE)
    cv2.line(page, (145, 32), (128, 90), 1, STROKE)
    _ring(page, 130, 104)
    parting, before = _parted(page)
    assert len(parting.stats) == before + 1
    assert parting.labels[32, 130] != parting.labels[123, 130]


def test_a_tall_symbol_beside_one_row_is_left_whole() -> None:
    page = np.zeros((160, 240), np.uint8)
    for x in (40, 80, 180):
        _ring(page, x, 74)
    cv2.ellipse(page, (130, 74), (24, 45), 0, 0, 360, 1, STROKE)
    parting, before = _parted(page)
    assert len(parting.stats) == before


def test_a_tall_symbol_beside_rows_that_overlap_is_left_whole() -> None:
    page = np.zeros((160, 240), np.uint8)
    _ring(page, 40, 60)
    _ring(page, 80, 82)
    cv2.ellipse(page, (130, 72), (24, 34), 0, 0, 360, 1, STROKE)
    parting, before = _parted(page)
    assert len(parting.stats) == before


def test_pieces_of_broken_digits_are_no_rows() -> None:
    page = np.zeros((160, 400), np.uint8)
    for x in (40, 120, 200, 280, 360):
        cv2.ellipse(page, (x, 74), (24, 45), 0, 0, 360, 1, STROKE)
    page[70:78, 90:150] = 0
    page[70:78, 250:310] = 0
    parting, before = _parted(page)
    assert len(parting.stats) == before
