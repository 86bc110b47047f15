"""Dark areas too massive for any pen: the desk around a sheet, a filled bar, a shadowed edge."""

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["without_bulk"]

#: Ink is massive where a square of this many writing heights fits into it.
BULK_SIDE = 0.6
#: Its ragged rim, as a share of that square.
RIM = 0.5


def without_bulk(mask: NDArray[np.bool_], height_px: float) -> NDArray[np.bool_]:
    """Take massive dark areas out of the ink, so that rules and strokes which run into them stand alone.

    Parameters
    ----------
    mask : (H, W) bool ndarray
        True = ink. Not modified.
    height_px : float
        Height of the writing, in px.

    Returns
    -------
    (H, W) bool ndarray
        `mask` itself where nothing is massive.
    """
    side = max(5, round(BULK_SIDE * height_px))
    ink = mask.view(np.uint8)
    core = cv2.erode(ink, np.ones((side, side), np.uint8), borderValue=1)
    if not cv2.countNonZero(core):
        return mask
    reach = round((1 + RIM) * side)
    bulk = cv2.dilate(core, np.ones((reach, reach), np.uint8))
    return np.asarray(mask & (bulk == 0), bool)
