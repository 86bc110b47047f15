"""What a dash is: a thin piece of ink that hardly rises, wherever on a page it is looked for."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["RISE", "THICKEST_STROKES", "is_dash"]

#: At most so many strokes thick,
THICKEST_STROKES = 2.0
#: and rising at most so much over its length.
RISE = 0.3
#: Of its thickness along its length: where it begins or crosses something it may be thicker.
_THICKNESS_QUANTILE = 0.9


def is_dash(ink: NDArray[np.bool_], shortest_px: float, stroke_px: float) -> bool:
    """Tell whether a piece of ink is a dash: a minus, what fills a line up to a number, or a rest of a rule.

    Parameters
    ----------
    ink : (H, W) bool ndarray
        One piece. Not modified.
    shortest_px : float
        How long it is at least.
    stroke_px : float
        Width of a typical stroke.

    Returns
    -------
    bool
        False where there is no ink.
    """
    columns = np.flatnonzero(ink.any(axis=0))
    if not len(columns):
        return False
    length = int(columns[-1] - columns[0]) + 1
    own = ink[:, columns]
    thickness = own.sum(axis=0)
    middles = (np.arange(len(ink)) @ own) / thickness
    thickest = THICKEST_STROKES * stroke_px
    return bool(
        length >= shortest_px
        and np.quantile(thickness, _THICKNESS_QUANTILE) <= thickest
        and np.ptp(middles) <= max(RISE * length, thickest)
    )
