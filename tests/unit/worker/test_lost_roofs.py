"""A one below a rule that is thicker before it may be a seven whose roof was taken for the rule."""

import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from worker.lost_roofs import may_lack_roof
from worker.number_records import Found

#: A one that ends at the rule, and a digit before it.
ONE, OTHER = Box(120, 43, 132, 90), Box(60, 48, 90, 90)


def _found(*boxes: Box, last: int = 1) -> list[Found]:
    """Digits from left to right, all of them twos but for the last."""
    read = np.eye(10, dtype=np.float32)
    digits = [*[2] * (len(boxes) - 1), last]
    return [
        Found(PlacedDigit(box, 0, -1, k), ReadDigit(k, digit, read[digit]))
        for k, (box, digit) in enumerate(zip(boxes, digits, strict=True))
    ]


def _rules(*roofs: Box, left: int = 0) -> np.ndarray:
    """A rule, and what makes it thicker."""
    rules = np.zeros((160, 240), bool)
    rules[38:43, left:] = True
    for roof in roofs:
        rules[roof.top : roof.bottom, roof.left : roof.right] = True
    return rules


@pytest.mark.parametrize(
    ("roof", "lacks"),
    [
        (Box(100, 36, 122, 46), True),
        (Box(100, 43, 122, 46), True),
        (Box(115, 43, 130, 46), False),
        (Box(100, 43, 122, 44), False),
        (Box(132, 43, 160, 46), False),
        (Box(60, 43, 88, 46), False),
    ],
    ids=["around the rule", "below it", "short", "thin", "behind the one", "above another digit"],
)
def test_a_rule_that_is_thicker_before_a_one_may_hold_the_roof_of_a_seven(roof: Box, lacks: bool) -> None:
    assert may_lack_roof(_found(OTHER, ONE), _rules(roof)) is lacks
    assert not may_lack_roof(_found(OTHER, ONE, last=4), _rules(roof))
    assert not may_lack_roof(_found(OTHER, ONE), _rules())


def test_only_a_rule_that_the_one_ends_at_holds_its_roof() -> None:
    roof = Box(100, 36, 122, 46)
    low = Box(120, 50, 132, 97)
    assert not may_lack_roof(_found(low), _rules(roof))
    assert not may_lack_roof(_found(ONE), _rules(roof, left=130))
    assert not may_lack_roof(_found(Box(60, 48, 118, 90), ONE), _rules(roof))
