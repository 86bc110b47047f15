"""A wall parts two numbers where it surely is no wall inside of one."""

import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.cells import Cell
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from worker.number_records import Found
from worker.parting_walls import PartingWalls

PITCH = 60


def _table(columns: int, rows: int, width: int = PITCH) -> list[Cell]:
    return [
        Cell(Box(width * column, PITCH * row, width * (column + 1), PITCH * (row + 1)))
        for row in range(rows)
        for column in range(columns)
    ]


def _digit(cells: list[Cell], cell: int, digit: int, *, left: int = 20, sure: float = 1.0) -> Found:
    box = cells[cell].box
    placed = PlacedDigit(Box(box.left + left, box.top + 10, box.left + left + 20, box.top + 50), 0, cell)
    return Found(placed, ReadDigit(0, digit, np.eye(10, dtype=np.float32)[digit] * np.float32(sure)))


def _sudoku(cells: list[Cell], **changed: int) -> list[Found]:
    """Rows of nine, in which each digit stands once but for what is changed in all of them."""
    return [
        _digit(cells, 9 * row + column, changed.get(f"c{column}", (column + 2 * row) % 9 + 1))
        for row in range(9)
        for column in range(9)
    ]


@pytest.mark.parametrize(
    ("changed", "part"),
    [({}, True), ({"c3": 0}, False), ({"c3": 5, "c7": 5}, False)],
    ids=["sudoku", "noughts", "a digit twice"],
)
def test_the_walls_of_a_sudoku_part_digits_and_those_of_other_boxes_do_not(
    changed: dict[str, int], part: bool
) -> None:
    cells = _table(9, 9)
    digits = _sudoku(cells, **changed)
    assert PartingWalls(cells, digits).part(digits[:1], digits[1:2]) is part


def test_what_is_not_sure_tells_no_sudoku() -> None:
    cells = _table(9, 9)
    digits = [_digit(cells, found.placed.cell, found.read.digit, sure=0.9) for found in _sudoku(cells)]
    assert not PartingWalls(cells, digits).part(digits[:1], digits[1:2])


@pytest.mark.parametrize(
    ("lefts", "part"),
    [((30, 55, 5, 30), False), ((5, 30, 60, 85), True)],
    ids=["evenly over the wall", "with room at the wall"],
)
def test_a_number_over_a_wall_goes_on_as_evenly_as_before(lefts: tuple[int, ...], part: bool) -> None:
    cells = _table(4, 3, width=120)
    number = [_digit(cells, 0, 4, left=lefts[0] + 40), _digit(cells, 0, 4, left=lefts[1] + 40)]
    if part:
        number = [_digit(cells, 0, 4, left=lefts[0]), _digit(cells, 0, 4, left=lefts[1])]
    other = [_digit(cells, 1, 2, left=lefts[2]), _digit(cells, 1, 2, left=lefts[3])]
    assert PartingWalls(cells, [*number, *other]).part(number, other) is part


@pytest.mark.parametrize("crease", [False, True])
def test_the_boxes_of_account_books_part_no_digits(crease: bool) -> None:
    cells = _table(8, 6)
    if crease:
        box = cells[5].box
        cells[5] = Cell(Box(box.left, box.top, box.right, box.top + 36))
    digits = [_digit(cells, cell, 2 + cell % 7) for cell in range(48)]
    assert not PartingWalls(cells, digits).part(digits[:1], digits[1:2])


def test_few_rows_tell_no_sudoku() -> None:
    cells = _table(9, 4)
    digits = [_digit(cells, cell, (cell % 9 + 2 * (cell // 9)) % 9 + 1) for cell in range(36)]
    assert not PartingWalls(cells, digits).part(digits[:1], digits[1:2])


def test_a_row_in_which_a_digit_is_twice_now_and_then_tells_no_other() -> None:
    """One digit that is read wrong makes two of it in its row."""
    cells = _table(9, 9)
    digits = _sudoku(cells)
    digits[4] = _digit(cells, 4, digits[0].read.digit)
    assert PartingWalls(cells, digits).part(digits[:1], digits[1:2])


@pytest.mark.parametrize(("left", "part"), [(2, False), (60, True)], ids=["near the wall", "with room"])
def test_two_single_digits_right_at_a_wall_may_be_one_number(left: int, part: bool) -> None:
    cells = _table(4, 3, width=120)
    number, other = [_digit(cells, 0, 1, left=95)], [_digit(cells, 1, 7, left=left)]
    assert PartingWalls(cells, [*number, *other]).part(number, other) is part
