"""Coarse grain smoothed away, once a page."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.clean import measure_grain
from segmentation.config import SegmentationConfig

__all__ = ["Smoothed"]


@dataclass(frozen=True, slots=True)
class Smoothed:
    """A page without coarse grain, which frays strokes and rules; what is read is wider than that.

    Attributes
    ----------
    before : (H, W) uint8 ndarray
        The page as it was.
    pixels : (H, W) uint8 ndarray
        The page; `before` itself where its grain is fine.
    reach : float
        Standard deviation of the smoothing, in px.
    """

    before: NDArray[np.uint8]
    pixels: NDArray[np.uint8]
    reach: float

    @classmethod
    def of(
        cls,
        pixels: NDArray[np.uint8],
        config: SegmentationConfig,
        stroke_px: float = float("inf"),
        known: "Smoothed | None" = None,
    ) -> "Smoothed":
        """Smooth a page.

        Parameters
        ----------
        pixels : (H, W) uint8 ndarray
            The page. Not modified.
        config : SegmentationConfig
            Says which grain is coarse, and how far it is smoothed.
        stroke_px : float
            Width of a typical stroke: smoothing must not blur it.
        known : Smoothed, optional
            Of a page that may be this very one; then that is not done anew.
        """
        reach = min(config.smoothing_px, config.smoothing_strokes * stroke_px)
        if known is not None and known.before is pixels and (known.pixels is pixels or known.reach == reach):
            return known
        if measure_grain(pixels) <= config.coarse_grain:
            return cls(pixels, pixels, reach)
        return cls(pixels, np.asarray(cv2.GaussianBlur(pixels, (0, 0), reach), np.uint8), reach)
