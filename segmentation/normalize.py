"""One glyph to one small square, the way MNIST was made: for training and for reading alike."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["normalize_glyph"]

#: Share of the glyph's size that its strokes are widened to where they are thinner.
LEAST_STROKE = 0.085
#: A pixel and those around it.
_AROUND = np.ones((3, 3), np.uint8)


def _stroke_px(strength: NDArray[np.uint8]) -> float:
    _, mask = cv2.threshold(strength, 127, 1, cv2.THRESH_BINARY)
    area = cv2.countNonZero(mask)
    inner = cv2.countNonZero(cv2.erode(mask, _AROUND, borderValue=0))
    return 2.0 * area / max(1, area - inner)


@cache
def _disc(side_px: int) -> cv2.typing.MatLike:
    """Return a disc of that diameter as a kernel; few different ones are asked for, again and again."""
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side_px, side_px))


def _widened(strength: NDArray[np.uint8], box_px: int) -> NDArray[np.uint8]:
    """Widen hairlines before they are scaled down, or they would fade to nothing."""
    longest = max(strength.shape)
    if longest <= box_px:
        return strength
    missing = LEAST_STROKE * longest - _stroke_px(strength)
    if missing < 0.5:
        return strength
    reach = round(missing) + 1
    padded = cv2.copyMakeBorder(strength, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.dilate(padded, _disc(reach)), np.uint8)


def normalize_glyph(strength: NDArray[np.uint8], *, side: int = 28, box_px: int = 20) -> NDArray[np.uint8]:
    """Scale a glyph into a box of 20 px and put its centre of mass in the centre.

    Parameters
    ----------
    strength : (h, w) uint8 ndarray
        Ink of one glyph in its tight box, 0 = paper, 255 = full ink. Not modified.
    side : int
        Side of the result in px.
    box_px : int
        The longer side of the glyph after scaling, in px.

    Returns
    -------
    (side, side) uint8 ndarray
        Ink = 255; all zero for a glyph without ink.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied
       to document recognition", Proc. IEEE 86(11), 1998, section III.A.
    """
    glyph = _widened(strength, box_px)
    height, width = glyph.shape
    scale = box_px / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(glyph, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    peak = cv2.minMaxLoc(small)[1]
    canvas = np.zeros((side, side), np.uint8)
    if peak == 0:
        return canvas
    if peak < 255:
        small = cv2.convertScaleAbs(small, alpha=255.0 / peak)
    moments = cv2.moments(small)
    x = round((side - 1) / 2 - moments["m10"] / moments["m00"])
    y = round((side - 1) / 2 - moments["m01"] / moments["m00"])
    x = min(max(x, 0), side - size[0])
    y = min(max(y, 0), side - size[1])
    canvas[y : y + size[1], x : x + size[0]] = small
    return canvas
