"""How evenly numbers stand in a column or a row: print keeps its height and its line, and a hand strays."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from segmentation.geometry import Box, union

__all__ = ["regularity_of"]

#: So few numbers tell nothing, and so many all that they can.
_FEWEST, _ENOUGH = 5, 8
#: Numbers of one column or row are as high as each other but for this share,
_AS_HIGH = 0.2
#: stand below one another, or on one line, but for this share of their height,
_BELOW, _ON_LINE = 0.35, 0.2
#: and for this share of the way between them, where a photo lets columns and rows slope;
_ASLOPE = 0.05
#: and follow below at least so many heights farther down.
_NEXT_LINE = 0.9
#: What strays by more than this share of the height, in height and place together, may be a hand,
_STRAYS = 0.04
#: and by how much less is the unit of how regular something is; beyond so many there is no need to know.
_UNIT, _MOST = 0.01, 2.0
#: More numbers than this are no page of numbers, and would cost too much.
_MOST_NUMBERS = 1500

Floats = NDArray[np.float64]


def regularity_of(numbers: Sequence[Sequence[Box]]) -> Floats:
    """Tell of each number how regular the column or the row is in which it stands.

    Parameters
    ----------
    numbers : sequence of sequences of Box
        The digits of each number of a page, at least one each, in px of the working page.

    Returns
    -------
    (len(numbers),) float64 ndarray
        0 where it stands in none, or among numbers that stray as those of a hand do; at most 2.
    """
    found = np.zeros(len(numbers))
    if not _FEWEST <= len(numbers) <= _MOST_NUMBERS:
        return found
    around = [union(digits) for digits in numbers]
    sides = np.array([(box.left, box.top, box.right, box.bottom) for box in around], np.float64)
    heights = np.array([np.median([box.height for box in digits]) for digits in numbers])
    for chains, strays in ((_columns, _column_strays), (_rows, _row_strays)):
        for chain in chains(sides, heights):
            if len(chain) >= _FEWEST:
                found[chain] = np.maximum(found[chain], _regular(numbers, sides, chain, strays))
    return found


def _regular(
    numbers: Sequence[Sequence[Box]],
    sides: Floats,
    chain: list[int],
    strays: Callable[[Sequence[Sequence[Box]], Floats, list[int]], tuple[float, float]],
) -> float:
    height = float(np.median([box.height for number in chain for box in numbers[number]]))
    astray = float(np.hypot(*strays(numbers, sides, chain))) / height
    enough = min(1.0, (len(chain) - _FEWEST + 1) / (_ENOUGH - _FEWEST + 1))
    return enough * min(_MOST, max(0.0, (_STRAYS - astray) / _UNIT))


def _columns(sides: Floats, heights: Floats) -> list[list[int]]:
    """Return chains of numbers below each other whose left ends, or right ends, are aligned."""
    ends = np.minimum(*(np.abs(sides[:, None, end] - sides[None, :, end]) for end in (0, 2)))
    below = sides[None, :, 1] - sides[:, None, 1]
    reach = _BELOW * heights[:, None] + _ASLOPE * np.maximum(below, 0)
    fits = (ends < reach) & (below > _NEXT_LINE * heights[:, None])
    return _chains(below, fits & _alike(heights))


def _rows(sides: Floats, heights: Floats) -> list[list[int]]:
    """Return chains of numbers beside each other on one line."""
    lower = np.abs(sides[:, None, 3] - sides[None, :, 3])
    beside = sides[None, :, 0] - sides[:, None, 2]
    fits = (lower < _ON_LINE * heights[:, None] + _ASLOPE * beside) & (beside > 0)
    return _chains(beside, fits & _alike(heights))


def _alike(heights: Floats) -> NDArray[np.bool_]:
    return np.asarray(np.abs(heights[:, None] - heights[None]) <= _AS_HIGH * heights[:, None])


def _chains(steps: Floats, fits: NDArray[np.bool_]) -> list[list[int]]:
    """Chain each number to the nearest that may follow it; each follows one at most."""
    following = np.where(fits, steps, np.inf).argmin(axis=1)
    following[~fits.any(axis=1)] = -1
    # Where several have one follower it goes to the nearest of them.
    taken: dict[int, int] = {}
    for number in np.flatnonzero(following >= 0).tolist():
        after = int(following[number])
        if after not in taken or steps[number, after] < steps[taken[after], after]:
            taken[after] = number
    after_of = {before: after for after, before in taken.items()}
    chains = []
    for first in range(len(steps)):
        if first not in taken:
            chain = [first]
            while chain[-1] in after_of:
                chain.append(after_of[chain[-1]])
            chains.append(chain)
    return chains


def _column_strays(numbers: Sequence[Sequence[Box]], sides: Floats, chain: list[int]) -> tuple[float, float]:
    """Return by how many px a column strays in the height of its digits, and at its better end."""
    digits = _digits(numbers, chain)
    ends = min(_astray(sides[chain, 3], sides[chain, end]) for end in (0, 2))
    return _astray(digits[:, 3], digits[:, 3] - digits[:, 1]), ends


def _row_strays(numbers: Sequence[Sequence[Box]], _sides: Floats, chain: list[int]) -> tuple[float, float]:
    """Return by how many px a row strays in the height of its digits, and in what they stand on."""
    digits = _digits(numbers, chain)
    return _astray(digits[:, 0], digits[:, 3] - digits[:, 1]), _astray(digits[:, 0], digits[:, 3])


def _digits(numbers: Sequence[Sequence[Box]], chain: list[int]) -> Floats:
    boxes = [box for number in chain for box in numbers[number]]
    return np.array([(box.left, box.top, box.right, box.bottom) for box in boxes], np.float64)


def _astray(along: Floats, values: Floats) -> float:
    """Return the standard deviation of values from a straight line: photos make print grow evenly."""
    along = along - along.mean()
    slope = float(along @ (values - values.mean())) / max(1e-9, float(along @ along))
    return float(np.std(values - values.mean() - slope * along))
