import cv2
import numpy as np
import pytest

from segmentation.cells import Cell, CellMap
from segmentation.combs import find_combs
from segmentation.geometry import Box
from segmentation.missing_boxes import _Rows, completed_rows

#: From box to box, the width of an area, and of the wall between two.
STEP, SIDE, WALL = 44, 40, 4


def _areas(count, *, left=60, top=50, down=0, step=STEP):
    return [
        Box(left + k * step, top + k * down, left + k * step + SIDE, top + k * down + SIDE)
        for k in range(count)
    ]


def _drawn(areas, shape=(240, 520)):
    ink = np.zeros(shape, np.uint8)
    for box in areas:
        cv2.rectangle(ink, (box.left - 2, box.top - 2), (box.right + 1, box.bottom + 1), 1, WALL)
    return ink


def _cells(areas, shape=(240, 520)):
    labels = np.full(shape, -1, np.int32)
    for index, box in enumerate(areas):
        labels[box.top : box.bottom, box.left : box.right] = index
    return CellMap(labels, tuple(Cell(box) for box in areas))


def _boxes(cells):
    return {cell.box for cell in cells.cells}


@pytest.mark.parametrize("down", [0, 3])
@pytest.mark.parametrize("missing", [slice(0, 1), slice(4, 5), slice(3, 5)], ids=["first", "last", "two"])
def test_a_box_whose_wall_is_torn_is_found_by_the_others_of_its_row(missing, down):
    areas = _areas(5, down=down)
    ink = _drawn(areas)
    for box in areas[missing]:
        ink[box.top - 3 : box.top + 8, box.left - 4 : box.right + 4] = 0
        ink[box.top - 4 : box.top, box.left : box.right] = 1

    found, _ = completed_rows(_cells([box for box in areas if box not in areas[missing]]), ink > 0)

    assert _boxes(found) == set(areas)
    assert set(find_combs(found.cells)) == set(range(5))


def test_pixels_know_their_cells_and_cells_go_from_top_to_bottom():
    areas = _areas(4, top=20) + _areas(4, top=120)

    found, _ = completed_rows(_cells([*areas[:3], *areas[4:]]), _drawn(areas) > 0)

    assert [cell.box.top for cell in found.cells] == [20] * 4 + [120] * 4
    for index, cell in enumerate(found.cells):
        box = cell.box
        assert (found.labels[box.top : box.bottom, box.left : box.right] == index).all()
    assert (found.labels >= 0).sum() == 8 * SIDE * SIDE


def test_a_row_of_one_box_goes_on_as_the_others_of_its_page():
    rows = [_areas(2, top=20 + 70 * k) for k in range(3)]
    areas = [box for row in rows for box in row]
    alone = _areas(2, left=300, top=20)

    ink = _drawn([*areas, *alone]) > 0

    assert _boxes(completed_rows(_cells([*areas, alone[0]]), ink)[0]) == {*areas, *alone}
    assert _boxes(completed_rows(_cells([*areas[:2], alone[0]]), ink)[0]) == {*areas[:2], alone[0]}


@pytest.mark.parametrize(
    "drawn",
    [
        lambda box: (box.left - 2, box.top - 2, SIDE + 4, 2),
        lambda box: (box.left + 8, box.top + 5, 24, 30),
        lambda box: (box.left - 2, box.top - 2, 2 * SIDE, SIDE + 4),
    ],
    ids=["a line above", "a digit", "twice as wide"],
)
def test_beside_a_row_nothing_is_a_box_that_has_not_four_sides(drawn):
    *areas, beyond = _areas(4)
    ink = _drawn(areas)
    left, top, width, height = drawn(beyond)
    cv2.rectangle(ink, (left, top), (left + width - 1, top + height - 1), 1, 2)

    assert completed_rows(_cells(areas), ink > 0)[0].cells == _cells(areas).cells


def test_a_cell_that_is_a_box_and_its_walls_is_made_the_box():
    """Boxes stand apart, and the walls of one are no rules: its area goes on to its neighbours."""
    areas = _areas(4, step=SIDE + 20)
    swollen = Box(areas[2].left - 10, areas[2].top, areas[2].right + 10, areas[2].bottom)

    found, walls = completed_rows(_cells([*areas[:2], swollen, areas[3]]), _drawn(areas) > 0)

    assert _boxes(found) == set(areas)
    assert (found.labels >= 0).sum() == 4 * SIDE * SIDE
    assert walls is not None
    assert walls[70, areas[2].left - 10 : areas[2].left].all()
    assert not walls[60:80, areas[2].left : areas[2].right].any()


def test_a_place_that_another_cell_holds_stays_as_it_is():
    areas = _areas(3)
    wide = Box(areas[2].right + WALL, areas[2].top, areas[2].right + WALL + 3 * SIDE, areas[2].bottom)
    cells = _cells([*areas, wide])

    assert completed_rows(cells, _drawn([*areas, wide]) > 0) == (cells, None)


def test_no_box_is_beyond_the_page():
    areas = _areas(3, left=4)
    cells = _cells(areas, shape=(100, 140))

    assert completed_rows(cells, np.ones((100, 140), bool)) == (cells, None)


def test_a_box_that_is_found_in_a_frame_with_ticks_belongs_to_it():
    areas = _areas(4)
    frame = Box(areas[0].left - 4, 40, areas[-1].right + 4, 100)
    found, _ = completed_rows(_cells(areas[:3]), _drawn(areas) > 0, [frame])
    assert {cell.box: cell.comb for cell in found.cells}[areas[3]] == 0


def test_walls_of_what_was_found_do_not_reach_into_the_boxes_beside():
    """A one in the box above is as slim as what is left of a rule, and stood in the band of a wide wall."""
    rows = [_areas(4, top=top, step=SIDE + 20) for top in (20, 64, 108)]
    areas = [box for row in rows for box in row]
    _, walls = completed_rows(_cells([box for box in areas if box != rows[1][3]]), _drawn(areas) > 0)
    assert walls is not None
    for box in areas:
        assert not walls[box.top : box.bottom, box.left : box.right].any()


def test_a_wide_low_box_has_a_rule_above_it_and_one_below():
    wide = [Box(20 + 250 * k, 100, 260 + 250 * k, 124) for k in range(3)]
    ink = np.zeros((240, 800), np.uint8)
    for box in wide[:2]:
        cv2.rectangle(ink, (box.left - 4, box.top - 4), (box.right + 3, box.bottom + 3), 1, 3)
    beyond = wide[2]
    ink[beyond.top - 4 : beyond.bottom + 4, beyond.right + 2 : beyond.right + 5] = 1
    ink[beyond.bottom + 1 : beyond.bottom + 4, beyond.left : beyond.right] = 1
    cells = _cells(wide[:2], shape=(240, 800))
    assert completed_rows(cells, ink > 0)[0] is cells


def test_a_page_of_boxes_in_pairs_does_not_take_the_square_of_their_number(monkeypatch):
    """What is not drawn is not looked for among the cells."""
    areas = [box for row in range(20) for box in _areas(2, top=20 + 60 * row)]
    ink = _drawn(areas, shape=(1300, 520)) > 0
    asked = []
    monkeypatch.setattr(_Rows, "_held", lambda self, place: asked.append(place) or [])
    completed_rows(_cells(areas, shape=(1300, 520)), ink)
    assert asked == []
