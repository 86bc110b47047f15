"""What a dash is, wherever it is looked for."""

import numpy as np
import pytest

from segmentation.dashes import is_dash

STROKE_PX, SHORTEST_PX = 5.0, 20.0


def _piece(length: int, thick: int, rise: float = 0.0) -> np.ndarray:
    ink = np.zeros((80, length + 10), bool)
    for x in range(length):
        top = 40 - round(rise * x)
        ink[top : top + thick, 5 + x] = True
    return ink


@pytest.mark.parametrize(
    ("ink", "is_one"),
    [
        (_piece(40, 5), True),
        (_piece(40, 10), True),
        (_piece(40, 11), False),
        (_piece(19, 5), False),
        (_piece(20, 5), True),
        (_piece(60, 5, 0.25), True),
        (_piece(60, 5, 0.4), False),
        (np.zeros((10, 40), bool), False),
        (_piece(12, 60), False),
    ],
)
def test_a_dash_is_long_thin_and_level(ink: np.ndarray, is_one: bool) -> None:
    assert is_dash(ink, SHORTEST_PX, STROKE_PX) is is_one


def test_a_dash_may_be_thicker_where_it_begins() -> None:
    ink = _piece(60, 5)
    ink[20:60, 5:8] = True
    assert is_dash(ink, SHORTEST_PX, STROKE_PX)
