import cv2
import numpy as np
import pytest

from segmentation.geometry import Box
from worker.sign_pieces import Frame, is_cross, is_leaning_stroke, pieces_in

FRAME = Frame(80.0, 50.0, 5.0)


def _strokes(*lines, thickness=5, side=40):
    ink = np.zeros((side, side), np.uint8)
    for start, end in lines:
        cv2.line(ink, start, end, 1, thickness)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] > 0


@pytest.mark.parametrize(
    ("lines", "crosses"),
    [
        ([((5, 20), (35, 20)), ((20, 5), (20, 35))], True),
        ([((5, 19), (35, 21)), ((22, 5), (19, 35))], True),
        ([((5, 5), (5, 22)), ((5, 22), (35, 22)), ((24, 5), (24, 38))], False),
        ([((5, 5), (35, 35)), ((35, 5), (5, 35))], False),
        ([((5, 20), (35, 20))], False),
        ([((5, 20), (35, 20)), ((5, 5), (5, 35))], False),
    ],
    ids=["plus", "plus by hand", "open four", "x", "dash", "T that lies"],
)
def test_a_cross_is_two_strokes_that_meet_in_their_middles(lines, crosses):
    assert is_cross(_strokes(*lines), 5.0) is crosses


@pytest.mark.parametrize(
    ("lines", "leans"),
    [
        ([((8, 38), (24, 2))], True),
        ([((20, 38), (20, 2))], False),
        ([((24, 38), (8, 2))], False),
        ([((8, 38), (8, 20)), ((8, 20), (30, 2))], False),
        ([((8, 4), (30, 4)), ((30, 4), (14, 38))], False),
    ],
    ids=["slash", "upright", "backslash", "bent", "seven"],
)
def test_a_leaning_stroke_is_straight_and_leans_to_the_right(lines, leans):
    assert is_leaning_stroke(_strokes(*lines), 5.0) is leans


def _page(*boxes):
    labels = np.zeros((140, 200), np.int32)
    for label, (left, top, width, height) in enumerate(boxes, start=1):
        labels[top : top + height, left : left + width] = label
    return labels


def test_pieces_are_whole_though_only_a_part_is_looked_at():
    (piece,) = pieces_in(_page((95, 70, 8, 30)), Box(90, 60, 110, 80), FRAME)
    assert piece.box == Box(95, 70, 103, 100)
    assert piece.area_px == 240


def test_pieces_come_from_left_to_right_and_dust_not_at_all():
    page = _page((104, 70, 5, 5), (95, 70, 5, 5), (100, 60, 2, 2), (150, 70, 5, 5))
    assert [piece.label for piece in pieces_in(page, Box(90, 50, 112, 90), FRAME)] == [2, 1]


def test_blank_paper_has_no_pieces():
    assert pieces_in(_page(), Box(0, 0, 200, 140), FRAME) == []
