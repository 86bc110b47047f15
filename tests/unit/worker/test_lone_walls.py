"""A wall that no other row of cells has may be a one."""

import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.cells import Cell
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from worker.lone_walls import LoneWalls
from worker.number_records import Found

#: Three ruled lines, of which the middle one has a wall; the number stands in the cell behind it, or before.
LINES = [Cell(Box(0, 60 * row, 600, 60 * row + 58)) for row in (0, 2)]
BEFORE, BEHIND = Cell(Box(0, 60, 200, 118)), Cell(Box(204, 60, 600, 118))


def _number(left: int, cell: int) -> list[Found]:
    read = ReadDigit(0, 7, np.eye(10, dtype=np.float32)[7])
    return [Found(PlacedDigit(Box(left, 66, left + 25, 110), 0, cell), read)]


@pytest.mark.parametrize(
    ("left", "cell", "beside"),
    [(215, 3, True), (160, 2, True), (330, 3, False), (20, 2, False)],
    ids=["behind it", "before it", "far from it", "at the margin"],
)
def test_a_number_stands_beside_a_wall_of_one_row(left: int, cell: int, beside: bool) -> None:
    assert LoneWalls([*LINES, BEFORE, BEHIND]).stand_beside(_number(left, cell)) is beside


def test_a_wall_that_goes_on_above_or_below_is_a_wall() -> None:
    parted = [Cell(Box(0, 0, 200, 58)), Cell(Box(204, 0, 600, 58)), BEFORE, BEHIND, LINES[1]]
    assert not LoneWalls(parted).stand_beside(_number(215, 3))


def test_the_wall_after_the_last_digit_counts() -> None:
    number = [*_number(60, 2), *_number(160, 2)]
    assert LoneWalls([*LINES, BEFORE, BEHIND]).stand_beside(number)
    assert not LoneWalls([*LINES, BEFORE, BEHIND]).stand_beside(number[:1])


def test_a_wall_that_goes_on_below_is_a_wall() -> None:
    parted = [LINES[0], Cell(Box(0, 120, 200, 178)), BEFORE, BEHIND, Cell(Box(204, 120, 600, 178))]
    assert not LoneWalls(parted).stand_beside(_number(215, 3))


def test_the_halves_of_one_cell_are_no_comb() -> None:
    halves = [Cell(Box(300, 60, 376, 118)), Cell(Box(380, 60, 456, 118))]
    number = _number(388, 3)
    assert LoneWalls([*LINES, *halves]).stand_beside(number)


def test_the_walls_of_a_comb_are_none() -> None:
    boxes = [Cell(Box(204 + 50 * k, 60, 250 + 50 * k, 118)) for k in range(4)]
    assert not LoneWalls([*LINES, BEFORE, *boxes]).stand_beside(_number(215, 3))


def test_where_there_are_no_cells_there_are_no_walls() -> None:
    assert not LoneWalls([]).stand_beside(_number(215, -1))


@pytest.mark.parametrize(("apart", "beside"), [(20, True), (4, False)])
def test_rows_may_be_as_far_apart_as_the_columns_of_their_table(apart: int, beside: bool) -> None:
    lefts = range(0, 3 * (180 + apart), 180 + apart)
    rows = [Cell(Box(left, top, left + 180, top + 50)) for top in (0, 140) for left in lefts]
    parted = [Cell(Box(0, 70, 60, 120)), Cell(Box(64, 70, 180, 120))]
    assert LoneWalls([*rows, *parted]).stand_beside(_number(75, len(rows) + 1)) is beside
