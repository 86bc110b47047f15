import numpy as np
import pytest

from segmentation.geometry import Box
from tests.digit_row import DIGIT_ROW, row_labels
from worker.ink_between import InkBetween, ReadInk

STROKE_PX = 5.0


def test_digits_alone_hold_nothing_else():
    assert not InkBetween(row_labels(), None, STROKE_PX).is_in(DIGIT_ROW)


@pytest.mark.parametrize(
    "mark",
    [(95, 74, 5, 5), (94, 78, 6, 12), (93, 52, 9, 4), (52, 35, 5, 40)],
    ids=["point", "comma", "dash", "bar"],
)
def test_what_stands_between_digits_or_hangs_below_is_seen(mark):
    assert InkBetween(row_labels(mark), None, STROKE_PX).is_in(DIGIT_ROW)


@pytest.mark.parametrize(
    "mark",
    [(96, 60, 2, 2), (150, 74, 6, 6), (96, 110, 6, 6), (96, 10, 6, 6)],
    ids=["dust", "right", "below", "above"],
)
def test_dust_and_what_stands_elsewhere_are_not(mark):
    assert not InkBetween(row_labels(mark), None, STROKE_PX).is_in(DIGIT_ROW)


def test_nothing_stands_between_one_digit_and_itself():
    assert not InkBetween(row_labels((95, 74, 5, 5)), None, STROKE_PX).is_in(DIGIT_ROW[:1])


def test_the_page_may_end_right_below_the_digits():
    assert InkBetween(row_labels((95, 74, 5, 5))[:80], None, STROKE_PX).is_in(DIGIT_ROW)


def test_what_was_left_out_between_digits_is_seen():
    nothing = np.zeros_like(row_labels())
    left_out = nothing.copy()
    left_out[74:79, 95:100] = 1

    assert InkBetween(row_labels(), left_out, STROKE_PX).is_in(DIGIT_ROW)
    assert not InkBetween(row_labels(), nothing, STROKE_PX).is_in(DIGIT_ROW)


def _read(labels, box):
    """What stands in a box, read as a digit there."""
    inside = labels[box.top : box.bottom, box.left : box.right]
    return ReadInk(box, frozenset(inside[inside > 0].tolist()))


@pytest.mark.parametrize(
    ("mark", "box", "seen"),
    [
        ((92, 84, 20, 45), Box(92, 84, 112, 129), False),
        ((92, 84, 20, 45), None, True),
        ((94, 84, 8, 14), Box(94, 84, 102, 98), True),
        ((94, 84, 8, 14), Box(92, 84, 112, 129), True),
        ((94, 34, 6, 42), Box(94, 34, 100, 76), True),
    ],
    ids=[
        "a digit of the row below",
        "the same, unread",
        "a comma read as a digit",
        "a comma read with a digit below it",
        "a stroke between the digits, read as a number of its own",
    ],
)
def test_digits_of_other_rows_are_no_signs_of_this_one(mark, box, seen):
    labels = row_labels(mark)
    read = (_read(labels, box),) if box else ()

    assert InkBetween(labels, None, STROKE_PX, read).is_in(DIGIT_ROW) is seen


@pytest.mark.parametrize(
    ("digit", "comma", "beside", "seen"),
    [
        (Box(92, 84, 112, 129), None, [Box(120, 84, 140, 129)], False),
        (Box(92, 84, 112, 129), None, [Box(120, 98, 140, 143)], True),
        (Box(92, 84, 112, 129), (98, 76, 4, 10), [Box(120, 84, 140, 129)], True),
        (Box(97, 84, 103, 129), None, [], True),
        (Box(97, 84, 103, 129), None, [Box(120, 84, 140, 129)], False),
    ],
    ids=["in its row", "higher than its row", "with a comma on it", "a lone stroke", "a one in its row"],
)
def test_a_digit_below_is_none_of_the_number_where_it_stands_in_its_own_row(digit, comma, beside, seen):
    marks = [(box.left, box.top, box.width, box.height) for box in (digit, *beside)]
    labels = row_labels(*marks, *([comma] if comma else []))
    whole = digit if comma is None else Box(digit.left, comma[1], digit.right, digit.bottom)
    read = tuple(_read(labels, box) for box in (whole, *beside))

    assert InkBetween(labels, None, STROKE_PX, read).is_in(DIGIT_ROW) is seen


def test_what_the_row_below_was_read_from_is_no_sign_beyond_its_box_alone():
    """A comma that touches a digit of the row below sticks out of nothing: it is seen."""
    labels = row_labels((92, 84, 20, 45))
    low = Box(92, 90, 112, 129)

    assert InkBetween(labels, None, STROKE_PX, (_read(labels, low),)).is_in(DIGIT_ROW)
