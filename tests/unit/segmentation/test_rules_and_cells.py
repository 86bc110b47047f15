from dataclasses import replace

import cv2
import numpy as np
import pytest

from segmentation.cells import Cell, CellMap, find_cells, with_walls
from segmentation.combs import find_combs
from segmentation.geometry import Box
from segmentation.rules import Rules, find_rules, remove_rules
from segmentation.scale import WritingSize

SIZE = WritingSize(height_px=40.0, stroke_px=5.0)


def _empty():
    return np.zeros((400, 600), bool)


def _grid(columns=4, rows=3):
    mask = _empty()
    for k in range(columns + 1):
        mask[50 : 50 + 80 * rows + 3, 50 + 100 * k : 53 + 100 * k] = True
    for k in range(rows + 1):
        mask[50 + 80 * k : 53 + 80 * k, 50 : 50 + 100 * columns + 3] = True
    return mask


def test_a_page_without_rules_is_left_as_it_is():
    mask = _empty()
    mask[100:140, 100:105] = True
    rules = find_rules(mask, SIZE)
    assert not rules.mask.any()
    assert rules.thickness_px == 0.0
    assert (remove_rules(mask, rules) == mask).all()


@pytest.mark.parametrize("turned", [False, True])
def test_a_rule_is_found_and_taken_out(turned):
    mask = _empty()
    mask[200:203, 20:380] = True
    mask = np.ascontiguousarray(mask.T) if turned else mask

    rules = find_rules(mask, SIZE)

    assert rules.vertical.any() == turned
    assert rules.horizontal.any() != turned
    assert rules.thickness_px == pytest.approx(3, abs=1)
    assert not remove_rules(mask, rules).any()


def test_a_rule_that_slopes_a_little_is_found_too():
    mask = _empty()
    for x in range(20, 580):
        y = 200 + round((x - 20) * 0.03)
        mask[y : y + 3, x] = True
    assert remove_rules(mask, find_rules(mask, SIZE)).mean() < 0.1 * mask.mean()


def _crossed():
    mask = _empty()
    mask[200:203, 20:580] = True
    mask[180:225, 300:305] = True
    return mask


def test_the_stroke_that_crosses_a_rule_is_mended():
    cleaned = remove_rules(_crossed(), find_rules(_crossed(), SIZE))
    assert cleaned[180:225, 301:304].all()


def test_the_stroke_that_crosses_a_rule_is_kept_on_both_sides_and_the_rule_is_not():
    mask = _crossed()

    cleaned = remove_rules(mask, find_rules(mask, SIZE))

    assert cleaned[180:193, 300:305].all()
    assert cleaned[210:225, 300:305].all()
    assert not cleaned[200:203, 20:290].any()
    assert not cleaned[200:203, 315:580].any()


def test_a_stroke_as_long_as_writing_is_no_rule():
    mask = _empty()
    mask[200:240, 300:305] = True
    mask[200:204, 100:140] = True
    assert not find_rules(mask, SIZE).mask.any()


def test_taking_rules_out_adds_no_ink():
    mask = _grid()
    mask[60:100, 80:85] = True
    cleaned = remove_rules(mask, find_rules(mask, SIZE))
    assert not (cleaned & ~mask).any()


def test_a_drawn_grid_has_its_cells_in_reading_order():
    cells = find_cells(find_rules(_grid(columns=4, rows=3), SIZE), SIZE.height_px)

    corners = [(cell.box.top, cell.box.left) for cell in cells.cells]
    assert len(corners) == 12
    assert corners == sorted(corners)
    assert cells.labels[90, 100] == 0
    assert cells.labels[250, 400] == 11
    assert cells.labels[20, 20] == -1


def test_a_wall_that_stops_short_of_the_frame_still_parts_two_cells():
    mask = _grid(columns=2, rows=3)
    mask[53:57, 150:153] = False
    assert len(find_cells(find_rules(mask, SIZE), SIZE.height_px).cells) == 6


def test_ruled_paper_has_no_cells():
    mask = _empty()
    for top in range(60, 360, 60):
        mask[top : top + 3, 20:580] = True
    found = find_cells(find_rules(mask, SIZE), SIZE.height_px)
    assert found.cells == ()
    assert (found.labels == -1).all()


@pytest.mark.parametrize(("gap_px", "cells"), [(0, 4), (8, 4), (18, 4), (70, 2)])
def test_a_faint_rule_goes_on_over_its_gaps(gap_px, cells):
    ink = np.zeros((700, 900), np.uint8)
    cv2.rectangle(ink, (20, 20), (480, 600), 1, 3)
    cv2.line(ink, (20, 310), (480, 310), 1, 3)
    cv2.line(ink, (250, 20), (250, 600), 1, 3)
    for y in (165, 455):
        ink[y - gap_px // 2 : y + gap_px // 2, 245:256] = 0
    found = find_cells(find_rules(ink.astype(bool), SIZE), SIZE.height_px)
    assert len(found.cells) == cells


@pytest.mark.parametrize(("rows", "slope", "comb"), [(1, 0.0, 0), (1, 0.08, 0), (3, 0.0, -1)])
def test_a_frame_with_ticks_is_a_comb_unless_its_cells_lie_above_each_other(rows, slope, comb):
    mask = _grid(rows=rows)
    if slope:
        askew = np.float32([[1, 0, 0], [slope, 1, 0]])
        mask = cv2.warpAffine(mask.view(np.uint8), askew, mask.shape[::-1]).astype(bool)
    rules = replace(find_rules(mask, SIZE), combs=(Box(40, 40, 470, 390),))

    cells = find_cells(rules, SIZE.height_px).cells

    assert len(cells) == 4 * rows
    assert {cell.comb for cell in cells} == {comb}


def _rows_of_boxes(gap, *, rows=4, width=38, height=53):
    """Return the rules of rows of eight boxes, `gap` px apart, whose walls seem to go on between the rows."""
    lying, standing, seeming = _empty(), _empty(), _empty()
    for row in range(rows):
        top = 30 + row * (height + gap)
        for y in (top, top + height - 2):
            lying[y : y + 2, 40 : 42 + 8 * width] = True
        for x in range(40, 41 + 8 * width, width):
            standing[top : top + height, x : x + 2] = True
    seeming[30 : 30 + rows * (height + gap) - gap] |= standing[30]
    return Rules(lying, standing, _empty(), 2.0, lying=_empty(), standing=seeming)


@pytest.mark.parametrize("gap", [20, 26, 34])
def test_the_gap_between_two_rows_of_boxes_is_no_row_of_cells(gap):
    cells = find_cells(_rows_of_boxes(gap), 30.0).cells
    assert {cell.box.height for cell in cells} == {49}
    assert len(set(find_combs(cells).values())) == 4


def test_the_gap_between_two_columns_of_boxes_is_no_column_of_cells():
    rules = _rows_of_boxes(26)
    turned = Rules(
        rules.vertical.T, rules.horizontal.T, rules.written.T, 2.0, rules.standing.T, rules.lying.T
    )
    assert {cell.box.width for cell in find_cells(turned, 30.0).cells} == {49}


def test_a_row_of_a_table_whose_walls_are_pale_stays_a_row_of_cells():
    """It is as high as a row that somebody writes in."""
    assert {cell.box.height for cell in find_cells(_rows_of_boxes(44), 30.0).cells} == {49, 44}


def test_low_rows_of_a_table_stay_cells():
    rules = _rows_of_boxes(-2, rows=6, height=30)
    assert len(find_cells(rules, 30.0).cells) == 6 * 8


def test_low_rows_of_a_table_stay_cells_though_all_its_walls_are_pale():
    rules = _rows_of_boxes(26)
    dotted = rules.vertical.copy()
    dotted[::2] = False
    assert {cell.box.height for cell in find_cells(replace(rules, vertical=dotted), 30.0).cells} == {49, 26}


def _frame(left, top, right, bottom):
    return [
        (left, top, right, top),
        (left, bottom, right, bottom),
        (left, top, left, bottom),
        (right, top, right, bottom),
    ]


@pytest.mark.parametrize(
    ("lines", "lefts"),
    [
        (_frame(100, 50, 340, 350), [100]),
        (_frame(10, 20, 590, 380), []),
        ([*_frame(0, 100, 300, 300)[:2], (300, 100, 300, 300)], [0]),
        ([(0, 200, 599, 200), (300, 0, 300, 399)], []),
        ([*_frame(100, 100, 300, 300), (100, 122, 300, 122)], [100]),
        ([*_frame(100, 50, 400, 350), (200, 150, 400, 150), (200, 150, 200, 350)], [200]),
    ],
    ids=["a box", "around a page", "cut off by its side", "its corners", "under a bar", "one in another"],
)
def test_what_rules_enclose_is_a_cell_where_it_may_be_written_in(lines, lefts):
    ink = _empty().view(np.uint8)
    for x, y, to_x, to_y in lines:
        cv2.line(ink, (x, y), (to_x, to_y), 1, 3)
    cells = find_cells(find_rules(ink.astype(bool), SIZE), SIZE.height_px).cells
    assert [cell.box.left for cell in cells] == pytest.approx(lefts, abs=4)


def _two_above_each_other(between):
    """Two cells of 60 by 50 px with walls of 2 px, and what is drawn between them: 12 px."""
    upper, lower = Box(100, 100, 160, 150), Box(100, 162, 160, 212)
    ink = _empty()
    for box in (upper, lower):
        ink[box.top - 2 : box.bottom + 2, box.left - 2 : box.right + 2] = True
        ink[box.top : box.bottom, box.left : box.right] = False
    between(ink)
    labels = np.full(ink.shape, -1, np.int32)
    return with_walls(CellMap(labels, (Cell(upper), Cell(lower))), ink, 4).cells


def _bold(ink):
    ink[150:162, 98:162] = True


def _one_wall(ink):
    ink[150:162, 160:162] = True


def _dots(ink):
    ink[150:162:3, 98:100] = True


@pytest.mark.parametrize(
    ("between", "goes_on"),
    [(_bold, True), (_one_wall, True), (_dots, True), (lambda ink: None, False)],
    ids=["a bold rule", "a wall on one side", "a dotted wall", "paper"],
)
def test_what_goes_on_between_two_cells_is_measured(between, goes_on):
    upper, lower = _two_above_each_other(between)
    assert (upper.below_px >= 12) is (lower.above_px >= 12) is goes_on
    assert min(upper.below_px, lower.above_px) >= 2
    assert upper.above_px == lower.below_px == 2
