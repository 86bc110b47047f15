"""Brackets that were read as ones, and digits that are written small above the line."""

import cv2
import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from worker.misplaced_digits import (
    hangs_low,
    is_of_two_rows,
    is_raised,
    is_tall_stroke_inside,
    may_be_bracketed,
)
from worker.number_records import Found

FIVE, SIX = Box(60, 50, 90, 100), Box(100, 50, 130, 100)


def _found(digits: list[tuple[int, Box]]) -> list[Found]:
    return [
        Found(PlacedDigit(box, 0, -1, k), ReadDigit(k, digit, np.eye(10, dtype=np.float32)[digit]))
        for k, (digit, box) in enumerate(digits)
    ]


def _stroke(top: int, bottom: int, left: int, bow: int) -> tuple[Box, np.ndarray]:
    """Return the box of a stroke that bends so far, to the left where that is negative, and its ink."""
    labels = np.zeros((160, 240), np.uint8)
    rows = np.arange(top, bottom)
    middle, half = (top + bottom) / 2, (bottom - top) / 2
    columns = left + np.round(bow * (1 - ((rows - middle) / half) ** 2)).astype(int)
    for row, column in zip(rows, columns, strict=True):
        labels[row, column : column + 5] = 1
    x, y, width, height = cv2.boundingRect(labels)
    return Box(x, y, x + width, y + height), labels.astype(np.int32)


@pytest.mark.parametrize(
    ("before", "behind", "may_be"),
    [
        ((42, 108, -9), (42, 108, 9), True),
        ((42, 108, 0), (42, 108, 0), True),
        ((50, 100, -4), (50, 100, 4), True),
        ((50, 100, 0), (50, 100, 0), False),
        ((42, 99, 0), (42, 99, 0), False),
        ((50, 100, 4), (50, 100, -4), False),
        (None, (42, 108, 9), True),
        ((42, 108, -9), None, True),
        (None, (42, 108, 0), False),
        (None, (42, 108, -9), False),
        (None, (50, 100, 5), False),
    ],
    ids=[
        "brackets",
        "straight and around the others",
        "bent around the others",
        "ones",
        "high ones on the line",
        "bent inwards",
        "a bracket behind",
        "a bracket before",
        "a high one behind",
        "bent inwards behind",
        "a bent one as high as the others",
    ],
)
def test_brackets_are_told_from_ones_by_height_and_bow(
    before: tuple[int, int, int] | None, behind: tuple[int, int, int] | None, may_be: bool
) -> None:
    digits, ink = [(5, FIVE), (6, SIX)], np.zeros((160, 240), np.int32)
    for place, piece, left in ((0, before, 45), (3, behind, 140)):
        if piece is not None:
            box, labels = _stroke(*piece[:2], left, piece[2])
            ink += labels
            digits.insert(place, (1, box))
    assert may_be_bracketed(_found(digits), ink) is may_be


@pytest.mark.parametrize(("bow", "may_be"), [(9, True), (-9, True), (0, False)])
def test_a_bracket_may_stand_inside(bow: int, may_be: bool) -> None:
    """As in ``49(0)30``."""
    box, ink = _stroke(42, 108, 140, bow)
    assert may_be_bracketed(_found([(5, FIVE), (1, box), (6, Box(160, 50, 190, 100))]), ink) is may_be


def test_a_piece_of_a_few_px_is_measured_too() -> None:
    box, ink = _stroke(50, 56, 45, 0)
    assert not may_be_bracketed(_found([(1, box), (5, FIVE), (6, SIX)]), ink)


def test_ones_alone_are_no_brackets_and_neither_are_other_digits() -> None:
    box, ink = _stroke(42, 108, 140, 9)
    assert not may_be_bracketed(_found([(1, box), (1, box)]), ink)
    assert not may_be_bracketed(_found([(1, box)]), ink)
    assert not may_be_bracketed(_found([(5, FIVE), (7, box)]), ink)


@pytest.mark.parametrize(
    ("last", "raised"),
    [
        (Box(140, 40, 160, 70), True),
        (Box(140, 50, 170, 100), False),
        (Box(140, 64, 160, 94), False),
        (Box(140, 30, 170, 80), False),
        (Box(140, 62, 155, 82), False),
        (Box(140, 80, 160, 110), False),
    ],
    ids=["a power", "on the line", "small on the line", "climbing line", "small at half height", "below"],
)
def test_a_power_is_small_and_above_the_line(last: Box, raised: bool) -> None:
    assert is_raised(_found([(5, FIVE), (6, SIX), (2, last)])) is raised


def test_what_hangs_below_the_line_raises_nothing_before_it() -> None:
    """As the sevens and nines of old hands do."""
    assert not is_raised(_found([(3, Box(60, 50, 90, 90)), (9, Box(100, 52, 130, 125))]))


@pytest.mark.parametrize(
    ("inner", "digit", "is_one"),
    [
        (Box(95, 42, 105, 108), 1, True),
        (Box(95, 50, 105, 100), 1, False),
        (Box(95, 32, 105, 98), 1, False),
        (Box(95, 42, 105, 108), 7, False),
    ],
    ids=["slash", "one", "high one on the line", "seven"],
)
def test_a_stroke_higher_than_digits_is_a_slash(inner: Box, digit: int, is_one: bool) -> None:
    number = _found([(3, FIVE), (digit, inner), (2, Box(110, 50, 140, 100))])
    assert is_tall_stroke_inside(number) is is_one
    assert not is_tall_stroke_inside(number[1:])


@pytest.mark.parametrize(
    ("digits", "hangs"),
    [
        ([(3, FIVE), (4, Box(100, 60, 130, 125))], True),
        ([(4, Box(60, 60, 90, 125)), (3, SIX)], True),
        ([(3, FIVE), (4, Box(100, 60, 130, 125)), (3, Box(140, 50, 170, 100))], True),
        ([(3, FIVE), (7, Box(100, 60, 130, 125))], False),
        ([(3, FIVE), (4, Box(100, 50, 130, 105))], False),
        ([(3, FIVE), (4, Box(100, 60, 130, 125)), (3, Box(140, 75, 170, 125))], False),
        ([(4, Box(100, 60, 130, 125))], False),
        ([(4, Box(60, 50, 90, 100)), (2, Box(100, 34, 116, 62))], False),
        ([(4, Box(60, 30, 90, 100)), (0, Box(100, 60, 125, 85))], False),
    ],
    ids=[
        "last",
        "first",
        "inside",
        "a seven",
        "on the line",
        "on a line that falls",
        "alone",
        "a power",
        "a small nought",
    ],
)
def test_a_four_below_the_digits_beside_it_hangs(digits: list[tuple[int, Box]], hangs: bool) -> None:
    assert hangs_low(_found(digits)) is hangs


@pytest.mark.parametrize(
    ("top", "of_two"),
    [(100, True), (108, True), (0, True), (96, False), (60, False)],
    ids=["right below", "below", "above", "on a steep line", "beside"],
)
def test_digits_of_which_one_is_wholly_below_the_other_are_of_two_rows(top: int, of_two: bool) -> None:
    assert is_of_two_rows(_found([(5, FIVE), (3, Box(100, top, 130, top + 50))])) is of_two
    assert not is_of_two_rows(_found([(5, FIVE)]))
