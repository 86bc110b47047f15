"""A digit that was skipped beside a number is no digit of it, and neither is it nothing."""

import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.cells import Cell
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from tests.digit_row import DIGIT_ROW, row_labels
from worker.number_records import Found
from worker.skipped_digits import may_end_on_wall, may_skip_digit


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
        ((150, 32, 60, 46), True),
        ((150, 58, 25, 46), False),
        ((150, 48, 25, 44), True),
        ((150, 17, 25, 40), True),
        ((150, 12, 25, 46), False),
    ],
    ids=[
        "behind",
        "before",
        "near enough",
        "farther",
        "low",
        "a wall",
        "wide",
        "as wide as a digit may be",
        "of a lower row",
        "lower",
        "higher",
        "of a higher row",
    ],
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


@pytest.mark.parametrize(
    ("mark", "cell", "is_bar"),
    [
        ((140, 36, 26, 5), 0, True),
        ((140, 36, 17, 5), 0, True),
        ((140, 36, 14, 5), 0, False),
        ((150, 36, 15, 5), 0, True),
        ((156, 36, 11, 5), 0, False),
        ((140, 85, 26, 5), 0, False),
        ((96, 36, 6, 5), 0, False),
        ((140, 36, 26, 5), 1, False),
        ((140, 36, 26, 5), -1, False),
    ],
    ids=[
        "bar",
        "just to it",
        "short of it",
        "short",
        "a speck",
        "lower",
        "inside",
        "in a wider cell",
        "in no cell",
    ],
)
def test_ink_from_the_last_digit_to_the_wall_may_be_the_bar_of_one_on_the_wall(
    mark: tuple[int, int, int, int], cell: int, is_bar: bool
) -> None:
    cells = [Cell(Box(0, 10, 167, 120)), Cell(Box(0, 10, 230, 120))]
    assert may_end_on_wall(_number(DIGIT_ROW, cell), _unread(mark), cells) is is_bar


def test_a_long_dash_behind_a_number_fills_its_cell() -> None:
    cells = [Cell(Box(0, 10, 220, 120))]
    assert not may_end_on_wall(_number(DIGIT_ROW, 0), _unread((140, 50, 80, 5)), cells)


def test_a_number_that_reaches_over_its_wall_has_nothing_before_it() -> None:
    cells = [Cell(Box(0, 10, 130, 120))]
    assert not may_end_on_wall(_number(DIGIT_ROW, 0), _unread((134, 36, 20, 5)), cells)
