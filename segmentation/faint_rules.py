"""Rules that are too pale or too broken to be ink: seen where contrast is averaged along them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.scale import WritingSize

__all__ = ["faint_lines"]

#: Contrast is averaged along a line over so many writing heights,
ALONG = 0.6
#: of which this share is no writing.
SEEN = 0.3
#: Ink this many strokes thick is writing, which reaches so many px beyond; what is thinner may be a rule.
WRITTEN, FRINGE_PX = 0.8, 2
#: A line is so many levels darker than both its sides,
LEAST_RIDGE = 6.0
#: and so many times as much as what the page's texture typically is.
OVER_TEXTURE = 4.0
#: The texture is measured on each so manieth px.
SAMPLED_PX = 3
#: Columns that an average along a line is made of at least.
LEAST_ALONG = 7
#: A line goes on for so many writing heights.
LEAST_LENGTH = 1.0


def faint_lines(contrast: NDArray[np.uint8], mask: NDArray[np.bool_], size: WritingSize) -> NDArray[np.bool_]:
    """Find pale lines that are nearly level.

    Noise fades where it is averaged, a line does not. Writing is left out of the average, or each row of
    digits would be a line.

    Parameters
    ----------
    contrast : (H, W) uint8 ndarray
        Darkness against the paper. Not modified.
    mask : (H, W) bool ndarray
        True = ink. Not modified.
    size : WritingSize
        Of the writing on this page.

    Returns
    -------
    (H, W) bool ndarray
        Where they run, inked or not.
    """
    along = max(9, round(ALONG * size.height_px)) | 1
    thickness = max(2, round(WRITTEN * size.stroke_px))
    written = cv2.morphologyEx(mask.view(np.uint8), cv2.MORPH_OPEN, np.ones((thickness, thickness), np.uint8))
    written = cv2.dilate(written, np.ones((2 * FRINGE_PX + 1, 2 * FRINGE_PX + 1), np.uint8))
    paper = (written == 0).view(np.uint8) * np.uint8(255)
    # What is averaged along the lines anyway is first averaged over a few columns each.
    columns = max(1, along // LEAST_ALONG)
    reach = round(along / columns) | 1
    seen, depth = (
        cv2.boxFilter(_narrowed(plane, columns), cv2.CV_32F, (reach, 1))
        for plane in (paper, cv2.bitwise_and(contrast, paper))
    )
    depth = cv2.divide(depth, np.maximum(seen, np.float32(1)), scale=255.0)
    ridge = cv2.subtract(cv2.dilate(depth, np.ones((3, 1), np.uint8)), _darker_side(depth, size.stroke_px))
    middle, upper = np.quantile(ridge[::SAMPLED_PX], (0.5, 0.75))
    least = max(LEAST_RIDGE, float(middle + OVER_TEXTURE * (upper - middle)))
    lines = ((ridge >= least) & (seen >= SEEN * 255.0)).view(np.uint8)
    length = max(3, round(max(9.0, LEAST_LENGTH * size.height_px) / columns))
    thick = cv2.dilate(lines, np.ones((3, 1), np.uint8))
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    wide = cv2.resize(
        cv2.bitwise_and(runs, lines), (lines.shape[1] * columns, len(lines)), interpolation=cv2.INTER_NEAREST
    )
    found = np.ascontiguousarray(wide[:, : mask.shape[1]], np.uint8)
    return found.view(np.bool_)


def _narrowed(plane: cv2.typing.MatLike, columns: int) -> cv2.typing.MatLike:
    """Return the averages of so many columns each; beyond its edge the page goes on."""
    beyond = -plane.shape[1] % columns
    whole = cv2.copyMakeBorder(plane, 0, 0, 0, beyond, cv2.BORDER_REPLICATE) if beyond else plane
    size = (whole.shape[1] // columns, len(whole))
    return cv2.resize(whole, size, interpolation=cv2.INTER_AREA)


def _darker_side(depth: cv2.typing.MatLike, stroke_px: float) -> NDArray[np.float32]:
    """Return how dark the darker of a line's two sides is, for a line at each pixel."""
    away = max(1, round(0.5 * stroke_px)) + 2
    sides = np.zeros(depth.shape, np.float32)
    sides[away:] = depth[:-away]
    cv2.max(sides[:-away], depth[away:], dst=sides[:-away])
    return sides
