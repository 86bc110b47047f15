"""Which cells hold one number together."""

from dataclasses import replace

import pytest

from segmentation.cells import Cell
from segmentation.combs import beside_each, find_combs, rows_of_cells
from segmentation.geometry import Box


def _row(count, *, wall, width=48, height=52, left=40, top=40, drop=0):
    step = width + wall
    return [
        Cell(Box(left + k * step, top + k * drop, left + k * step + width, top + k * drop + height))
        for k in range(count)
    ]


@pytest.mark.parametrize("wall", [4, 17, 22])
def test_boxes_side_by_side_hold_one_number(wall):
    assert find_combs(_row(3, wall=wall)) == {0: 0, 1: 0, 2: 0}


def test_boxes_farther_apart_hold_numbers_of_their_own():
    assert find_combs(_row(3, wall=40)) == {}


def test_two_rows_of_boxes_are_two_numbers():
    combs = find_combs(_row(3, wall=17) + _row(3, wall=17, top=160))
    assert combs[0] == combs[1] == combs[2] != combs[3]


def test_a_row_is_followed_down_its_slope():
    assert rows_of_cells(_row(8, wall=4, drop=5)) == [list(range(8))]


def test_cells_of_a_table_are_no_comb():
    table = [cell for row in range(4) for cell in _row(8, wall=3, top=40 + 55 * row)]
    assert find_combs(table) == {}


@pytest.mark.parametrize(
    ("wall", "between", "goes_on", "are_combs"),
    [
        (3, 3, 2, False),
        (3, 6, 2, False),
        (3, 12, 6, False),
        (3, 12, 2, True),
        (3, 30, 15, True),
        (18, 20, 10, False),
        (18, 20, 2, True),
    ],
    ids=[
        "a rule",
        "a rule that was widened",
        "a double rule",
        "paper",
        "farther than any rule",
        "double rules both ways",
        "boxes apart both ways",
    ],
)
def test_rows_of_eight_boxes_are_a_table_where_no_more_than_a_rule_parts_them(
    wall, between, goes_on, are_combs
):
    rows = [
        replace(cell, above_px=goes_on, below_px=goes_on)
        for row in range(4)
        for cell in _row(8, wall=wall, top=40 + (52 + between) * row)
    ]
    assert len(set(find_combs(rows).values())) == (4 if are_combs else 0)


def test_boxes_piled_on_each_other_are_combs_though_there_is_a_table_elsewhere():
    table = [cell for row in range(4) for cell in _row(8, wall=3, top=40 + 55 * row)]
    boxes = [cell for row in range(2) for cell in _row(3, wall=3, top=600 + 55 * row)]
    combs = find_combs([*table, *boxes])
    assert set(combs) == set(range(32, 38))
    assert combs[32] == combs[33] == combs[34] != combs[35] == combs[36] == combs[37]


def test_a_row_with_a_gap_belongs_to_its_table():
    table = [cell for row in range(3) for cell in _row(8, wall=3, top=40 + 55 * row)]
    del table[10]
    assert find_combs(table) == {}


def test_a_long_row_under_a_heading_is_a_table():
    heading = _row(2, wall=3, width=200, top=40)
    assert find_combs([*heading, *_row(8, wall=3, top=95)]) == {}


def test_a_long_row_by_itself_is_a_comb():
    assert set(find_combs(_row(8, wall=3))) == set(range(8))


def test_wide_cells_are_no_comb():
    assert find_combs(_row(3, wall=4, width=120)) == {}


@pytest.mark.parametrize(
    ("printed", "are_combs"),
    [
        ([[1.0, 0.8, 0.5, 0.9], [0.0] * 4, [0.1] * 4], False),
        ([[1.0, 0.8, 0.3, 0.9], [0.0] * 4, [0.1] * 4], True),
        ([[0.5] * 4, [0.0] * 4, [0.1] * 4], True),
        ([[1.0] * 4, [0.9] * 4, [0.9] * 4], True),
        ([[0.0] * 4, [0.0] * 4, [0.0] * 4], True),
    ],
    ids=["headings", "one by hand", "hardly print", "all is printed", "nothing is"],
)
def test_a_heading_a_column_makes_rows_of_a_few_boxes_a_table(printed, are_combs):
    rows = [
        replace(cell, printed=share)
        for row, shares in enumerate(printed)
        for cell, share in zip(_row(4, wall=3, top=40 + 55 * row), shares, strict=True)
    ]
    assert len(set(find_combs(rows).values())) == (3 if are_combs else 0)


@pytest.mark.parametrize(
    ("widths", "combs"),
    [((72, 72, 80), [0, 1]), ((80, 72, 72), [1, 2]), ((72, 80, 72), [])],
    ids=["behind them", "before them", "between them"],
)
def test_a_cell_for_a_number_beside_boxes_is_no_box_though_it_is_hardly_wider(widths, combs):
    lefts = [40 + sum(widths[:k]) + 4 * k for k in range(3)]
    cells = [Cell(Box(left, 40, left + width, 90)) for left, width in zip(lefts, widths, strict=True)]
    assert sorted(find_combs(cells)) == combs


@pytest.mark.parametrize(("apart", "beside"), [(30, True), (45, False)])
def test_boxes_are_beside_each_other_over_a_piece_that_a_crease_cut_off(apart, beside):
    first, last = _row(2, wall=apart)
    piece = Cell(Box(first.box.right + 4, 40, last.box.left - 4, 92))
    assert (2 in beside_each([first, piece, last], [0, 1, 2])[0]) is beside
