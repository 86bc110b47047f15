"""Two numbers in one cell, the latter of three digits, may be one number with a space in it."""

import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from worker.number_records import Found
from worker.sign_text import Sign
from worker.signs import SignedNumber
from worker.spaced_groups import spaced_groups

CENTS = Sign(",", 3, Box(0, 0, 4, 8), 0.9)
POINT, MINUS = Sign(".", 1, Box(0, 0, 4, 4), 0.9), Sign("-", 0, Box(0, 0, 20, 4), 0.9)


def _number(left: int, count: int, *signs: Sign, cell: int = 0, top: int = 50) -> SignedNumber:
    """Digits of 20 x 40 px in steps of 30."""
    boxes = [Box(left + 30 * k, top, left + 30 * k + 20, top + 40) for k in range(count)]
    read = ReadDigit(0, 2, np.eye(10, dtype=np.float32)[2])
    return SignedNumber(tuple(Found(PlacedDigit(box, 0, cell, 0), read) for box in boxes), signs)


@pytest.mark.parametrize(
    ("before", "after", "are_groups"),
    [
        (_number(100, 1), _number(150, 3), True),
        (_number(40, 3), _number(150, 3), True),
        (_number(100, 1, MINUS), _number(150, 3), True),
        (_number(100, 1), _number(150, 5, CENTS), True),
        (_number(100, 1), _number(160, 3), False),
        (_number(10, 4), _number(150, 3), False),
        (_number(100, 1), _number(150, 2), False),
        (_number(100, 1), _number(150, 4), False),
        (_number(100, 1, cell=1), _number(150, 3), False),
        (_number(100, 1, cell=-1), _number(150, 3, cell=-1), False),
        (_number(100, 1, top=80), _number(150, 3), False),
        (_number(70, 2, POINT), _number(150, 3), False),
        (_number(100, 1), _number(150, 3, MINUS), False),
    ],
    ids=[
        "one and three",
        "three and three",
        "a minus before",
        "cents behind",
        "far",
        "four before",
        "two behind",
        "four behind",
        "another cell",
        "no cell",
        "another line",
        "a point in it",
        "a minus between",
    ],
)
def test_three_digits_right_behind_others_in_their_cell_may_be_their_group(
    before: SignedNumber, after: SignedNumber, are_groups: bool
) -> None:
    firsts = {before.digits[0].placed.box, after.digits[0].placed.box}
    assert spaced_groups([[before, after]]) == (firsts if are_groups else frozenset())
    assert spaced_groups([[before], [after]]) == frozenset()
    assert spaced_groups([]) == frozenset()
