"""Dark areas too massive for any pen: the desk around a sheet, a filled bar, a shadowed edge."""

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.scale import WritingSize

__all__ = ["without_bulk"]

#: Ink is massive where a square of this many writing heights, and as many strokes, fits into it.
BULK_SIDE, BULK_STROKES = 0.6, 4.5
#: Its ragged rim, as a share of that square.
RIM = 0.5


def without_bulk(mask: NDArray[np.bool_], size: WritingSize) -> NDArray[np.bool_]:
    """Take massive dark areas out of the ink, so that rules and strokes which run into them stand alone.

    Parameters
    ----------
    mask : (H, W) bool ndarray
        True = ink. Not modified.
    size : WritingSize
        Of the writing.

    Returns
    -------
    (H, W) bool ndarray
        `mask` itself where nothing is massive.
    """
    side = max(5, round(max(BULK_SIDE * size.height_px, BULK_STROKES * size.stroke_px)))
    ink = mask.view(np.uint8)
    core = cv2.erode(ink, np.ones((side, side), np.uint8), borderValue=1)
    if not cv2.countNonZero(core):
        return mask
    reach = round((1 + RIM) * side)
    bulk = cv2.dilate(core, np.ones((reach, reach), np.uint8))
    return np.asarray(mask & (bulk == 0), bool)
