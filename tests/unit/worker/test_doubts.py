"""What is never accepted: two digits in one box, and a one that may be a slash."""

import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from worker.doubts import (
    has_inner_ones,
    may_hold_slash,
    only_ones,
    shares_a_box,
    usually_signed,
    writes_signs,
)
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
    ("texts", "doubted"),
    [
        (["1215", "3110", "2117", "415"], True),
        (["1215", "3110", "2117"], False),
        (["1215", "3117", "204", "356"], False),
        (["1215", "3117", "2117", "356", "12", "7"], True),
    ],
    ids=["all", "too few", "half", "among short ones"],
)
def test_a_page_whose_numbers_mostly_have_a_one_inside_may_have_slashes(texts, doubted):
    assert has_inner_ones([_digits(text) for text in texts]) is doubted


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


def test_a_page_writes_signs_where_one_number_in_five_has_one():
    assert writes_signs([0, 0, 0, 0, 1])
    assert not writes_signs([0, 0, 0, 0, 0, 1])
    assert not writes_signs([])


def test_most_numbers_of_a_page_have_a_sign_or_not():
    assert usually_signed([1, 1, 0])
    assert not usually_signed([1, 0])
    assert not usually_signed([])
