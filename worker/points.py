"""Ink between the digits of a number that was read as nothing: a point, a comma, a stroke, or only dust."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segmentation.geometry import Box, union

__all__ = ["holds_unread_ink"]

#: A comma hangs this far below the digits, as a share of their height.
BELOW = 0.3
#: Less ink than this, in squares of the stroke's width, is dust.
POINT = 0.6


def holds_unread_ink(digits: Sequence[Box], labels: NDArray[np.int32], stroke_px: float) -> bool:
    """Tell whether something as large as a point stands between digits, or hangs below them.

    Whoever accepts ``1770`` where ``17,70`` is written has a wrong number that looks right.

    Parameters
    ----------
    digits : sequence of Box
        The digits of one number, in px of the working page.
    labels : (H, W) int32 ndarray
        Which piece of ink a pixel belongs to, 0 on paper. Not modified.
    stroke_px : float
        Width of a typical stroke.

    Returns
    -------
    bool
        False for a single digit: nothing stands between.
    """
    if len(digits) < 2:
        return False
    whole = union(digits)
    bottom = min(labels.shape[0], whole.bottom + round(BELOW * whole.height))
    rest = labels[whole.top : bottom, whole.left : whole.right].copy()
    for box in digits:
        rows = slice(box.top - whole.top, box.bottom - whole.top)
        rest[rows, box.left - whole.left : box.right - whole.left] = 0
    inked = rest[rest > 0]
    return bool(len(inked)) and int(np.bincount(inked).max()) >= max(4.0, POINT * stroke_px**2)
