"""Dashes that fill a line up to the first digit, and touch it: taken off."""

import numpy as np
from numpy.typing import NDArray

from segmentation.dashes import THICKEST_STROKES, is_dash
from segmentation.parting import Parting

__all__ = ["take_off_dashes"]

#: A dash that fills a line is at least this long over the writing's height,
LEAST_LENGTH = 0.6
#: and joins what it touches between these shares of its height: bars and feet lie higher and lower.
HIGHEST, LOWEST = 0.22, 0.8
#: What it touches is at least so high, over the writing's height.
LEAST_HEIGHT = 0.6


def take_off_dashes(
    parting: Parting, plausible: NDArray[np.bool_], height_px: float, stroke_px: float
) -> None:
    """Make dashes that touch a digit, on its left or right, components of their own, in place.

    Parameters
    ----------
    parting : Parting
        The page's components.
    plausible : (N,) bool ndarray
        Those that can be writing. Not modified.
    height_px, stroke_px : float
        Height and stroke width of the writing.
    """
    stats = parting.stats
    long = (stats[:, 2] > 1.5 * LEAST_LENGTH * height_px) & (stats[:, 3] > LEAST_HEIGHT * height_px)
    long[0] = False  # the paper
    for label in np.flatnonzero(long & plausible):
        for mirrored in (False, True):
            ink = parting.mask(int(label))
            length = _dash_length(ink[:, ::-1] if mirrored else ink, height_px, stroke_px)
            if length:
                dash = np.zeros(ink.shape, bool)
                dash[:, -length:] = mirrored
                dash[:, :length] |= not mirrored
                parting.take(int(label), dash)


def _dash_length(ink: NDArray[np.bool_], height_px: float, stroke_px: float) -> int:
    """Return how many columns the dash on the left of a component has, 0 where there is none."""
    top = ink.argmax(axis=0)
    bottom = len(ink) - ink[::-1].argmax(axis=0)
    thick = (bottom - top > THICKEST_STROKES * stroke_px) & ink.any(axis=0)
    length = int(thick.argmax())
    if not is_dash(ink[:, :length], LEAST_LENGTH * height_px, stroke_px):
        return 0
    inked = np.flatnonzero(ink[:, :length].any(axis=0))
    middles = (top + bottom)[inked] / 2
    rest = np.flatnonzero(ink[:, length:].any(axis=1))
    height = int(rest[-1] - rest[0]) + 1
    joins = (float(np.median(middles[-max(1, len(middles) // 4) :])) - rest[0]) / height
    return length if height >= LEAST_HEIGHT * height_px and HIGHEST < joins < LOWEST else 0
