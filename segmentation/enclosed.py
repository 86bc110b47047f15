"""Areas enclosed by the ink of one component, with the strokes that hang on it left out."""

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.geometry import Box
from segmentation.labelling import labelled

__all__ = ["enclosed_areas"]

#: A stroke that hangs on is at most this many strokes thick.
THICKEST = 4.0
#: Of the smallest area that is looked for this share is paper.
HOLLOW = 0.25


def enclosed_areas(component: NDArray[np.bool_], stroke_px: float, least_px: float) -> list[Box]:
    """Find the areas that a component goes around, each with the ink around it.

    A dash that runs into a frame, or a crease through several, makes one component of them all;
    what they enclose is still apart.

    Parameters
    ----------
    component : (H, W) bool ndarray
        The component, cut tight. Not modified.
    stroke_px : float
        Width of a typical stroke.
    least_px : float
        Areas less wide or high than this are passed over.

    Returns
    -------
    list of Box
        In px of `component`.
    """
    contours, _ = cv2.findContours(component.view(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros(component.shape, np.uint8)
    cv2.drawContours(filled, contours, -1, 1, cv2.FILLED)
    # Most words are left here: what their letters go around is small.
    if cv2.countNonZero(filled) - np.count_nonzero(component) < HOLLOW * least_px**2:
        return []
    reach = round(THICKEST * stroke_px) | 1
    # Opened with a margin: what lies at the edge is not worn down there.
    margin = cv2.copyMakeBorder(filled, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0)
    solid = cv2.morphologyEx(margin, cv2.MORPH_OPEN, np.ones((reach, reach), np.uint8))
    solid = solid[reach:-reach, reach:-reach]
    _, stats, _ = labelled(np.ascontiguousarray(solid, np.uint8).view(np.bool_))
    return [
        Box(left, top, left + wide, top + high)
        for left, top, wide, high, _ in stats[1:].tolist()
        if min(wide, high) >= least_px
    ]
