import cv2
import numpy as np
import pytest

from segmentation.geometry import Box
from worker.sign_pieces import Frame, Piece
from worker.sign_shapes import NO_SIGN, densities, weighed_by_page

#: Digits 50 px high that stand on row 80, written with strokes of 5 px.
FRAME = Frame(80.0, 50.0, 5.0)


def _piece(left, top, width, height):
    return Piece(1, Box(left, top, left + width, top + height), np.ones((height, width), bool))


def _drawn(left, top, *lines, thickness=5):
    ink = np.zeros((90, 60), np.uint8)
    for start, end in lines:
        cv2.line(ink, start, end, 1, thickness)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    mask = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] > 0
    return Piece(1, Box(left, top, left + mask.shape[1], top + mask.shape[0]), mask)


PLUS = _drawn(90, 43, ((5, 17), (30, 17)), ((17, 5), (17, 30)))
SLASH = _drawn(90, 27, ((5, 60), (25, 5)))


@pytest.mark.parametrize(
    ("pieces", "sign"),
    [
        ([_piece(95, 75, 6, 6)], "."),
        ([_piece(94, 77, 8, 16)], ","),
        ([_piece(90, 51, 24, 6)], "-"),
        ([PLUS], "+"),
        ([SLASH], "/"),
        ([_piece(95, 45, 6, 6), _piece(95, 70, 6, 6)], ":"),
        ([_piece(95, 30, 6, 6)], NO_SIGN),
        ([_piece(90, 80, 24, 5)], NO_SIGN),
        ([_piece(80, 50, 60, 6)], NO_SIGN),
        ([_piece(90, 30, 25, 25)], NO_SIGN),
        ([_piece(80, 45, 6, 6), _piece(105, 70, 6, 6)], NO_SIGN),
    ],
    ids=["point", "comma", "dash", "plus", "slash", "colon", "raised", "underline", "filler", "blot", "dots"],
)
def test_a_sign_is_told_by_its_shape_and_by_where_it_stands(pieces, sign):
    (weighed,) = weighed_by_page([densities(pieces, FRAME)])
    assert max(weighed, key=lambda text: weighed[text]) == sign
    assert sum(weighed.values()) == pytest.approx(1.0)


def test_what_stands_all_over_a_page_is_surer_than_what_stands_there_once():
    doubtful = {",": 0.4, ".": 0.4, NO_SIGN: 0.1}
    clear = {",": 4.0, ".": 0.01, NO_SIGN: 0.01}
    alone = weighed_by_page([doubtful])[0]
    among = weighed_by_page([doubtful, *[clear] * 20])[0]
    assert among[","] > 0.9 > alone[","]


def test_specks_make_a_lone_point_doubtful():
    point, speck = densities([_piece(95, 75, 6, 6)], FRAME), densities([_piece(95, 40, 6, 6)], FRAME)
    assert weighed_by_page([point, *[speck] * 20])[0]["."] < weighed_by_page([point])[0]["."]


def test_a_page_without_ink_between_digits_has_nothing_to_weigh():
    assert weighed_by_page([]) == []


def test_what_looks_alike_beside_numbers_makes_signs_in_them_doubtful():
    point = densities([_piece(95, 75, 6, 6)], FRAME)
    found = [point] * 10
    clear, some, many = (weighed_by_page(found, [point] * n)[0]["."] for n in (0, 4, 20))
    assert clear > 0.95
    assert 0.4 < some < 0.8
    assert many == 0.0
