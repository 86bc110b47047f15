"""What is never accepted: two digits in one box, and a one that may be a slash."""

import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from worker.doubts import may_hold_slash, only_ones, shares_a_box
from worker.number_records import Found


def _digits(text, cells=None):
    cells = cells or [-1] * len(text)
    return [
        Found(
            PlacedDigit(Box(30 * k, 0, 30 * k + 20, 40), 0, cell, k),
            ReadDigit(k, int(sign), np.eye(10, dtype=np.float32)[int(sign)]),
        )
        for k, (sign, cell) in enumerate(zip(text, cells, strict=True))
    ]


@pytest.mark.parametrize(
    ("text", "doubted"), [("1403", False), ("4143", True), ("14", False), ("41", False), ("313", True)]
)
def test_only_a_one_between_two_digits_may_be_a_slash(text, doubted):
    assert may_hold_slash(_digits(text)) is doubted


@pytest.mark.parametrize(
    ("text", "cells", "doubted"),
    [
        ("111", None, True),
        ("1111", [4, 4, 4, 4], True),
        ("11", None, False),
        ("112", None, False),
        ("111", [0, 1, 2], False),
    ],
)
def test_ones_alone_may_be_a_tally_but_not_in_a_comb(text, cells, doubted):
    assert only_ones(_digits(text, cells)) is doubted


@pytest.mark.parametrize(
    ("cells", "doubted"),
    [((0, 1, 2, 3), False), ((0, 1, 2, 2), True), ((0, 0, 1, 1), False), ((-1, -1, -1, -1), False)],
)
def test_two_digits_in_one_of_three_boxes_or_more_are_one_too_many(cells, doubted):
    assert shares_a_box(_digits("2345", list(cells))) is doubted
