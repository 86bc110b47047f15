"""Ones make upright rules thicker."""

import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from worker.number_records import Found
from worker.upright_rules import has_one_on_rule

STROKE_PX = 4.0
FOUR, TWO = Box(100, 50, 130, 100), Box(160, 50, 190, 100)
#: A rule before the number, between its digits, behind it, and far away.
BEFORE, BETWEEN, BEHIND, FAR = 70, 144, 220, 20


def _found(*boxes: Box, digit: int = 4, cells: tuple[int, ...] = (-1, -1, -1)) -> list[Found]:
    read = np.eye(10, dtype=np.float32)[digit]
    return [
        Found(PlacedDigit(box, 0, cell, k), ReadDigit(k, digit, read))
        for k, (box, cell) in enumerate(zip(boxes, cells, strict=False))
    ]


def _ink(*boxes: Box) -> np.ndarray:
    ink = np.zeros((160, 300), bool)
    for box in boxes:
        ink[box.top : box.bottom, box.left : box.right] = True
    return ink


def _rule(left: int, top: int = 0, bottom: int = 160) -> Box:
    return Box(left, top, left + 3, bottom)


@pytest.mark.parametrize("left", [BEFORE, BETWEEN, BEHIND])
@pytest.mark.parametrize(
    ("one", "has_one"),
    [((-4, 52, 0, 98), True), ((3, 52, 7, 98), True), ((-1, 52, 0, 98), False), ((-4, 60, 0, 80), False)],
    ids=["before the rule", "behind it", "thinner than a stroke", "lower than a digit"],
)
def test_a_one_makes_an_upright_rule_thicker(left: int, one: tuple[int, ...], has_one: bool) -> None:
    rule = _ink(_rule(left))
    thick = rule | _ink(Box(left + one[0], one[1], left + one[2], one[3]))
    assert has_one_on_rule(_found(FOUR, TWO), rule, thick, STROKE_PX) is has_one
    assert not has_one_on_rule(_found(FOUR, TWO), rule, rule, STROKE_PX)


def test_only_a_rule_that_goes_on_may_hold_a_one() -> None:
    wall = _ink(_rule(BEFORE, 40, 110), Box(BEFORE - 4, 52, BEFORE, 98))
    crossed = _ink(_rule(BEFORE), Box(0, 20, 300, 26), Box(0, 120, 300, 126))
    far = _ink(_rule(FAR), Box(FAR - 4, 52, FAR, 98))
    for ink in (wall, crossed, far):
        assert not has_one_on_rule(_found(FOUR, TWO), ink, ink, STROKE_PX)


def test_walls_of_boxes_hold_no_one() -> None:
    rule = _ink(_rule(BEFORE))
    thick = rule | _ink(Box(BEFORE - 4, 52, BEFORE, 98))
    assert not has_one_on_rule(_found(FOUR, TWO, cells=(0, 1)), rule, thick, STROKE_PX)
    assert has_one_on_rule(_found(FOUR, TWO, cells=(1, 1)), rule, thick, STROKE_PX)
