"""What was left out beside a number may be a digit of it: a stroke a one, something wider any other."""

import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from worker.left_out_strokes import may_lack_digit, may_lack_one
from worker.number_records import Found

#: Two digits, 50 px high.
DIGITS = [Box(120, 50, 150, 100), Box(160, 50, 190, 100)]


def _number(*digits: Box) -> list[Found]:
    read = np.eye(10, dtype=np.float32)[8]
    return [
        Found(PlacedDigit(box, 0, -1, k), ReadDigit(k, 8, read)) for k, box in enumerate(digits or DIGITS)
    ]


def _left_out(*pieces: Box) -> np.ndarray:
    labels = np.zeros((160, 400), np.int32)
    for label, box in enumerate(pieces, start=1):
        labels[box.top : box.bottom, box.left : box.right] = label
    return labels


@pytest.mark.parametrize(
    ("piece", "lacks"),
    [
        (Box(100, 50, 107, 100), True),
        (Box(204, 52, 210, 98), True),
        (Box(70, 50, 77, 100), False),
        (Box(100, 70, 107, 100), False),
        (Box(80, 50, 110, 100), False),
        (Box(100, 20, 107, 120), False),
        (Box(100, 86, 107, 136), False),
    ],
    ids=["before", "behind", "far", "low", "wide", "too high", "of the line below"],
)
def test_a_stroke_as_high_as_the_digits_right_beside_them_may_be_a_one(piece: Box, lacks: bool) -> None:
    assert may_lack_one(_number(), _left_out(piece)) is lacks


@pytest.mark.parametrize(("bottom", "lacks"), [(115, True), (125, False)])
def test_a_stroke_far_higher_than_the_number_is_no_one_of_it_beside_a_digit_with_a_tail_either(
    bottom: int, lacks: bool
) -> None:
    number = _number(*DIGITS, Box(200, 50, 230, 130))
    assert may_lack_one(number, _left_out(Box(244, 50, 251, bottom))) is lacks


@pytest.mark.parametrize(
    ("letter", "lacks"),
    [
        (Box(70, 60, 90, 100), False),
        (Box(20, 60, 40, 100), True),
        (Box(80, 96, 84, 100), True),
        (Box(70, 110, 90, 150), True),
    ],
    ids=["a letter before it", "a word far away", "a speck", "the line below"],
)
def test_a_stroke_at_the_end_of_a_word_is_a_letter(letter: Box, lacks: bool) -> None:
    assert may_lack_one(_number(), _left_out(Box(100, 50, 107, 100), letter)) is lacks


@pytest.mark.parametrize(
    ("piece", "lacks"),
    [
        (Box(75, 50, 110, 100), True),
        (Box(200, 55, 230, 98), True),
        (Box(80, 50, 123, 100), True),
        (Box(60, 50, 95, 100), False),
        (Box(75, 70, 110, 100), False),
        (Box(30, 50, 110, 100), False),
        (Box(75, 20, 110, 120), False),
        (Box(75, 70, 110, 120), False),
        (Box(100, 50, 107, 100), False),
    ],
    ids=["before", "behind", "reaching over", "far", "low", "wide", "high", "of the line below", "stroke"],
)
def test_what_is_as_large_as_the_digits_right_beside_them_may_be_one(piece: Box, lacks: bool) -> None:
    assert may_lack_digit(_number(), _left_out(piece)) is lacks
    letter = Box(piece.left - 30, 60, piece.left - 5, 100) if piece.left < 120 else Box(235, 60, 260, 100)
    assert not may_lack_digit(_number(), _left_out(piece, letter))


def test_a_stroke_at_the_side_of_the_page_and_none_at_all() -> None:
    assert not may_lack_one(_number(Box(4, 50, 34, 100)), _left_out(Box(0, 50, 3, 60)))
    assert not may_lack_one(_number(), _left_out())
    assert not may_lack_one(_number(), None)
    assert not may_lack_digit(_number(Box(4, 50, 34, 100)), _left_out(Box(0, 50, 3, 60)))
    assert not may_lack_digit(_number(), None)
