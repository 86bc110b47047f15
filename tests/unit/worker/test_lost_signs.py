"""Ink before a number: a minus, a point, or something else."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.cells import Cell
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from worker.lost_signs import may_lack_sign, took_point
from worker.number_records import Found
from worker.sign_text import Sign

STROKE_PX = 5.0
#: The first digit is 50 px high.
FIRST = Box(100, 50, 130, 100)


def _digits(cell: int = -1, boxes: Sequence[Box] = (FIRST, Box(140, 50, 170, 100))) -> list[Found]:
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
        ([(10, 72, 80, 5)], False),
        ([(45, 72, 15, 5)], True),
        ([(28, 72, 15, 5)], False),
        ([(70, 72, 22, 25)], False),
        ([(70, 52, 22, 5)], False),
        ([(70, 98, 22, 5)], False),
        ([(80, 94, 7, 7)], True),
        ([(80, 94, 2, 2)], False),
        ([(80, 70, 7, 7)], False),
        ([(50, 94, 7, 7), (65, 94, 7, 7), (80, 94, 7, 7)], False),
        ([(80, 94, 7, 7), (60, 95, 6, 6)], True),
        ([(45, 72, 12, 5), (75, 72, 12, 5)], False),
        ([(45, 84, 12, 5), (75, 72, 12, 5)], True),
        ([(40, 72, 20, 5), (80, 72, 11, 5)], True),
        ([(82, 92, 8, 20)], True),
        ([(80, 20, 6, 90)], False),
        ([(178, 72, 22, 5)], True),
        ([(170, 72, 22, 5)], True),
        ([(178, 72, 36, 5)], False),
        ([(178, 72, 62, 5)], False),
        ([(225, 72, 12, 5)], False),
        ([(176, 94, 7, 7)], False),
        ([(176, 72, 12, 5), (200, 72, 12, 5)], False),
    ],
    ids=[
        "nothing",
        "minus",
        "long",
        "touching",
        "from elsewhere",
        "some way off",
        "far",
        "high as a letter",
        "bar above",
        "underline",
        "point",
        "dust",
        "speck at half height",
        "dotted leader",
        "point and speck",
        "dashed leader",
        "minus and rest on another level",
        "minus and another length",
        "comma",
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


@pytest.mark.parametrize(
    ("minus", "boxes"),
    [
        ((70, 68, 22, 5), [Box(100, 66, 130, 100), Box(140, 50, 170, 100)]),
        ((70, 86, 22, 5), [Box(100, 62, 130, 112), Box(140, 40, 170, 90), Box(180, 30, 210, 80)]),
        ((178, 68, 22, 5), [FIRST, Box(140, 66, 170, 100)]),
    ],
    ids=["before a low digit", "before a number that rises", "behind a low digit"],
)
def test_a_minus_lies_on_the_level_of_its_number_or_of_the_digit_beside_it(
    minus: tuple[int, int, int, int], boxes: list[Box]
) -> None:
    assert may_lack_sign(_digits(boxes=boxes), _unread(minus), STROKE_PX)


@pytest.mark.parametrize(("length", "lacks"), [(30, True), (39, True), (42, False)])
def test_a_dash_behind_a_number_that_holds_one_as_long_fills_no_line(length: int, lacks: bool) -> None:
    dash = Sign("-", 1, Box(132, 72, 162, 77), 0.9)
    unread = _unread((178, 72, length, 5))
    assert may_lack_sign(_digits(), unread, STROKE_PX, signs=[dash]) is lacks
    assert may_lack_sign(_digits(), unread, STROKE_PX, signs=[replace(dash, text=".")]) is (length == 30)


def test_what_stands_in_another_cell_is_no_sign_of_this_one() -> None:
    minus = _unread((62, 72, 22, 5))
    assert may_lack_sign(_digits(0), minus, STROKE_PX, [Cell(Box(50, 30, 200, 120))])
    assert not may_lack_sign(_digits(0), minus, STROKE_PX, [Cell(Box(88, 30, 200, 120))])


def test_a_number_at_the_edge_of_its_page_lacks_nothing() -> None:
    digits = _digits()
    at_edge = Found(PlacedDigit(Box(0, 0, 30, 50), 0, -1, 0), digits[0].read)
    assert not may_lack_sign([at_edge], _unread((70, 72, 22, 5)), STROKE_PX)


BESIDE = Box(131, 93, 138, 100)
HIGH = Box(131, 55, 138, 62)


@pytest.mark.parametrize(
    ("speck", "first", "last"),
    [
        (Box(90, 93, 97, 100), True, True),
        (Box(90, 60, 97, 67), False, True),
        (Box(90, 70, 110, 100), False, False),
        (Box(115, 93, 122, 100), False, False),
        (BESIDE, True, False),
        (HIGH, True, False),
    ],
    ids=["point", "speck at half height", "part of a stroke", "below the digit", "behind", "high behind"],
)
def test_a_point_that_was_read_as_part_of_a_digit_is_seen(speck: Box, first: bool, last: bool) -> None:
    """Before the first digit it stands low; between two of them, as the points of ``84:24`` do, anywhere."""
    whole = SimpleNamespace(start=0, stop=2)
    strip = SimpleNamespace(pieces=(speck, FIRST), labels=(1, 2), candidates=(whole,))
    alone = SimpleNamespace(pieces=(FIRST,), labels=(2,), candidates=(SimpleNamespace(start=0, stop=1),))
    digit = _digits()[0]
    other = Found(replace(digit.placed, strip=1), digit.read)
    assert took_point([digit, other], [strip, alone]) is first
    assert took_point([other, digit], [strip, alone]) is last
    assert not took_point([other, other], [strip, alone])
