"""A comma as large as a small digit is told by where it hangs."""

import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from worker.number_records import Found
from worker.read_commas import commas_read, holds_comma, stands_by


def _number(*boxes: Box, cell: int = -1, digit: int = 1) -> list[Found]:
    read = np.eye(10, dtype=np.float32)[digit]
    return [Found(PlacedDigit(box, 0, cell, k), ReadDigit(k, digit, read)) for k, box in enumerate(boxes)]


BEFORE = _number(Box(60, 50, 90, 100), Box(100, 50, 130, 100))
BEHIND = _number(Box(170, 50, 200, 100), Box(210, 50, 240, 100))
FAR = _number(Box(500, 50, 530, 100))


@pytest.mark.parametrize(
    ("box", "cell", "is_one"),
    [
        (Box(140, 82, 150, 118), -1, True),
        (Box(140, 50, 150, 100), -1, False),
        (Box(140, 60, 150, 96), -1, False),
        (Box(300, 82, 310, 118), -1, False),
        (Box(140, 120, 150, 150), -1, False),
        (Box(140, 82, 150, 118), 3, False),
    ],
    ids=["comma", "digit", "small on the line", "far", "of the next line", "of another cell"],
)
def test_a_comma_is_low_small_and_near(box: Box, cell: int, is_one: bool) -> None:
    lone = _number(box, cell=cell)
    found = commas_read([BEFORE, lone, BEHIND, FAR])
    assert found == ((box,) if is_one else ())
    assert [stands_by(number, found) for number in (BEFORE, lone, BEHIND, FAR)] == [is_one] * 3 + [False]


@pytest.mark.parametrize(
    ("box", "digit", "is_one"),
    [
        (Box(92, 90, 98, 145), 1, True),
        (Box(92, 90, 98, 145), 7, False),
        (Box(92, 125, 98, 175), 1, False),
        (Box(92, 70, 98, 120), 1, False),
        (Box(150, 90, 156, 145), 1, False),
        (Box(92, 104, 98, 154), 1, False),
    ],
    ids=["long comma", "a seven", "far below", "between the digits", "beside the number", "of the next line"],
)
def test_a_one_that_begins_at_the_feet_of_a_number_may_be_a_long_comma(
    box: Box, digit: int, is_one: bool
) -> None:
    assert commas_read([BEFORE, _number(box, digit=digit)]) == ((box,) if is_one else ())


def test_two_digits_are_no_comma_and_a_page_of_one_number_has_none() -> None:
    low = _number(Box(140, 82, 150, 118), Box(152, 82, 162, 118))
    assert commas_read([BEFORE, low]) == ()
    assert commas_read([_number(Box(140, 82, 150, 118))]) == ()
    assert commas_read([]) == ()


@pytest.mark.parametrize(
    ("box", "is_one"),
    [(Box(140, 82, 150, 118), True), (Box(140, 50, 150, 100), False), (Box(140, 50, 150, 86), False)],
    ids=["comma", "digit", "small and high"],
)
def test_a_comma_inside_a_number(box: Box, is_one: bool) -> None:
    inside = _number(*(digit.placed.box for digit in BEFORE), box, BEHIND[0].placed.box)
    assert holds_comma(inside) is is_one
    assert not holds_comma(inside[:3])
