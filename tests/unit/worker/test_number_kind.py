"""Whether a number is handwritten or printed, and how much of its ink looks like digits."""

import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.clean import Ink
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from segmentation.sorting import SORTS, sort_ink
from worker.number_evidence import evidence_of
from worker.number_records import Found, kind_of
from worker.records import Kind

#: A digit on the left, and one on the right.
BOXES = Box(8, 8, 24, 40), Box(72, 8, 88, 40)


def digit(box):
    return Found(PlacedDigit(box, 0, -1), ReadDigit(0, 7, np.eye(10, dtype=np.float32)[7]))


def page(left, right):
    """A page whose ink is of some sort on the left, and on the right."""
    mask = np.zeros((48, 96), bool)
    for box in BOXES:
        mask[box.top : box.bottom, box.left : box.right] = True
    level = mask.astype(np.uint8) * np.uint8(200)

    def network(planes):
        told = np.zeros((planes.shape[0] // 4, planes.shape[1] // 4, SORTS), np.float32)
        half = told.shape[1] // 2
        told[:, :half, left], told[:, half:, right] = 1, 1
        return told

    return sort_ink(Ink(mask, level, level, 1.0, False), 16.0, network)


@pytest.mark.parametrize(
    ("sorts", "kind"), [((0, 0), Kind.HANDWRITTEN), ((1, 1), Kind.PRINTED), ((1, 3), Kind.PRINTED)]
)
def test_a_number_is_what_most_of_its_digits_are(sorts, kind):
    assert kind_of([digit(box) for box in BOXES], page(*sorts)) is kind


def test_two_numbers_of_a_page_may_be_of_two_kinds():
    sorted_ink = page(0, 1)

    assert [kind_of([digit(box)], sorted_ink) for box in BOXES] == [Kind.HANDWRITTEN, Kind.PRINTED]


def test_the_evidence_says_how_much_of_each_number_looks_like_digits():
    numbers = [[digit(box)] for box in BOXES]

    found = evidence_of([numbers, [[digit(box) for box in BOXES]]], 32.0, sorted_ink=page(0, 3))

    assert [each.digit_share for each in found] == pytest.approx([1.0, 0.0, 0.5], abs=0.01)


def test_printed_digits_are_digits():
    (found,) = evidence_of([[[digit(BOXES[0])]]], 32.0, sorted_ink=page(1, 3))

    assert found.digit_share == pytest.approx(1.0, abs=0.01)


def test_where_nobody_can_tell_there_is_no_kind_and_nothing_is_said():
    (found,) = evidence_of([[[digit(BOXES[0])]]], 32.0)

    assert kind_of([digit(BOXES[0])], None) is None
    assert found.digit_share == 0.5
    assert found.features[-1] == 0.0
