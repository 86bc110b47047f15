import cv2
import numpy as np
import pytest

from segmentation.components import Component
from segmentation.cuts import cut_pieces, find_seams
from segmentation.geometry import Box
from segmentation.lines import chain_lines, line_height


def _component(left, top, width=20, height=40, cell=-1):
    return Component(1, Box(left, top, left + width, top + height), width * height, cell)


def _lefts(lines):
    return sorted([component.box.left for component in line] for line in lines)


def test_neighbours_make_one_line_from_left_to_right():
    assert _lefts(chain_lines([_component(90, 0), _component(0, 2), _component(45, 1)])) == [[0, 45, 90]]


def test_rows_are_lines_of_their_own():
    upper = [_component(left, 0) for left in (0, 30, 60)]
    lower = [_component(left, 60) for left in (1, 31, 61)]
    assert _lefts(chain_lines(upper + lower)) == [[0, 30, 60], [1, 31, 61]]


def test_a_line_may_slope():
    sloping = [_component(30 * k, 8 * k) for k in range(12)]
    assert len(chain_lines(sloping)) == 1


def test_what_is_far_apart_or_in_another_cell_is_no_neighbour():
    assert len(chain_lines([_component(0, 0), _component(400, 0)])) == 2
    assert len(chain_lines([_component(0, 0, cell=0), _component(30, 0, cell=1)])) == 2


@pytest.mark.parametrize(
    ("upper", "cell", "others", "lines"),
    [
        ((12, 0, 10, 14), 2, (), 1),
        ((12, 0, 10, 14), -1, (), 2),
        ((12, 0, 10, 14), 2, (60, 90), 2),
        ((40, 0, 10, 14), 2, (), 2),
        ((12, -20, 10, 14), 2, (), 2),
        ((12, -16, 10, 32), 2, (), 2),
    ],
    ids=["alone in its cell", "in no cell", "among others", "not above", "far above", "a digit above"],
)
def test_pieces_of_a_digit_that_broke_across_are_one_line_in_its_cell(upper, cell, others, lines):
    left, top, width, height = upper
    lower = _component(0, 20, width=30, height=21, cell=cell)
    row = [_component(at, 20, height=21, cell=cell) for at in others]
    found = chain_lines([_component(left, top, width, height, cell=cell), lower, *row], writing_px=40.0)
    assert len(found) == lines


def test_no_components_make_no_lines():
    assert chain_lines([]) == []


def test_fragments_do_not_lower_a_line():
    assert line_height([Box(0, 0, 20, 40), Box(30, 0, 50, 42), Box(60, 30, 64, 34)]) >= 40


def _touching():
    """Two rings that share a few pixels."""
    ink = np.zeros((44, 84), np.uint8)
    cv2.circle(ink, (20, 22), 18, 1, 4)
    cv2.circle(ink, (60, 22), 18, 1, 4)
    return ink.astype(bool)


def test_a_seam_parts_two_touching_blobs_where_they_touch():
    blobs = np.zeros((44, 84), bool)
    blobs[2:42, 2:36] = blobs[2:42, 46:82] = blobs[20:24, 36:46] = True
    seams = find_seams(blobs, most=1, apart_px=8.0, dearest_px=20.0)
    assert len(seams) == 1
    assert seams[0].shape == (44,)
    assert 36 <= seams[0][22] < 46
    assert np.abs(np.diff(seams[0])).max() <= 1


def test_the_pieces_of_two_touching_blobs_keep_all_their_ink():
    mask = _touching()
    pieces = cut_pieces(mask, stroke_px=4.0)
    assert ((pieces > 0) == mask).all()
    assert pieces[22, 2] != pieces[22, 78]
    assert set(np.unique(pieces)) == set(range(pieces.max() + 1))


def test_seams_keep_their_distance_and_their_price():
    mask = _touching()
    middles = [int(seam[22]) for seam in find_seams(mask, most=9, apart_px=10.0, dearest_px=99.0)]
    assert len(middles) > 1
    assert min(np.diff(middles)) >= 10
    assert find_seams(np.ones((40, 60), bool), most=9, apart_px=5.0, dearest_px=20.0) == []


def test_what_is_too_narrow_is_not_cut():
    assert find_seams(np.ones((40, 6), bool), most=3, apart_px=5.0, dearest_px=99.0) == []
    assert cut_pieces(np.ones((40, 6), bool), stroke_px=5.0).max() == 1
