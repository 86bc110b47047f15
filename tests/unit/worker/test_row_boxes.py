"""A box beside those of a number that holds something else makes the number doubtful."""

import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.cells import Cell
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from worker.number_records import Found
from worker.row_boxes import FILLED, RowBoxes

STROKE_PX = 3.0
SIDE = 40


def _cells(rows=1, gap=60):
    """Rows of five boxes each."""
    return [
        Cell(Box(20 + SIDE * k, 20 + row * (SIDE + gap), 18 + SIDE * (k + 1), 20 + row * (SIDE + gap) + SIDE))
        for row in range(rows)
        for k in range(5)
    ]


def _number(cells, *places):
    found = []
    for place in places:
        box = cells[place].box
        placed = PlacedDigit(Box(box.left + 12, box.top + 8, box.left + 26, box.bottom - 8), 0, place, place)
        found.append(Found(placed, ReadDigit(place, 3, np.eye(10, dtype=np.float32)[3])))
    return found


def _ink(cells, *places, square=20):
    ink = np.zeros((300, 300), bool)
    for place in places:
        box = cells[place].box
        ink[box.top + 10 : box.top + 10 + square, box.left + 14 : box.left + 14 + square] = True
    return ink


@pytest.mark.parametrize(("number", "left_out"), [((1, 2, 3), True), ((0, 1, 2, 3), False), ((0, 1), True)])
def test_what_is_in_the_box_beside_has_to_be_in_the_number(number, left_out):
    cells = _cells()
    rows = RowBoxes(cells, _ink(cells, 0, 1, 2, 3), STROKE_PX)
    assert rows.one_is_left_out(_number(cells, *number)) is left_out


@pytest.mark.parametrize(
    ("count", "wide", "number", "left_out"),
    [(3, 80, (1,), True), (2, 80, (1,), False), (3, 120, (1,), False), (3, 80, (0, 1), False)],
    ids=["three wide boxes", "two", "wider", "a number of two digits"],
)
def test_a_digit_in_one_of_three_wide_boxes_may_belong_to_that_beside(count, wide, number, left_out):
    cells = [Cell(Box(20 + wide * k, 20, 18 + wide * (k + 1), 60)) for k in range(count)]
    rows = RowBoxes(cells, _ink(cells, 0, 1), STROKE_PX)
    assert rows.one_is_left_out(_number(cells, *number)) is left_out


def test_dust_in_the_box_beside_is_nothing():
    cells = _cells()
    square = int((FILLED * STROKE_PX**2) ** 0.5)
    assert not RowBoxes(cells, _ink(cells, 0, square=square - 1), STROKE_PX).one_is_left_out(
        _number(cells, 1)
    )
    assert RowBoxes(cells, _ink(cells, 0, square=square + 1), STROKE_PX).one_is_left_out(_number(cells, 1))


def test_a_tail_that_reaches_into_the_box_beside_is_nothing():
    cells = _cells()
    (digit,) = _number(cells, 1)
    tail = Found(PlacedDigit(Box(22, 28, 90, 50), 0, 1, 1), digit.read)
    ink = np.zeros((300, 300), bool)
    ink[28:50, 22:90] = True
    assert not RowBoxes(cells, ink, STROKE_PX).one_is_left_out([tail])


def test_in_a_table_each_cell_has_a_number_of_its_own():
    cells = _cells(rows=3, gap=2)
    rows = RowBoxes(cells, _ink(cells, *range(15)), STROKE_PX)
    assert not any(rows.one_is_left_out(_number(cells, place)) for place in range(15))


@pytest.mark.parametrize(
    ("rows", "columns", "filled", "left_out"),
    [(10, 10, 0.3, True), (10, 10, 0.7, False), (9, 9, 0.3, False), (4, 12, 0.3, False)],
    ids=["squared paper", "a table of digits", "a sudoku", "a few rows of a form"],
)
def test_a_digit_in_a_square_of_squared_paper_may_belong_to_that_beside(rows, columns, filled, left_out):
    """Two digits stand side by side, and others all over the page, or hardly any."""
    cells = [
        Cell(Box(2 + 28 * x, 2 + 28 * y, 28 * (x + 1), 28 * (y + 1)))
        for y in range(rows)
        for x in range(columns)
    ]
    ink = np.zeros((300, 360), bool)
    for cell in cells[: round(filled * len(cells))]:
        ink[cell.box.top + 7 : cell.box.bottom - 7, cell.box.left + 7 : cell.box.right - 7] = True
    squares = RowBoxes(cells, ink, STROKE_PX)
    assert squares.one_is_left_out(_number(cells, 1)) is left_out
    assert not squares.one_is_left_out(_number(cells, len(cells) - 2))


def test_across_boxes_of_rows_that_are_piled_a_number_leaves_none_out_either():
    cells = _cells(rows=3, gap=2)
    rows = RowBoxes(cells, _ink(cells, *range(10)), STROKE_PX)
    assert rows.one_is_left_out(_number(cells, 5, 6, 7, 8))
    assert not rows.one_is_left_out(_number(cells, 5, 6, 7, 8, 9))


@pytest.mark.parametrize(("gap", "doubtful"), [(2, True), (11, True), (16, False)])
def test_a_number_across_boxes_whose_rows_stand_near_may_be_a_row_of_a_table(gap, doubtful):
    cells = _cells(rows=2, gap=gap)
    rows = RowBoxes(cells, _ink(cells), STROKE_PX)
    assert rows.may_be_of_table(_number(cells, 0, 1, 2)) is doubtful
    assert not rows.may_be_of_table(_number(cells, 0))
    ticked = [Cell(cell.box, row) for row, cell in enumerate(cells)]
    assert not RowBoxes(ticked, _ink(cells), STROKE_PX).may_be_of_table(_number(cells, 0, 1, 2))


def test_a_number_in_no_box_leaves_none_out():
    cells = _cells()
    (digit,) = _number(cells, 1)
    outside = Found(PlacedDigit(digit.placed.box, 0, -1, 1), digit.read)
    assert not RowBoxes(cells, _ink(cells, 0, 2), STROKE_PX).one_is_left_out([outside])
    assert not RowBoxes([], _ink(cells, 0, 2), STROKE_PX).one_is_left_out([outside])


@pytest.mark.parametrize(
    ("filled", "doubtful"),
    [
        ([(3, 4), (2, 3, 4), (4,), (1, 2, 3, 4), (3, 4)], True),
        ([(3, 4), (2, 3, 4), (4,)], False),
        ([(3, 4), (2, 4), (0, 4), (1, 2, 3, 4), (3, 4)], False),
        ([(0, 1), (0, 1, 2), (0,), (0, 1, 2, 3), (0, 1)], False),
        ([(0, 1, 2, 3, 4)] * 4 + [(3, 4)], False),
    ],
    ids=["an account book", "too few rows", "with gaps", "from the left", "a full table"],
)
def test_boxes_that_are_filled_from_the_right_hold_numbers_of_several_digits(filled, doubtful):
    cells = _cells(rows=len(filled), gap=2)
    ink = _ink(cells, *(5 * row + place for row, places in enumerate(filled) for place in places))
    rows = RowBoxes(cells, ink, STROKE_PX)
    assert rows.one_is_left_out(_number(cells, 4)) is doubtful
    assert not rows.one_is_left_out(_number(cells, 10 + 0))
