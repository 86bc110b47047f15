import numpy as np
import pytest

from segmentation.geometry import Box
from tests.digit_row import DIGIT_ROW, row_labels
from worker.unread_ink import ink_at_ends, unread_ink

STROKE_PX = 5.0


@pytest.mark.parametrize(
    ("mark", "size"),
    [
        ((140, 40, 10, 30), 12.0),
        ((4, 50, 10, 10), 4.0),
        ((160, 40, 30, 30), 36.0),
        ((160, 40, 60, 30), 64.8),
        ((175, 40, 20, 30), 0.0),
        ((140, 20, 10, 12), 0.0),
        ((96, 60, 6, 12), 0.0),
    ],
    ids=["right", "left", "begins near enough", "as far as measured", "farther", "above", "inside"],
)
def test_unread_ink_beside_a_number_is_measured(mark, size):
    unread = unread_ink(DIGIT_ROW, row_labels(mark))
    assert ink_at_ends(DIGIT_ROW, unread, STROKE_PX) == pytest.approx(size)


def test_a_neighbour_that_was_read_is_no_unread_ink():
    neighbour = Box(140, 30, 160, 80)
    labels = row_labels((140, 30, 20, 50))
    assert ink_at_ends(DIGIT_ROW, unread_ink(DIGIT_ROW, labels), STROKE_PX) > 0
    assert ink_at_ends(DIGIT_ROW, unread_ink([*DIGIT_ROW, neighbour], labels), STROKE_PX) == 0.0
    assert labels[50, 150] > 0


@pytest.mark.parametrize("rise", [0, 4], ids=["level", "rising"])
@pytest.mark.parametrize("left", [140, 136])
def test_a_dash_that_fills_the_line_is_no_digit(left, rise):
    labels = row_labels()
    for x in range(left, left + 70):
        top = 55 + round(rise * (x - left) / 70)
        labels[top : top + 6, x] = 9

    assert ink_at_ends(DIGIT_ROW, unread_ink(DIGIT_ROW, labels), STROKE_PX) == 0.0


def _filled_up(left, right):
    """Return digits that begin at 200, and a dash from here to there before them."""
    digits = [Box(box.left + 180, box.top, box.right + 180, box.bottom) for box in DIGIT_ROW]
    labels = np.zeros((140, 420), np.int32)
    labels[52:58, left:right] = 9
    return digits, labels


@pytest.mark.parametrize(("length", "filler"), [(40, False), (55, False), (62, True)])
def test_before_a_number_a_dash_has_to_be_long_because_it_may_be_a_minus(length, filler):
    digits, labels = _filled_up(195 - length, 195)
    assert (ink_at_ends(digits, labels, STROKE_PX) == 0.0) == filler


def test_a_dash_of_which_only_the_end_is_measured_may_be_a_minus():
    digits, labels = _filled_up(0, 168)
    assert ink_at_ends(digits, labels, STROKE_PX) > 0.0


@pytest.mark.parametrize(
    "mark", [(140, 36, 6, 40), (140, 52, 20, 6), (140, 50, 40, 14)], ids=["one", "short dash", "thick bar"]
)
def test_what_may_be_a_digit_or_a_sign_is_no_filler(mark):
    assert ink_at_ends(DIGIT_ROW, unread_ink(DIGIT_ROW, row_labels(mark)), STROKE_PX) > 0.0
