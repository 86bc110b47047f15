"""Circles of forms are rounder than noughts, rings enclose what is written, and points make rules thicker."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from model.lattice import ReadDigit
from model.synth.digits import DigitSource
from segmentation.cells import Cell
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from worker.number_records import Found
from worker.odd_shapes import has_point_on_rule, is_ringed, may_be_circle, may_be_cut

STROKE_PX = 4.0
FOUR, TWO = Box(60, 50, 90, 100), Box(110, 50, 140, 100)


def _found(*boxes: Box, digit: int = 0, cells: tuple[int, ...] = (-1, -1)) -> list[Found]:
    read = np.eye(10, dtype=np.float32)[digit]
    return [
        Found(PlacedDigit(box, 0, cell, k), ReadDigit(k, digit, read))
        for k, (box, cell) in enumerate(zip(boxes, cells, strict=False))
    ]


@pytest.mark.parametrize("radius", [14, 20, 30])
@pytest.mark.parametrize("filled", [False, True])
def test_a_drawn_circle_is_told_from_a_nought(radius: int, filled: bool) -> None:
    page = np.zeros((160, 240), np.uint8)
    cv2.circle(page, (100, 80), radius, 1, -1 if filled else 3)
    box = Box(*(80 + d - 80 for d in (100 - radius - 2, 80 - radius - 2, 100 + radius + 2, 80 + radius + 2)))
    assert may_be_circle(_found(box), page > 0)
    assert not may_be_circle(_found(box, digit=6), page > 0)


def test_written_noughts_are_none() -> None:
    source = DigitSource.builtin()
    taken = 0
    noughts = source.images[np.flatnonzero(source.labels == 0)]
    for nought in noughts:
        large = cv2.resize(nought, (56, 56), interpolation=cv2.INTER_CUBIC) > 110
        taken += may_be_circle(_found(Box(0, 0, 56, 56)), large)
    assert len(noughts) >= 50
    assert taken <= 1


def test_nothing_is_no_circle() -> None:
    assert not may_be_circle(_found(FOUR), np.zeros((160, 240), bool))


def test_a_ring_encloses_digits() -> None:
    ring = Box(40, 30, 170, 120)
    assert is_ringed(_found(ring, FOUR))
    assert is_ringed(_found(FOUR, ring))
    assert not is_ringed(_found(FOUR, TWO))
    assert not is_ringed(_found(FOUR, Box(80, 50, 110, 100)))


def _rule(*points: tuple[int, int]) -> np.ndarray:
    """Return a rule at the feet of the digits, and points on it: (left, width)."""
    rules = np.zeros((160, 240), bool)
    rules[99:102, 20:220] = True
    for left, width in points:
        rules[92:102, left : left + width] = True
    return rules


@pytest.mark.parametrize(
    ("points", "has_one"),
    [((), False), (((97, 6),), True), (((70, 6),), False), (((92, 16),), False), (((200, 6),), False)],
    ids=["bare", "between", "under a digit", "as wide as a stroke of a digit", "beyond"],
)
def test_a_point_makes_the_rule_thicker_between_two_digits(
    points: tuple[tuple[int, int], ...], has_one: bool
) -> None:
    assert has_point_on_rule(_found(FOUR, TWO), _rule(*points), STROKE_PX) is has_one


def test_walls_and_short_rests_of_rules_hold_no_point() -> None:
    assert not has_point_on_rule(_found(FOUR, TWO, cells=(0, 1)), _rule((97, 6)), STROKE_PX)
    assert not has_point_on_rule(_found(FOUR), _rule((97, 6)), STROKE_PX)
    frame = [Cell(Box(0, 0, 400, 200), comb=0)]
    ticked = _found(FOUR, TWO, cells=(0, 0))
    assert not has_point_on_rule(ticked, _rule((97, 6)), STROKE_PX, frame)
    assert has_point_on_rule(ticked, _rule((97, 6)), STROKE_PX, [replace(frame[0], comb=-1)])
    rest = _rule((97, 6))
    rest[:, :90] = False
    assert not has_point_on_rule(_found(FOUR, TWO), rest, STROKE_PX)


@pytest.mark.parametrize(
    ("left", "mark", "is_cut"),
    [
        (20, (0, 60, 5, 90), True),
        (0, (0, 60, 5, 90), True),
        (20, None, False),
        (20, (0, 0, 5, 160), False),
        (20, (0, 110, 5, 130), False),
        (20, (10, 60, 15, 90), False),
        (80, (0, 60, 5, 90), False),
    ],
    ids=["cut", "its own digit", "nothing", "edge of the page", "another line", "beside it", "far off"],
)
def test_ink_at_the_side_of_the_page_may_be_the_rest_of_a_number(
    left: int, mark: tuple[int, int, int, int] | None, is_cut: bool
) -> None:
    ink = np.zeros((160, 240), bool)
    if mark is not None:
        ink[mark[1] : mark[3], mark[0] : mark[2]] = True
    number = _found(Box(left, 50, left + 30, 100))
    assert may_be_cut(number, ink, STROKE_PX) is is_cut
    mirrored = _found(Box(240 - left - 30, 50, 240 - left, 100))
    assert may_be_cut(mirrored, ink[:, ::-1], STROKE_PX) is is_cut
