"""Digits in boxes and tables: which of them are one number, and in which line it stands."""

from dataclasses import replace

import numpy as np
import pytest

from segmentation.cells import Cell
from segmentation.combs import COMB_COLUMNS, ROW_GAP
from segmentation.geometry import Box
from segmentation.numbers import CELL_GAP, LINE_CELL, MOST_CELL_GAP, PlacedDigit, group_numbers

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


def test_specks_beneath_the_digits_of_a_comb_make_no_table_of_it():
    """Bits of security print were read as digits in two of three boxes, above and below what is written."""
    digits, cells = _filled(_row(3))
    specks = [
        PlacedDigit(Box(digit.box.left, top, digit.box.left + 8, top + 8), 10 + k, digit.cell)
        for k, (digit, top) in enumerate(zip(digits[1:], (1, 51), strict=True))
    ]

    numbers = [number for line in group_numbers(digits + specks, cells) for number in line]

    assert sorted(numbers, key=len) == [[speck] for speck in specks] + [digits]


def test_two_rows_in_the_boxes_of_a_comb_are_two_numbers():
    digits, cells = _filled(_row(5, (50, 110)))
    upper = [replace(digit, box=Box(digit.box.left, 2, digit.box.right, 42)) for digit in digits]
    lower = [replace(digit, box=Box(digit.box.left, 62, digit.box.right, 102)) for digit in digits]

    numbers = [number for line in group_numbers(upper + lower, cells) for number in line]

    assert numbers == [upper, lower]


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


def _in_one_cell(lefts, *, strips=None, width=None):
    """Put digits with these left edges into one cell that is just wide enough for all, or so wide."""
    strips = strips or [0] * len(lefts)
    digits = [
        PlacedDigit(Box(left, 10, left + WIDTH, 10 + HEIGHT), strip, 0)
        for left, strip in zip(lefts, strips, strict=True)
    ]
    return digits, [Cell(Box(0, 0, width or max(lefts) + WIDTH + 5, 60))]


def _spaced(*gaps):
    return np.cumsum([5, *(WIDTH + gap * HEIGHT for gap in gaps)]).round().astype(int).tolist()


def test_the_digits_of_a_cell_are_one_number_though_their_line_was_chained_in_parts():
    digits, cells = _in_one_cell(_spaced(0.2, 0.2, 0.2), strips=[7, 7, 3, 5])
    (((*number,),),) = group_numbers(list(reversed(digits)), cells)
    assert number == digits


@pytest.mark.parametrize("gap", [0.2, 1.0, 1.8, 2.8])
def test_evenly_spaced_digits_of_a_cell_are_one_number_however_wide_they_stand(gap):
    assert _shape(group_numbers(*_in_one_cell(_spaced(gap, gap)))) == [[3]]


@pytest.mark.parametrize(("width", "shape"), [(LINE_CELL - 0.1, [[9]]), (LINE_CELL + 0.1, [[3, 4, 2]])])
def test_a_cell_as_long_as_a_line_holds_numbers_as_a_line_does(width, shape):
    # Ruled paper with a line along its margin is a column of such cells.
    lefts = _spaced(0.05, 0.05, 0.9, 0.05, 0.05, 0.05, 0.9, 0.05)
    digits, (cell,) = _in_one_cell(lefts, width=width * HEIGHT)
    below = Cell(Box(0, cell.box.bottom + 2, cell.box.right, 2 * cell.box.bottom))
    assert _shape(group_numbers(digits, [cell, below])) == shape


def test_a_long_box_that_stands_by_itself_holds_one_number():
    lefts = _spaced(*[0.7] * 8)
    digits, cells = _in_one_cell(lefts, width=(LINE_CELL + 2) * HEIGHT)
    elsewhere = [
        replace(digit, box=_below(digit.box), strip=5 + k, cell=-1) for k, digit in enumerate(digits[::3])
    ]
    assert _shape(group_numbers([*digits, *elsewhere], cells))[0] == [9]


def _below(box):
    return Box(box.left, box.top + 200, box.right, box.bottom + 200)


def test_numbers_do_not_go_on_across_a_wall_between_two_lines():
    cells = [Cell(Box(0, 0, 400, 60)), Cell(Box(404, 0, 804, 60))]
    digits = [
        PlacedDigit(Box(left, 10, left + WIDTH, 10 + HEIGHT), cell, cell)
        for cell, left in ((0, 340), (0, 370), (1, 410), (1, 440))
    ]
    assert _shape(group_numbers(digits, cells)) == [[2, 2]]


def test_a_gap_that_stands_out_parts_two_numbers_of_a_cell():
    assert _shape(group_numbers(*_in_one_cell(_spaced(0.2, 0.2, CELL_GAP + 0.3, 0.2)))) == [[3, 2]]


def test_a_gap_that_stands_out_but_is_narrow_parts_nothing_in_a_cell():
    # Outside of cells the same digits are two numbers.
    digits, cells = _in_one_cell(_spaced(0.2, 0.2, CELL_GAP - 0.1, 0.2))
    assert _shape(group_numbers(digits, cells)) == [[5]]
    free = [PlacedDigit(digit.box, digit.strip, -1) for digit in digits]
    assert _shape(group_numbers(free, ())) == [[3, 2]]


def test_even_in_a_cell_there_is_an_end_to_what_one_number_spans():
    assert _shape(group_numbers(*_in_one_cell(_spaced(MOST_CELL_GAP - 0.1)))) == [[2]]
    assert _shape(group_numbers(*_in_one_cell(_spaced(MOST_CELL_GAP + 0.1)))) == [[1, 1]]


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


def test_one_box_with_two_digits_leaves_a_long_row_of_boxes_one_number():
    # A stroke too many in one box must not make eight sure numbers of one.
    digits, cells = _filled(_row(8))
    digits = [digit for digit in digits if digit.cell != 3]
    digits += [_in_box(cells[3].box, 3, offset=shift) for shift in (-13, 13)]
    assert _shape(group_numbers(digits, cells)) == [[9]]


def test_a_frame_with_ticks_holds_one_number_though_gaps_stand_out_and_a_crease_cuts_it():
    lefts = _spaced(0.5, 0.5, 3.0, 0.5)
    middle = (lefts[2] + lefts[3]) // 2
    boxes = [Box(0, 0, middle, 60), Box(middle + 4, 0, lefts[-1] + WIDTH + 5, 60)]
    digits = [PlacedDigit(Box(left, 10, left + WIDTH, 10 + HEIGHT), 0, int(left > middle)) for left in lefts]
    assert _shape(group_numbers(digits, [Cell(box, comb=0) for box in boxes])) == [[5]]
    assert _shape(group_numbers(digits, [Cell(box) for box in boxes])) == [[3, 2]]


def test_two_combs_with_ticks_are_two_numbers():
    digits, (cell,) = _in_one_cell(_spaced(0.5, 0.5))
    other = Box(cell.box.right + 100, 0, 2 * cell.box.right + 100, 60)
    shift = cell.box.right + 100
    more = [
        PlacedDigit(Box(d.box.left + shift, d.box.top, d.box.right + shift, d.box.bottom), 1, 1)
        for d in digits
    ]
    cells = [Cell(cell.box, comb=0), Cell(other, comb=1)]
    assert _shape(group_numbers([*digits, *more], cells)) == [[3, 3]]
