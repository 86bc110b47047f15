"""A short straight run is a rule only where it lies as the long rules do."""

import numpy as np
import pytest

from segmentation.rules import find_rules
from segmentation.scale import WritingSize
from segmentation.short_rules import Piece, lying_like_the_long

SIZE = WritingSize(height_px=40.0, stroke_px=5.0)


def _piece(length: int, slope: float, *, at: tuple[int, int] = (0, 0), short: bool = False) -> Piece:
    x = np.arange(length) + at[0]
    return Piece(x, np.rint((x - at[0]) * slope).astype(np.int64) + at[1], short)


def test_short_pieces_that_slope_like_the_long_ones_stay() -> None:
    pieces = [_piece(600, 0.05), _piece(600, 0.05, at=(0, 100)), _piece(110, 0.07, at=(50, 50), short=True)]
    assert lying_like_the_long(pieces) == pieces


@pytest.mark.parametrize("slope", [-0.06, 0.12])
def test_short_pieces_that_slope_otherwise_go(slope: float) -> None:
    long, stroke = _piece(600, 0.0), _piece(110, slope, at=(50, 50), short=True)
    assert lying_like_the_long([long, stroke]) == [long]


def test_the_nearest_long_ones_decide_where_the_paper_bends() -> None:
    level = [_piece(600, 0.0, at=(0, y)) for y in (0, 40, 80)]
    sloping = [_piece(600, 0.1, at=(0, y)) for y in (900, 940, 980)]
    above, below = (_piece(110, 0.1, at=(250, y), short=True) for y in (60, 960))
    assert lying_like_the_long([*level, *sloping, above, below]) == [*level, *sloping, below]


def test_without_long_pieces_all_stay() -> None:
    pieces = [_piece(100, 0.0, short=True), _piece(100, 0.1, at=(0, 60), short=True)]
    assert lying_like_the_long(pieces) == pieces


def test_the_tail_of_a_nine_between_two_rules_is_not_taken_out() -> None:
    mask = np.zeros((400, 600), bool)
    for top in (100, 220):
        mask[top : top + 3, 20:580] = True
    mask[40:340, 20:23] = True
    for row in range(108, 222):
        column = 300 - round((row - 108) * 0.09)
        mask[row, column : column + 5] = True
    rules = find_rules(mask, SIZE)
    assert not rules.vertical[115:215, 280:310].any()
    assert rules.vertical[50:330, 20:23].any()
