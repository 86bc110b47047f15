"""Page to ink: flattens the light, finds the polarity, thresholds each stroke at half its peak.

It takes out what the light did (shadow, vignette, tinted paper) and what the paper's
grain does; what is print, rule or handwriting is decided later.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.config import DEFAULT, SegmentationConfig
from segmentation.medians import quantile_within
from segmentation.resizing import glimpsed, reduced

__all__ = ["Contrast", "Ink", "extract_ink", "flatten_light", "is_inverted", "measure_grain"]

#: Longest side, in px, of the reduced page on which the background is estimated.
BACKGROUND_SIDE_PX = 256
#: Paper darker than this share of the page's typical paper is not brightened further.
DARKEST_PAPER = 0.6
#: Blocks of this many px that are all of one level, but for so many levels, say nothing of the paper.
BLOCK_PX, ONE_LEVEL = 32, 1
#: nor do the others where one level takes this share: then the paper has no grain, and they hold ink.
SAME_LEVEL = 0.5
#: No paper's grain is so far spread, in grey levels between its quartiles: what is not flat is ink then.
MOST_SPREAD = 80.0
#: Ink that is this share as dark as the dark ink of its page stands out of the coarsest texture;
STANDS_OUT = 0.3
#: as dark is this quantile of what stands out in any case.
DARK_QUANTILE = 0.75


@dataclass(frozen=True, slots=True)
class Ink:
    """The ink of a page.

    Attributes
    ----------
    mask : (H, W) bool ndarray
        True = ink.
    strength : (H, W) uint8 ndarray
        Contrast over the local peak: 255 in the middle of a stroke, about 128 at its edge.
    contrast : (H, W) uint8 ndarray
        Darkness against the paper, 0..255, before any threshold.
    noise : float
        Standard deviation of the paper's grain, in levels of `contrast`.
    inverted : bool
        True where the page is written light on dark.
    """

    mask: NDArray[np.bool_]
    strength: NDArray[np.uint8]
    contrast: NDArray[np.uint8]
    noise: float
    inverted: bool

    def within(self, there: NDArray[np.bool_]) -> "Ink":
        """Return the ink of a part of the page, given as a mask; there is none elsewhere."""
        kept = there.view(np.uint8)
        strength, contrast = self.strength * kept, self.contrast * kept
        return replace(self, mask=self.mask & there, strength=strength, contrast=contrast)


def _quantiles(values: NDArray[np.uint8], *shares: float) -> list[float]:
    """Return the levels that these shares of the values do not exceed."""
    histogram = cv2.calcHist([values], [0], None, [256], [0, 256]).ravel()
    levels = np.searchsorted(np.cumsum(histogram), np.array(shares) * histogram.sum())
    return [float(level) for level in levels]


def is_inverted(pixels: NDArray[np.uint8]) -> bool:
    """Tell whether the page is written light on dark.

    Ink is the minority that departs far from its surroundings: where the large departures
    from the local median go up rather than down, the page is inverted. A shadow does not
    mislead it, because the median follows the shadow.

    Parameters
    ----------
    pixels : (H, W) uint8 ndarray
        The page, 0 = black. Not modified.

    Returns
    -------
    bool
        False for a page without contrast.
    """
    small = glimpsed(pixels, 4 * BACKGROUND_SIDE_PX)
    window = max(3, min(small.shape) // 12) | 1
    median = cv2.medianBlur(glimpsed(small, BACKGROUND_SIDE_PX), min(window // 4 * 2 + 1, 51))
    median = cv2.resize(median, small.shape[::-1], interpolation=cv2.INTER_LINEAR)
    (farthest,) = _quantiles(np.asarray(cv2.absdiff(small, median), np.uint8), 0.99)
    scale = max(30.0, 0.6 * farthest)
    lighter = int(cv2.countNonZero((cv2.subtract(small, median) > scale).view(np.uint8)))
    darker = int(cv2.countNonZero((cv2.subtract(median, small) > scale).view(np.uint8)))
    # A dark page is needed as well: glare on white paper is light on light.
    return lighter > 2 * darker and float(np.median(small)) < 128


def flatten_light(pixels: NDArray[np.uint8], config: SegmentationConfig = DEFAULT) -> NDArray[np.uint8]:
    """Measure how much darker than its background each pixel is, as a share of that background.

    The background is a morphological closing of the reduced page: wider than any stroke,
    so that strokes vanish from it while shadows stay.

    Parameters
    ----------
    pixels : (H, W) uint8 ndarray
        The page, dark on light. Not modified.
    config : SegmentationConfig
        Gives the window.

    Returns
    -------
    (H, W) uint8 ndarray
        0 on the paper, up to 255 in black ink.
    """
    small = reduced(pixels, BACKGROUND_SIDE_PX)
    window = max(3, round(max(small.shape) * config.background_window)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (window, window))
    smooth = cv2.medianBlur(small, 3) if min(small.shape) >= 3 else small
    background = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    background = cv2.GaussianBlur(background, (0, 0), window / 6)
    # In deep shadow the grain is as strong as on bright paper: the gain has to end somewhere.
    bright = np.maximum(background, max(1.0, DARKEST_PAPER * float(np.median(background))))
    size = pixels.shape[::-1]
    background = cv2.resize(background, size, interpolation=cv2.INTER_LINEAR)
    gain = cv2.resize(bright.astype(np.uint8), size, interpolation=cv2.INTER_LINEAR)
    darker = cv2.subtract(background, pixels)
    return np.asarray(cv2.divide(darker, gain, scale=255), dtype=np.uint8)


def measure_grain(pixels: NDArray[np.uint8]) -> float:
    """Return the standard deviation of the noise from pixel to pixel, in grey levels.

    The second difference cancels light and slow texture; its median passes over strokes.

    Parameters
    ----------
    pixels : (H, W) uint8 ndarray
        The page. Not modified.
    """
    second = cv2.convertScaleAbs(cv2.Laplacian(pixels, cv2.CV_16S, ksize=1))
    (middle,) = _quantiles(np.asarray(second, np.uint8), 0.5)
    # A Laplacian of independent noise has the deviation sqrt(4 * 1 + 4 ** 2) of the noise.
    return middle / 0.6745 / 20**0.5


def _with_grain(contrast: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the pixels of a page without its flat parts: around a photo somebody laid on white, say."""
    down, across = (side // BLOCK_PX for side in contrast.shape)
    blocks = contrast[: down * BLOCK_PX, : across * BLOCK_PX].reshape(down, BLOCK_PX, across, BLOCK_PX)
    if not blocks.size:
        return contrast
    # Down the rows first: neighbours in a row are compared many at once.
    flat = blocks.max(axis=1).max(axis=2) - blocks.min(axis=1).min(axis=2) <= ONE_LEVEL
    if flat.all() or not flat.any():
        return contrast
    grained = np.ascontiguousarray(blocks.transpose(0, 2, 1, 3)[~flat])
    commonest = np.bincount(grained.ravel()).max()
    return grained if commonest < SAME_LEVEL * grained.size else contrast


def _noise(contrast: NDArray[np.uint8]) -> tuple[float, float]:
    """Return the paper's typical contrast and its deviation, from the histogram's middle."""
    lower, middle, upper = _quantiles(_with_grain(contrast), 0.25, 0.5, 0.75)
    if upper - lower > MOST_SPREAD:
        lower, middle, upper = _quantiles(contrast, 0.25, 0.5, 0.75)
    if upper - lower > MOST_SPREAD:
        # More than a quarter of the page is ink, as where rules are bold: the paler half tells of the paper.
        upper = 2 * middle - lower
    return middle, max(1.0, (upper - lower) / 1.349)


@dataclass(frozen=True, slots=True)
class Contrast:
    """How dark a page is against its paper.

    Attributes
    ----------
    levels : (H, W) uint8 ndarray
        0 on the paper, up to 255 in black ink.
    paper, noise : float
        What the paper typically has of it, and its deviation.
    """

    levels: NDArray[np.uint8]
    paper: float
    noise: float

    @classmethod
    def of(
        cls, pixels: NDArray[np.uint8], *, inverted: bool, config: SegmentationConfig = DEFAULT
    ) -> "Contrast":
        """Measure a page, which is not modified."""
        page = cv2.bitwise_not(pixels) if inverted else pixels
        levels = flatten_light(np.asarray(page, dtype=np.uint8), config)
        return cls(levels, *_noise(levels))


def extract_ink(
    pixels: NDArray[np.uint8],
    *,
    inverted: bool,
    stroke_px: float,
    config: SegmentationConfig = DEFAULT,
    contrast: Contrast | None = None,
) -> Ink:
    """Threshold a page into ink.

    Each pixel is compared with the strongest contrast near it, so that a stroke ends where
    it has fallen to about half its own peak, be it pencil or marker, sharp or blurred.

    Parameters
    ----------
    pixels : (H, W) uint8 ndarray
        The page, 0 = black. Not modified.
    inverted : bool
        True where the page is written light on dark.
    stroke_px : float
        Width of a typical stroke in px: how far the peak of a stroke is looked for.
    config : SegmentationConfig
        Thresholds.
    contrast : Contrast, optional
        Of this page, where it was measured before. Not modified.

    Returns
    -------
    Ink
        Mask and strengths, of the page's size.
    """
    measured = contrast or Contrast.of(pixels, inverted=inverted, config=config)
    levels, paper, noise = measured.levels, measured.paper, measured.noise
    floor = paper + max(config.contrast_floor, config.contrast_sigmas * noise)
    reach = max(3, round(2.0 * stroke_px)) | 1
    kernel = np.ones((reach, reach), np.uint8)
    peak = cv2.dilate(levels, kernel)
    peak = cv2.blur(peak, (reach, reach))
    # Where the peak is none, there is nothing to divide either, and OpenCV gives none.
    strength = cv2.divide(levels, peak, scale=127.5 / config.edge_share)
    stroke = strength >= 128
    mask = stroke & (levels >= floor)
    if mask.any():
        # Newsprint and weave count as noise, and would hide thin rules that anybody sees.
        standing_out = paper + max(
            config.contrast_floor, STANDS_OUT * quantile_within(levels, mask, DARK_QUANTILE)
        )
        if standing_out < floor:
            mask = stroke & (levels >= standing_out)
    return Ink(mask, np.asarray(strength, np.uint8), levels, noise, inverted)
