"""Presses the ink of glyphs onto a layer of ink."""

import cv2
import numpy as np
import numpy.typing as npt

from model.synth.pens import Ink

__all__ = ["press"]

Bytes = npt.NDArray[np.uint8]


def press(layer: Bytes, ink: Ink, left: int, top: int) -> tuple[int, int, int, int]:
    """Put ink on the layer in place, with the box of its ink at ``(left, top)``.

    Parameters
    ----------
    layer : (H, W) or (H, W, 3) uint8 ndarray
        What share of the light passes, 255 = all. Changed in place.
    ink : Ink
        What to press; parts beyond the layer are lost.
    left, top : int
        Where the ink's box begins.

    Returns
    -------
    tuple of int
        Left, top, right, bottom of the ink's box on the layer, half-open.
    """
    x, y = left - ink.box[0], top - ink.box[1]
    height, width = ink.opacity.shape
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + width, layer.shape[1]), min(y + height, layer.shape[0])
    if x1 > x0 and y1 > y0:
        opacity = ink.opacity[y0 - y : y1 - y, x0 - x : x1 - x]
        area = layer[y0:y1, x0:x1]
        if layer.ndim == 2:
            darkness = (
                1 - (0.11 * ink.colour_bgr[0] + 0.59 * ink.colour_bgr[1] + 0.30 * ink.colour_bgr[2]) / 255
            )
            passes = cv2.convertScaleAbs(opacity, alpha=-darkness, beta=255)
        else:
            shares = 1 - np.asarray(ink.colour_bgr, np.float32) / 255
            passes = cv2.merge([cv2.convertScaleAbs(opacity, alpha=-float(s), beta=255) for s in shares])
        area[...] = cv2.multiply(area, passes, scale=1 / 255)
    return left, top, left + ink.width, top + ink.height
