import numpy as np
import pytest

from segmentation.cells import Cell
from segmentation.clean import Ink
from segmentation.geometry import Box, Placement
from segmentation.scale import WritingSize
from segmentation.segment import Writing
from worker.sign_places import Between, likely_outside, places_of

#: Two numbers, of two digits and of one, far apart.
NUMBERS = [
    [(Box(100, 30, 130, 80), -1), (Box(142, 30, 172, 80), -1)],
    [(Box(320, 30, 350, 80), -1)],
]
POINT = (133, 75, 6, 6)
MINUS = (285, 52, 24, 6)


def _writing(*marks, cells=(), rule=None):
    labels = np.zeros((140, 400), np.int32)
    for label, (left, top, width, height) in enumerate(marks, start=1):
        labels[top : top + height, left : left + width] = label
    mask = labels > 0
    if rule is not None:
        mask[rule.top : rule.bottom, rule.left : rule.right] = True
    blank = np.zeros(labels.shape, np.uint8)
    ink = Ink(mask, blank, blank, 1.0, inverted=False)
    return Writing(Placement(), WritingSize(50.0, 5.0), ink, labels, (), tuple(cells))


def _places(writing, numbers=NUMBERS):
    return list(places_of(numbers, writing.labels, writing))


def test_a_point_between_two_digits_has_its_place_before_the_second():
    (place,) = _places(_writing(POINT))
    assert (place.before, place.between) == (1, Between.DIGITS)
    assert max(place.likely, key=lambda sign: place.likely[sign]) == "."


def test_a_minus_stands_before_a_number_and_no_point_does():
    (place,) = _places(_writing(MINUS))
    assert (place.before, place.between) == (2, Between.NOTHING)
    assert set(place.likely) == {"-", "+", ""}


@pytest.mark.parametrize(
    "marks",
    [
        [(255, 52, 24, 6)],
        [(257, 52, 24, 6), MINUS],
        [(225, 52, 84, 6)],
        [(190, 52, 24, 6)],
    ],
    ids=["far", "a row of dashes", "long", "nearer to the number before"],
)
def test_what_fills_a_line_is_no_minus(marks):
    places = _places(_writing(*marks))
    assert all(place.likely["-"] < place.likely[""] for place in places)


def test_the_end_of_a_rule_is_no_minus():
    assert _places(_writing(MINUS, rule=Box(200, 53, 284, 56))) == []


def test_the_edge_of_the_page_may_be_where_a_longer_stroke_ends():
    numbers = [[(Box(30, 30, 60, 80), -1)]]
    assert _places(_writing((2, 52, 20, 6)), numbers) == []


def test_what_is_left_of_a_rule_is_hardly_a_point():
    (clear,), (along,) = (_places(_writing(POINT, rule=rule)) for rule in (None, Box(90, 76, 200, 78)))
    assert along.likely["."] < 0.1 * clear.likely["."]
    assert along.likely[""] == clear.likely[""]


def test_a_comma_may_stand_between_two_numbers_that_are_one():
    apart = [[(Box(100, 30, 130, 80), -1)], [(Box(158, 30, 188, 80), -1)]]
    (place,) = _places(_writing((139, 77, 8, 16)), apart)
    assert (place.before, place.between) == (1, Between.NUMBERS)


def test_a_comma_after_a_number_does_not_join_the_next_that_stands_farther_off():
    apart = [[(Box(100, 30, 130, 80), -1)], [(Box(175, 30, 205, 80), -1)]]
    assert _places(_writing((135, 77, 8, 16)), apart) == []


def test_what_touches_a_digit_is_hardly_a_dash():
    numbers = [[(Box(100, 30, 130, 80), -1), (Box(160, 30, 190, 80), -1)]]
    clear, touching = (_places(_writing((left, 52, 20, 6)), numbers) for left in (135, 130))
    assert touching[0].likely["-"] < 0.1 * clear[0].likely["-"]


def test_signs_stand_in_the_cell_of_their_number():
    cells = [Cell(Box(310, 10, 360, 100)), Cell(Box(220, 10, 310, 100))]
    numbers = [[(Box(320, 30, 350, 80), 0)]]
    assert _places(_writing(MINUS, cells=cells), numbers) == []
    assert _places(_writing(MINUS, cells=[Cell(Box(220, 10, 390, 100))]), numbers) != []


def test_digits_of_different_cells_have_nothing_between_them():
    cells = [Cell(Box(90, 10, 136, 100)), Cell(Box(136, 10, 200, 100))]
    numbers = [[(Box(100, 30, 130, 80), 0), (Box(142, 30, 172, 80), 1)]]
    assert _places(_writing(POINT, cells=cells), numbers) == []


def test_dust_beside_a_point_is_passed_over():
    (place,) = _places(_writing(POINT, (136, 60, 3, 3)))
    assert len(place.pieces) == 1


def test_what_lies_beside_numbers_tells_what_ink_looks_like_there():
    boxes = [[box for box, _ in number] for number in NUMBERS]
    beside = (184, 75, 6, 6)
    (likely,) = likely_outside(boxes, _writing(beside, POINT).labels, 5.0)
    assert max(likely, key=lambda sign: likely[sign]) == "."
    assert list(likely_outside(boxes, _writing(beside, POINT).labels, 5.0, {1})) == []
