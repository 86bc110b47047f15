"""A digit that was skipped beside a number is no digit of it, and neither is it nothing."""

import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.cells import Cell
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from tests.digit_row import DIGIT_ROW, row_labels
from worker.number_records import Found
from worker.skipped_digits import may_skip_digit


def _number(boxes: list[Box], cell: int = -1) -> list[Found]:
    return [
        Found(PlacedDigit(box, 0, cell, k), ReadDigit(k, 3, np.eye(10, dtype=np.float32)[3]))
        for k, box in enumerate(boxes)
    ]


def _unread(mark: tuple[int, int, int, int]) -> np.ndarray:
    """Return ink of a mark (left, top, width, height) beside the row of digits, which was read."""
    labels = row_labels(mark)
    for box in DIGIT_ROW:
        labels[box.top : box.bottom, box.left : box.right] = 0
    return labels > 0


@pytest.mark.parametrize(
    ("mark", "is_skipped"),
    [
        ((150, 32, 25, 46), True),
        ((2, 32, 12, 46), True),
        ((168, 32, 25, 46), True),
        ((169, 32, 25, 46), False),
        ((150, 32, 25, 34), False),
        ((150, 5, 4, 130), False),
        ((150, 32, 70, 46), False),
        ((150, 58, 25, 46), False),
    ],
    ids=["behind", "before", "near enough", "farther", "low", "a wall", "wide", "of a lower row"],
)
def test_ink_as_high_as_a_digit_may_be_one_where_the_next_would_stand(
    mark: tuple[int, int, int, int], is_skipped: bool
) -> None:
    assert may_skip_digit(_number(DIGIT_ROW), _unread(mark)) is is_skipped


def test_the_next_digit_stands_about_as_far_as_those_of_the_number_do() -> None:
    spaced = [DIGIT_ROW[0], DIGIT_ROW[2]]  # 54 px apart
    assert may_skip_digit(_number(spaced), _unread((200, 32, 25, 46)))
    assert not may_skip_digit(_number(spaced), _unread((206, 32, 25, 46)))


def test_what_stands_in_another_cell_is_none_of_its_digits() -> None:
    unread = _unread((150, 32, 25, 46))
    assert may_skip_digit(_number(DIGIT_ROW, 0), unread, [Cell(Box(0, 10, 200, 120))])
    assert not may_skip_digit(_number(DIGIT_ROW, 0), unread, [Cell(Box(0, 10, 144, 120))])
