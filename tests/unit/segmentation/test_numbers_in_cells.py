"""Digits in boxes and tables: which of them are one number, and in which line it stands."""

import numpy as np
import pytest

from segmentation.cells import Cell
from segmentation.combs import COMB_COLUMNS, ROW_GAP
from segmentation.geometry import Box
from segmentation.numbers import CELL_GAP, MOST_GAP, PlacedDigit, group_numbers

#: A digit, in px; boxes for one digit, cells for whole numbers.
WIDTH, HEIGHT = 24, 40
BOX = (50, 60)
WIDE = (110, 60)


def _turned(box, angle_deg):
    """Return the box around a box that is turned, counter-clockwise, about the corner of the page."""
    turn = np.radians(angle_deg)
    corners = np.array([(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)])
    x = corners @ [np.cos(turn), np.sin(turn)]
    y = corners @ [-np.sin(turn), np.cos(turn)] + 300
    return Box(round(x.min()), round(y.min()), round(x.max()), round(y.max()))


def _row(columns, size=BOX, *, top=0, wall=4):
    width, height = size
    return [Box(k * (width + wall), top, k * (width + wall) + width, top + height) for k in range(columns)]


def _in_box(box, cell, *, offset=0, strip=None):
    """Put a digit into a box, at its middle or beside it."""
    x, y = box.centre
    left, top = round(x) - WIDTH // 2 + offset, round(y) - HEIGHT // 2
    return PlacedDigit(Box(left, top, left + WIDTH, top + HEIGHT), cell if strip is None else strip, cell)


def _filled(boxes, angle_deg=0.0, *, empty=()):
    """Return turned boxes as cells, and a digit in each that is not to be empty."""
    cells = [Cell(_turned(box, angle_deg)) for box in boxes]
    return [_in_box(cell.box, k) for k, cell in enumerate(cells) if k not in empty], cells


def _cells_of(lines):
    return [[[digit.cell for digit in number] for number in line] for line in lines]


def _shape(lines):
    return [[len(number) for number in line] for line in lines]


@pytest.mark.parametrize("angle_deg", [-5, 0, 5])
def test_rows_of_boxes_are_combs_however_the_page_is_turned(angle_deg):
    boxes = _row(8) + _row(8, top=120)
    digits, cells = _filled(boxes, angle_deg, empty={3, 12})
    upper, lower = [0, 1, 2, 4, 5, 6, 7], [8, 9, 10, 11, 13, 14, 15]
    assert _cells_of(group_numbers(digits, cells)) == [[upper], [lower]]


@pytest.mark.parametrize("angle_deg", [-5, 5])
def test_two_combs_side_by_side_are_two_numbers_in_one_line(angle_deg):
    beside = [Box(box.left + 300, box.top, box.right + 300, box.bottom) for box in _row(4)]
    digits, cells = _filled(_row(4) + beside, angle_deg)
    assert _cells_of(group_numbers(digits, cells)) == [[[0, 1, 2, 3], [4, 5, 6, 7]]]


def test_boxes_of_another_width_are_no_part_of_a_comb():
    boxes = [*_row(3), Box(162, 0, 162 + 84, 60)]
    digits, cells = _filled(boxes)
    assert _cells_of(group_numbers(digits, cells)) == [[[0, 1, 2], [3]]]


def test_two_digits_in_one_box_of_a_row_make_each_box_a_number():
    digits, cells = _filled(_row(3))
    digits = [digit for digit in digits if digit.cell != 1]
    digits += [_in_box(cells[1].box, 1, offset=shift) for shift in (-13, 13)]
    assert _cells_of(group_numbers(digits, cells)) == [[[0], [1, 1], [2]]]


@pytest.mark.parametrize("angle_deg", [-5, 5])
def test_the_rows_of_a_sloping_table_are_its_lines_where_its_first_column_is_empty(angle_deg):
    columns, rows = 7, 5
    boxes = [box for row in range(rows) for box in _row(columns, WIDE, top=64 * row)]
    fall_px = np.tan(np.radians(5)) * (boxes[columns - 1].right - boxes[0].left)
    assert fall_px > 64  # the end of each row is as low, or high, as the row beside it begins
    cells = [Cell(_turned(box, angle_deg)) for box in boxes]
    held = [k for k in range(len(cells)) if k % columns or k not in (0, 2 * columns, 3 * columns)]
    digits = [_in_box(cells[k].box, k, offset=shift) for k in reversed(held) for shift in (14, -14)]

    lines = group_numbers(digits, cells)

    wanted = [[[k, k] for k in held if k // columns == row] for row in range(rows)]
    assert _cells_of(lines) == wanted


def _in_one_cell(lefts, *, strips=None):
    """Put digits with these left edges into one cell that is wide enough for all."""
    strips = strips or [0] * len(lefts)
    digits = [
        PlacedDigit(Box(left, 10, left + WIDTH, 10 + HEIGHT), strip, 0)
        for left, strip in zip(lefts, strips, strict=True)
    ]
    return digits, [Cell(Box(0, 0, 1200, 60))]


def _spaced(*gaps):
    return np.cumsum([5, *(WIDTH + gap * HEIGHT for gap in gaps)]).round().astype(int).tolist()


def test_the_digits_of_a_cell_are_one_number_though_their_line_was_chained_in_parts():
    digits, cells = _in_one_cell(_spaced(0.2, 0.2, 0.2), strips=[7, 7, 3, 5])
    (((*number,),),) = group_numbers(list(reversed(digits)), cells)
    assert number == digits


@pytest.mark.parametrize("gap", [0.2, 1.0, 1.8, 3.0])
def test_evenly_spaced_digits_of_a_cell_are_one_number_however_wide_they_stand(gap):
    assert _shape(group_numbers(*_in_one_cell(_spaced(*[gap] * 4)))) == [[5]]


def test_a_gap_that_stands_out_parts_two_numbers_of_a_cell():
    assert _shape(group_numbers(*_in_one_cell(_spaced(0.2, 0.2, CELL_GAP + 0.3, 0.2)))) == [[3, 2]]


def test_a_gap_that_stands_out_but_is_narrow_parts_nothing_in_a_cell():
    # Outside of cells the same digits are two numbers.
    digits, cells = _in_one_cell(_spaced(0.2, 0.2, CELL_GAP - 0.1, 0.2))
    assert _shape(group_numbers(digits, cells)) == [[5]]
    free = [PlacedDigit(digit.box, digit.strip, -1) for digit in digits]
    assert _shape(group_numbers(free, ())) == [[3, 2]]


def test_even_in_a_cell_there_is_an_end_to_what_one_number_spans():
    assert _shape(group_numbers(*_in_one_cell(_spaced(2 * MOST_GAP - 0.1)))) == [[2]]
    assert _shape(group_numbers(*_in_one_cell(_spaced(2 * MOST_GAP + 0.1)))) == [[1, 1]]


def test_two_rows_in_one_cell_are_two_numbers():
    digits = [
        PlacedDigit(Box(30 * k, top, 30 * k + WIDTH, top + HEIGHT), top, 0)
        for top in (5, 65)
        for k in (0, 1, 2)
    ]
    assert _shape(group_numbers(digits, [Cell(Box(0, 0, 200, 110))])) == [[3], [3]]


def _two_rows(columns, apart):
    height = BOX[1]
    return _filled(_row(columns) + _row(columns, top=round(height + apart * height)))


def test_adjacent_rows_of_many_columns_are_a_table_of_single_digits():
    assert _shape(group_numbers(*_two_rows(COMB_COLUMNS + 1, 0.07))) == [[1] * (COMB_COLUMNS + 1)] * 2


def test_adjacent_rows_of_few_columns_are_combs():
    assert _shape(group_numbers(*_two_rows(COMB_COLUMNS, 0.07))) == [[COMB_COLUMNS]] * 2


@pytest.mark.parametrize(("apart", "combs"), [(ROW_GAP - 0.05, False), (ROW_GAP + 0.05, True)])
def test_rows_that_stand_apart_are_combs_however_long(apart, combs):
    columns = COMB_COLUMNS + 3
    wanted = [[columns]] if combs else [[1] * columns]
    assert _shape(group_numbers(*_two_rows(columns, apart))) == wanted * 2


def test_a_short_row_of_a_table_is_no_comb_beside_its_long_rows():
    # Its walls are missing in the middle: what is left of it on either side is part of the table.
    boxes = _row(8) + [box for k, box in enumerate(_row(8, top=64)) if k not in (3, 4)]
    digits, cells = _filled(boxes)
    assert _shape(group_numbers(digits, cells)) == [[1] * 8, [1] * 6]


def test_a_comb_beside_a_table_stays_one():
    boxes = _row(6) + _row(6, top=64) + _row(6, top=300)
    digits, cells = _filled(boxes)
    assert _shape(group_numbers(digits, cells)) == [[1] * 6, [1] * 6, [6]]


def test_wide_cells_hold_numbers_of_their_own_though_each_has_one_digit():
    digits, cells = _filled(_row(4, WIDE))
    assert _shape(group_numbers(digits, cells)) == [[1] * 4]
