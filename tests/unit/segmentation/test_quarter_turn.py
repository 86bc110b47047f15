"""Places on a page that was turned by quarters are found again on the page as it lies."""

import numpy as np
import pytest

from segmentation.geometry import Box, Placement, QuarterTurn
from segmentation.segment import find_writing

WIDTH, HEIGHT = 70, 40


def _page_with(box):
    page = np.zeros((HEIGHT, WIDTH), np.uint8)
    page[box.top : box.bottom, box.left : box.right] = 1
    return page


def _box_of(page):
    rows, columns = np.flatnonzero(page.any(axis=1)), np.flatnonzero(page.any(axis=0))
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("box", [Box(3, 5, 20, 9), Box(0, 0, 1, 1), Box(69, 39, 70, 40), Box(0, 0, 70, 40)])
def test_a_box_turns_as_its_pixels_do(quarters, box):
    turn = QuarterTurn(quarters, WIDTH, HEIGHT)
    turned = _box_of(np.rot90(_page_with(box), quarters))
    sides = np.array([[box.left, box.top, box.right, box.bottom]], np.float64)
    assert turn.there(sides).tolist() == [[turned.left, turned.top, turned.right, turned.bottom]]
    assert turn.back(turn.there(sides)).tolist() == sides.tolist()
    assert Placement(upright=turn).on_page(turned) == box
    assert Placement(upright=turn).on_working_page(sides).tolist() == turn.there(sides).tolist()


@pytest.mark.parametrize("quarters", range(4))
def test_part_scale_and_skew_are_those_of_the_turned_page(quarters):
    turn = QuarterTurn(quarters, WIDTH, HEIGHT)
    straight = Placement(0.5, left_px=4, top_px=2, turn_deg=5.0, shift_px=(3.0, 1.0))
    placement = Placement(0.5, left_px=4, top_px=2, turn_deg=5.0, shift_px=(3.0, 1.0), upright=turn)
    box = Box(6, 7, 11, 16)
    upright = straight.on_page(box)
    sides = np.array([(upright.left, upright.top, upright.right, upright.bottom)], np.float64)
    left, top, right, bottom = turn.back(sides)[0]
    assert placement.on_page(box) == Box(int(left), int(top), int(right), int(bottom))
    assert np.allclose(placement.on_working_page(turn.back(sides)), straight.on_working_page(sides))
    assert placement.quarters == quarters
    assert straight.quarters == 0


def _written_page():
    page = np.full((300, 420), 235, np.uint8)
    for left in range(60, 360, 50):
        page[100:140, left : left + 6] = 20
    page[200:206, 300:340] = 20
    return page


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_turned_before_is_cut_as_it_stands(quarters):
    upright = find_writing(_written_page())
    lying = np.ascontiguousarray(np.rot90(_written_page(), -quarters))
    turned = find_writing(lying, quarters=quarters)
    assert np.array_equal(turned.labels > 0, upright.labels > 0)
    for component in turned.components:
        box = turned.placement.on_page(component.box)
        assert lying[box.top : box.bottom, box.left : box.right].min() == 20
