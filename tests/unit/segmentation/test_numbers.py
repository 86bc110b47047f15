import random

from segmentation.cells import Cell
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit, group_numbers


def _digit(left, top=0, *, strip=0, cell=-1):
    return PlacedDigit(Box(left, top, left + 24, top + 40), strip, cell)


def _shape(lines):
    return [[len(number) for number in line] for line in lines]


def test_gaps_of_two_sizes_part_two_numbers():
    digits = [_digit(left) for left in (0, 30, 60, 150, 180)]
    assert _shape(group_numbers(digits, ())) == [[3, 2]]


def test_evenly_spaced_digits_are_one_number():
    assert _shape(group_numbers([_digit(34 * k) for k in range(6)], ())) == [[6]]


def test_widely_but_evenly_spaced_digits_are_one_number():
    assert _shape(group_numbers([_digit(50 * k) for k in range(6)], ())) == [[6]]


def test_no_gap_is_too_wide_for_one_number_only_up_to_a_point():
    assert _shape(group_numbers([_digit(0), _digit(400)], ())) == [[1, 1]]


def test_the_order_of_the_digits_does_not_matter():
    digits = [_digit(left, 80 * row, strip=row) for row in range(3) for left in (0, 30, 60, 150, 180)]
    shuffled = random.Random(0).sample(digits, len(digits))
    assert group_numbers(shuffled, ()) == group_numbers(digits, ())
    assert _shape(group_numbers(shuffled, ())) == [[3, 2]] * 3


def test_numbers_come_from_top_to_bottom_and_left_to_right():
    digits = [_digit(left, top, strip=top) for top in (200, 0) for left in (150, 0, 30, 180)]
    lines = group_numbers(digits, ())
    corners = [[(number[0].box.left, number[0].box.top) for number in line] for line in lines]
    assert corners == [[(0, 0), (150, 0)], [(0, 200), (150, 200)]]


def test_no_digit_is_lost_or_read_twice():
    digits = [_digit(left, 80 * row, strip=row) for row in range(4) for left in (0, 31, 90, 200, 420)]
    held = [digit for line in group_numbers(digits, ()) for number in line for digit in number]
    assert sorted(d.box for d in held) == sorted(d.box for d in digits)


def _row_of_boxes(count, width, top=0):
    return [Cell(Box(k * (width + 4), top, k * (width + 4) + width, top + 60)) for k in range(count)]


def test_a_comb_of_boxes_holds_one_number():
    digits = [_digit(54 * k + 10, 10, strip=k, cell=k) for k in range(5)]
    assert _shape(group_numbers(digits, _row_of_boxes(5, 50))) == [[5]]


def test_an_empty_box_in_a_comb_does_not_part_it():
    digits = [_digit(54 * k + 10, 10, strip=k, cell=k) for k in (0, 1, 3)]
    assert _shape(group_numbers(digits, _row_of_boxes(4, 50))) == [[3]]


def test_the_cells_of_a_table_hold_numbers_of_their_own():
    cells = _row_of_boxes(3, 150) + _row_of_boxes(3, 150, top=64)
    digits = [
        _digit(154 * (k % 3) + 10 + 30 * n, 10 + 64 * (k // 3), strip=k, cell=k)
        for k in range(6)
        for n in range(2)
    ]
    assert _shape(group_numbers(digits, cells)) == [[2, 2, 2], [2, 2, 2]]


def test_a_page_without_digits_has_no_lines():
    assert group_numbers([], ()) == []


def test_a_wide_line_that_was_chained_in_parts_is_one_number():
    digits = [_digit(96 * k, strip=k // 2) for k in range(6)]
    assert _shape(group_numbers(digits, ())) == [[6]]


def test_parts_of_a_line_that_differ_in_height_do_not_go_on_in_each_other():
    tall = [PlacedDigit(Box(150 + 60 * k, -10, 190 + 60 * k, 70), 1, -1) for k in range(3)]
    assert _shape(group_numbers([_digit(0), _digit(32), _digit(64), *tall], ())) == [[3, 3]]


def test_single_digits_in_columns_that_stand_far_apart_are_numbers_of_their_own():
    digits = [_digit(150 * k, 90 * row, strip=10 * row + k) for row in range(3) for k in range(4)]
    assert _shape(group_numbers(digits, ())) == [[1] * 4] * 3
