"""Ink before a number: a minus, a point, or something else."""

from types import SimpleNamespace

import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.cells import Cell
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from worker.lost_signs import may_lack_sign, took_point
from worker.number_records import Found

STROKE_PX = 5.0
#: The first digit is 50 px high.
FIRST = Box(100, 50, 130, 100)


def _digits(cell: int = -1) -> list[Found]:
    boxes = (FIRST, Box(140, 50, 170, 100))
    return [
        Found(PlacedDigit(box, 0, cell, k), ReadDigit(k, 3, np.eye(10, dtype=np.float32)[3]))
        for k, box in enumerate(boxes)
    ]


def _unread(*marks: tuple[int, int, int, int]) -> np.ndarray:
    """Return ink of marks, each (left, top, width, height)."""
    ink = np.zeros((160, 240), bool)
    for left, top, width, height in marks:
        ink[top : top + height, left : left + width] = True
    return ink


@pytest.mark.parametrize(
    ("marks", "lacks"),
    [
        ([], False),
        ([(70, 72, 22, 5)], True),
        ([(42, 72, 50, 5)], True),
        ([(70, 72, 30, 5)], True),
        ([(30, 72, 60, 5)], False),
        ([(45, 72, 15, 5)], False),
        ([(70, 72, 22, 25)], False),
        ([(70, 52, 22, 5)], False),
        ([(70, 98, 22, 5)], False),
        ([(80, 94, 7, 7)], True),
        ([(80, 94, 2, 2)], False),
        ([(80, 70, 7, 7)], False),
        ([(50, 94, 7, 7), (65, 94, 7, 7), (80, 94, 7, 7)], False),
        ([(45, 72, 12, 5), (75, 72, 12, 5)], False),
        ([(80, 20, 6, 90)], False),
        ([(178, 72, 22, 5)], True),
        ([(170, 72, 22, 5)], True),
        ([(178, 72, 36, 5)], False),
        ([(178, 72, 62, 5)], False),
        ([(215, 72, 15, 5)], False),
        ([(176, 94, 7, 7)], False),
        ([(176, 72, 12, 5), (200, 72, 12, 5)], False),
    ],
    ids=[
        "nothing",
        "minus",
        "long",
        "touching",
        "from elsewhere",
        "far",
        "high as a letter",
        "bar above",
        "underline",
        "point",
        "dust",
        "speck at half height",
        "dotted leader",
        "dashed leader",
        "wall",
        "minus behind",
        "touching behind",
        "filler behind",
        "rule behind",
        "far behind",
        "full stop",
        "dashes behind",
    ],
)
def test_a_minus_or_a_point_is_told_by_place_and_shape(
    marks: list[tuple[int, int, int, int]], lacks: bool
) -> None:
    assert may_lack_sign(_digits(), _unread(*marks), STROKE_PX) is lacks


def test_what_stands_in_another_cell_is_no_sign_of_this_one() -> None:
    minus = _unread((62, 72, 22, 5))
    assert may_lack_sign(_digits(0), minus, STROKE_PX, [Cell(Box(50, 30, 200, 120))])
    assert not may_lack_sign(_digits(0), minus, STROKE_PX, [Cell(Box(88, 30, 200, 120))])


def test_a_number_at_the_edge_of_its_page_lacks_nothing() -> None:
    digits = _digits()
    at_edge = Found(PlacedDigit(Box(0, 0, 30, 50), 0, -1, 0), digits[0].read)
    assert not may_lack_sign([at_edge], _unread((70, 72, 22, 5)), STROKE_PX)


@pytest.mark.parametrize(
    ("speck", "took"),
    [
        (Box(90, 93, 97, 100), True),
        (Box(90, 60, 97, 67), False),
        (Box(90, 70, 110, 100), False),
        (Box(115, 93, 122, 100), False),
    ],
    ids=["point", "speck at half height", "part of a stroke", "below the digit"],
)
def test_a_point_that_was_read_as_part_of_the_digit_is_seen(speck: Box, took: bool) -> None:
    strip = SimpleNamespace(
        pieces=(speck, FIRST), labels=(1, 2), candidates=(SimpleNamespace(start=0, stop=2),)
    )
    assert took_point(_digits()[0], [strip]) is took
    alone = SimpleNamespace(pieces=(FIRST,), labels=(2,), candidates=(SimpleNamespace(start=0, stop=1),))
    assert not took_point(_digits()[0], [alone])
