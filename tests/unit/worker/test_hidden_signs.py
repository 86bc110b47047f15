"""What a digit or a rule swallowed is seen by its shape."""

from types import SimpleNamespace

import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from worker.hidden_signs import ends_in_point, has_point_on_dots, took_dash
from worker.number_records import Found

STROKE_PX = 4.0
#: A digit of 30 x 50 px, and one that begins with a dash of 20 px.
DIGIT, DASHED = Box(100, 50, 130, 100), Box(80, 50, 130, 100)


def _found(*boxes: Box, digit: int = 7) -> list[Found]:
    read = np.eye(10, dtype=np.float32)[digit]
    return [Found(PlacedDigit(box, 0, -1, k), ReadDigit(0, digit, read)) for k, box in enumerate(boxes)]


def _strip(*parts: Box) -> SimpleNamespace:
    """A line whose first candidate is a digit of some parts."""
    whole = SimpleNamespace(start=0, stop=len(parts))
    return SimpleNamespace(pieces=parts, labels=tuple(range(1, len(parts) + 1)), candidates=(whole,))


def _labels(*boxes: Box) -> np.ndarray:
    labels = np.zeros((160, 240), np.int32)
    for box in boxes:
        labels[box.top : box.bottom, box.left : box.right] = 1
    return labels


@pytest.mark.parametrize(
    ("stroke", "took"),
    [
        (Box(80, 72, 100, 76), True),
        (Box(90, 72, 100, 76), False),
        (Box(80, 72, 100, 82), False),
        (Box(80, 50, 100, 54), False),
        (Box(80, 94, 100, 98), False),
    ],
    ids=["minus", "short", "thick", "roof of a seven", "foot of a two"],
)
def test_a_level_stroke_before_a_digit_may_be_its_minus(stroke: Box, took: bool) -> None:
    digit = Box(stroke.left, 50, 130, 100)
    labels = _labels(stroke, Box(100, 50, 130, 100))
    assert took_dash(_found(digit), [_strip(digit)], labels, STROKE_PX) is took
    assert not took_dash(_found(digit), [_strip(digit)], _labels(digit), STROKE_PX)


def test_a_stroke_that_rises_is_a_part_of_the_digit() -> None:
    rising = [Box(80 + k, 82 - k, 81 + k, 86 - k) for k in range(20)]
    labels = _labels(*rising, DIGIT)
    assert not took_dash(_found(DASHED), [_strip(DASHED)], labels, STROKE_PX)


@pytest.mark.parametrize(
    ("part", "took"),
    [
        (Box(80, 72, 98, 77), True),
        (Box(80, 72, 104, 77), True),
        (Box(80, 65, 98, 85), False),
        (Box(95, 72, 120, 77), False),
        (Box(80, 50, 98, 55), False),
    ],
    ids=["minus", "reaching in", "higher", "inside", "at the top"],
)
def test_a_minus_that_was_read_with_a_digit_is_seen(part: Box, took: bool) -> None:
    digit, ink = Box(part.left, 50, 130, 100), _labels(Box(80, 50, 130, 100))
    assert took_dash(_found(digit), [_strip(part, DIGIT)], ink, STROKE_PX) is took
    assert took_dash(_found(digit), [_strip(DIGIT, part)], ink, STROKE_PX) is took


def _dots(*points: tuple[int, int], step: int = 8, rows: tuple[int, ...] = (100,)) -> np.ndarray:
    """A dotted line at the feet of the digits, and points on it: (left, width)."""
    line = [
        Box(20 + step * k, rows[k % len(rows)], 23 + step * k, rows[k % len(rows)] + 3) for k in range(26)
    ]
    return _labels(*line, *(Box(left, 97, left + width, 103) for left, width in points)) > 0


TWO_DIGITS = (DIGIT, Box(150, 50, 180, 100))


@pytest.mark.parametrize(
    ("points", "has_one"),
    [((), False), (((137, 6),), True), (((110, 6),), False), (((133, 20),), False), (((190, 6),), False)],
    ids=["bare", "between", "under a digit", "a stroke", "beyond"],
)
def test_a_point_is_larger_than_the_dots_of_its_line(
    points: tuple[tuple[int, int], ...], has_one: bool
) -> None:
    assert has_point_on_dots(_found(*TWO_DIGITS), _dots(*points)) is has_one
    assert not has_point_on_dots(_found(DIGIT), _dots(*points))


def test_rests_of_a_rule_are_no_dotted_line() -> None:
    point = (137, 6)
    few, jagged = _dots(point), _dots(point, rows=(94, 100, 106))
    few[:, :132] = few[:, 148:] = False
    uneven = _labels(*(Box(x, 100, x + 3, 103) for x in (40, 45, 60, 66, 90, 112, 152, 157, 175, 210))) > 0
    for rests in (few, jagged, uneven | _labels(Box(137, 97, 143, 103)) > 0):
        assert not has_point_on_dots(_found(*TWO_DIGITS), rests)


@pytest.mark.parametrize(
    ("foot", "ends"),
    [
        (Box(130, 94, 136, 100), True),
        (Box(130, 96, 136, 100), False),
        (Box(130, 90, 136, 100), False),
        (Box(130, 94, 132, 100), False),
        (Box(130, 94, 142, 100), False),
        (Box(130, 87, 136, 93), False),
        (Box(130, 60, 136, 100), False),
    ],
    ids=["point", "stroke", "high", "short", "long", "above the ground", "no foot"],
)
def test_a_thick_foot_before_another_digit_may_be_a_point(foot: Box, ends: bool) -> None:
    pointed = Box(100, 50, foot.right, 100)
    labels = _labels(DIGIT, foot)
    assert ends_in_point(_found(pointed, Box(150, 50, 180, 100)), labels, STROKE_PX) is ends
    assert not ends_in_point(_found(pointed, Box(150, 50, 180, 100), digit=2), labels, STROKE_PX)
    assert not ends_in_point(_found(pointed), labels, STROKE_PX)
