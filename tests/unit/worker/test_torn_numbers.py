"""Numbers that stand near each other may be one; digits that stand far apart may be several."""

import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from tests.digit_row import DIGIT_ROW, row_labels
from worker.ink_between import InkBetween
from worker.number_records import Found
from worker.torn_numbers import Neighbours, is_wide

STROKE_PX = 5.0
#: Behind the row of digits, which ends at 134 and is 50 px high.
BEHIND = Box(160, 30, 190, 80)
POINTS = (145, 40, 5, 5), (145, 65, 5, 5)


def _number(*boxes: Box, cells: tuple[int, ...] = ()) -> list[Found]:
    return [
        Found(PlacedDigit(box, 0, cell, k), ReadDigit(k, 3, np.eye(10, dtype=np.float32)[3]))
        for k, (box, cell) in enumerate(zip(boxes, cells or [-1] * len(boxes), strict=True))
    ]


def _page(*numbers: list[Found]) -> Neighbours:
    return Neighbours([digit.placed for number in numbers for digit in number])


@pytest.mark.parametrize(
    ("other", "cell", "marks", "is_parted"),
    [
        (BEHIND, -1, POINTS, True),
        (Box(194, 30, 224, 80), -1, POINTS, True),
        (BEHIND, -1, (), False),
        (BEHIND, 0, POINTS, False),
        (BEHIND, -1, ((145, 60, 2, 2),), False),
        (Box(205, 30, 235, 80), -1, POINTS, False),
        (Box(160, 70, 190, 120), -1, POINTS, False),
    ],
    ids=["colon", "some way off", "nothing", "another cell", "dust", "far", "another row"],
)
def test_ink_between_two_numbers_may_be_a_sign_of_both_as_one(
    other: Box, cell: int, marks: tuple[tuple[int, int, int, int], ...], is_parted: bool
) -> None:
    first, second = _number(*DIGIT_ROW), _number(other, cells=(cell,))
    between = InkBetween(row_labels(*marks), None, STROKE_PX)
    page = _page(first, second)
    assert page.have_sign_between(first, between) is is_parted
    assert page.have_sign_between(second, between) is is_parted


def test_only_the_digit_right_beside_a_number_is_held_against_it() -> None:
    """The ink of that one is none between the number and the next."""
    beside, next_one = Box(150, 30, 156, 80), Box(180, 30, 195, 80)
    first, second = _number(*DIGIT_ROW), _number(beside, next_one)
    between = InkBetween(row_labels((150, 30, 6, 50), (180, 30, 15, 50)), None, STROKE_PX)
    assert not _page(first, second).have_sign_between(first, between)


@pytest.mark.parametrize(
    ("other", "cells", "is_torn"),
    [
        (Box(156, 30, 186, 80), (-1, -1), True),
        (Box(130, 30, 160, 80), (-1, -1), True),
        (Box(157, 30, 187, 80), (-1, -1), False),
        (Box(156, 50, 186, 100), (-1, -1), True),
        (Box(156, 60, 186, 110), (-1, -1), False),
        (Box(156, 30, 186, 80), (0, -1), True),
        (Box(156, 30, 186, 80), (0, 0), True),
        (Box(156, 30, 186, 80), (0, 1), False),
    ],
    ids=[
        "near",
        "reaching over",
        "farther",
        "somewhat lower",
        "lower",
        "out of its cell",
        "in its cell",
        "in another cell",
    ],
)
def test_a_number_as_near_as_a_digit_would_be_may_be_a_part_of_it(
    other: Box, cells: tuple[int, int], is_torn: bool
) -> None:
    own, others = cells
    first, second = _number(*DIGIT_ROW, cells=(own,) * 3), _number(other, cells=(others,))
    page = _page(first, second)
    assert page.stand_as_digits(first) is is_torn
    assert page.stand_as_digits(second) is is_torn


def test_the_digits_of_a_number_are_no_neighbours_of_it() -> None:
    first = _number(*DIGIT_ROW)
    assert not _page(first).stand_as_digits(first)


@pytest.mark.parametrize(
    ("left", "cells", "wide"),
    [(224, (), False), (225, (), True), (225, (0, 0, 0), True), (225, (0, 1, 2), False)],
    ids=["as digits may", "as numbers do", "in one cell", "in boxes"],
)
def test_digits_that_no_boxes_hold_may_be_numbers_of_their_own(
    left: int, cells: tuple[int, ...], wide: bool
) -> None:
    digits = _number(*DIGIT_ROW[:2], Box(left - 44, 30, left - 14, 80), cells=cells)
    assert is_wide(digits) is wide
