"""Ink that surely belongs to no digit is left out: where that is said of it, and what hangs together with it.

The network speaks of squares as large as a few strokes, so that a digit makes the printed box around it a
little like a digit, too. A piece of ink is one thing: of a box's wall or a dash of it nothing may stay behind
that would be read as a one.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.labelling import labelled
from segmentation.parting import Parting
from segmentation.scale import WritingSize
from segmentation.sorting import SortedInk
from segmentation.tails import take_off_dashes

__all__ = ["LEAST_DIGIT", "digit_ink"]

#: Ink is left out where it belongs to digits by less than this probability, and components by this share.
LEAST_DIGIT = 0.05
#: Of what is less probably a digit than this on the whole,
HARDLY_DIGIT = 0.4
#: all is left out if this share of it is,
LEFT_OUT_SHARE = 0.2
#: or if it is shorter than this, in heights of the writing: dashes of a dotted line, the corner of a box.
SHORT = 0.25
#: A digit that a dash touches is at most so many heights of the writing high.
HIGHEST = 4.0


def digit_ink(mask: NDArray[np.bool_], sorted_ink: SortedInk, size: WritingSize) -> NDArray[np.bool_]:
    """Return the ink of a page that may belong to digits.

    Parameters
    ----------
    mask : (H, W) bool ndarray
        Ink without the rules that were found. Not modified.
    sorted_ink : SortedInk
        What the ink of the page belongs to.
    size : WritingSize
        Of the page's writing.

    Returns
    -------
    (H, W) bool ndarray
        A part of `mask`.
    """
    # A dash that fills the line up to a digit is no reason to lose the digit that it touches.
    parting = Parting(*labelled(mask))
    low = parting.stats[:, cv2.CC_STAT_HEIGHT] <= HIGHEST * size.height_px
    take_off_dashes(parting, low, size.height_px, size.stroke_px)
    labels, stats = parting.labels, parting.stats
    # Of a page little is ink: all that follows is told of its pixels alone.
    places = np.flatnonzero(mask)
    own = labels.ravel()[places]
    probable = sorted_ink.digits_at(mask.shape).ravel()[places]
    may_be = probable >= LEAST_DIGIT
    areas = np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    belief = np.bincount(own, weights=probable, minlength=len(stats)) / areas
    stays = np.bincount(own, weights=may_be, minlength=len(stats)) / areas
    longest = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    odd = (1 - stays > LEFT_OUT_SHARE) | (longest < SHORT * size.height_px)
    kept = np.zeros(mask.shape, bool)
    kept.ravel()[places] = may_be & ~((belief < HARDLY_DIGIT) & odd)[own]
    return kept
