"""Ones make upright rules thicker, what stands on either side of one is no number, and walls are no ones."""

import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from worker.number_records import Found
from worker.upright_rules import ends_in_wall, has_one_on_rule, is_parted_by_rule

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


def test_a_one_may_lie_on_a_rule_through_another_digit() -> None:
    rule, one = _rule(115), Box(115, 52, 122, 98)
    thick = _ink(rule, one)
    assert has_one_on_rule(_found(FOUR, TWO), thick, thick, STROKE_PX)
    assert not has_one_on_rule(_found(FOUR, TWO), _ink(rule), thick, STROKE_PX)
    assert not has_one_on_rule(_found(FOUR, TWO, digit=1), thick, thick, STROKE_PX)


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


@pytest.mark.parametrize(
    ("rule", "is_parted"),
    [
        (_rule(BETWEEN), True),
        (_rule(131), True),
        (_rule(BEFORE), False),
        (_rule(BETWEEN, 40, 110), False),
        (_rule(BETWEEN, 0, 40), False),
        (_rule(115), False),
    ],
    ids=["between", "at a digit", "beside", "no higher than a digit", "above", "through a digit"],
)
def test_a_rule_between_two_digits_parts_them(rule: Box, is_parted: bool) -> None:
    assert is_parted_by_rule(_found(FOUR, TWO), _ink(rule)) is is_parted
    assert not is_parted_by_rule(_found(FOUR), _ink(rule))


def test_a_rule_that_leans_parts_digits_as_well() -> None:
    leaning = _ink(*(Box(BETWEEN + y // 40, y, BETWEEN + y // 40 + 1, y + 1) for y in range(160)))
    assert is_parted_by_rule(_found(FOUR, TWO), leaning)


def test_rules_of_squared_paper_and_walls_between_boxes_part_nothing() -> None:
    squares = _ink(*(_rule(BETWEEN + 35 * k) for k in range(-4, 5)))
    assert not is_parted_by_rule(_found(FOUR, TWO), squares)
    assert not is_parted_by_rule(_found(FOUR, TWO, cells=(0, 1)), _ink(_rule(BETWEEN)))


@pytest.mark.parametrize(
    ("wall", "rest", "ends"),
    [
        (Box(70, 45, 74, 110), Box(70, 20, 74, 130), True),
        (Box(210, 45, 214, 110), Box(210, 20, 214, 130), True),
        (Box(70, 45, 74, 110), Box(70, 45, 74, 130), False),
        (Box(70, 45, 74, 110), Box(70, 20, 74, 110), False),
        (Box(70, 50, 74, 100), Box(70, 20, 74, 130), False),
        (Box(70, 45, 80, 110), Box(70, 20, 80, 130), False),
    ],
    ids=["before", "behind", "nothing above", "nothing below", "as high as a digit", "wide"],
)
def test_a_wall_goes_on_above_and_below_what_was_read_as_a_one(wall: Box, rest: Box, ends: bool) -> None:
    (one,) = _found(wall, digit=1)
    others = _found(FOUR, TWO)
    digits = [one, *others] if wall.left < FOUR.left else [*others, one]
    assert ends_in_wall(digits, _ink(rest), STROKE_PX) is ends
    assert not ends_in_wall(_found(wall, FOUR, TWO), _ink(rest), STROKE_PX)
    assert not ends_in_wall([one], _ink(rest), STROKE_PX)
