"""Pictures of a single digit, as collections of digits and cropped photos hold them.

Such a picture is small, often without a margin, sometimes stretched to a square, of two grey values only,
or light on dark. What becomes of the digit's shape on the way there is nothing that a pen does.
"""

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["INK_LEVEL", "draw_picture"]

Bytes = npt.NDArray[np.uint8]

#: Grey value (of 255) above which a pixel of an image is ink.
INK_LEVEL = 64
#: A digit is enlarged so many times before it is scaled to its picture.
ZOOM = 8
#: Longer side of the digit in its picture, in px; small ones are as many as large ones.
SIDES_PX = (8.0, 56.0)
#: Share of the pictures that are stretched towards a square, and the most that either side is stretched.
STRETCHED, MOST_STRETCHED = 0.5, 2.2
#: Share of the pictures of two grey values, and the coverage from which a pixel is ink there.
TWO_VALUES, COVERED = 0.35, (0.25, 0.6)
#: Margin on each side, as a share of the digit's longer side; so many pictures have none at all.
MARGIN, NO_MARGIN = 0.35, 0.4
#: Share of the pictures that were enlarged afterwards, and by how much at most.
ENLARGED, MOST_ENLARGED = 0.3, 4.0
#: Share that is light on dark.
INVERTED = 0.5
#: Levels, of 255, of paper and ink, and the noise of both, at most.
PAPER, INK, NOISE = (170, 256), (0, 90), 6.0


def draw_picture(rng: np.random.Generator, image: Bytes) -> Bytes:
    """Draw the picture of one digit.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same bytes.
    image : (S, S) uint8 ndarray
        The digit, 0 = paper, 255 = ink; not blank. Not modified.

    Returns
    -------
    (H, W) uint8 ndarray
        0 = black.
    """
    coverage = _at_size(rng, _enlarged(image))
    if rng.random() < TWO_VALUES:
        coverage = np.where(coverage > 255 * rng.uniform(*COVERED), np.uint8(255), np.uint8(0))
        if not coverage.any():
            return draw_picture(rng, image)
    coverage = _with_margin(rng, coverage)
    if rng.random() < ENLARGED:
        by = float(rng.uniform(1.5, MOST_ENLARGED))
        way = int(rng.choice([cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC]))
        coverage = np.asarray(cv2.resize(coverage, None, fx=by, fy=by, interpolation=way), np.uint8)
    return _exposed(rng, coverage)


def _enlarged(image: Bytes) -> Bytes:
    """Cut a digit tightly and enlarge it with smooth edges."""
    left, top, width, height = cv2.boundingRect((image > INK_LEVEL).view(np.uint8))
    tight = image[top : top + height, left : left + width]
    size = (ZOOM * width, ZOOM * height)
    return np.asarray(cv2.resize(tight, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _at_size(rng: np.random.Generator, ink: Bytes) -> Bytes:
    """Scale a digit to the size that it has in its picture, stretched or as it is."""
    height, width = ink.shape
    low, high = np.log(SIDES_PX)
    side = float(np.exp(rng.uniform(low, high)))
    across, down = side * width / max(ink.shape), side * height / max(ink.shape)
    if rng.random() < STRETCHED:
        share = float(rng.choice([1.0, rng.random()]))
        across *= min(MOST_STRETCHED, side / across) ** share
        down *= min(MOST_STRETCHED, side / down) ** share
    size = (max(2, round(across)), max(4, round(down)))
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.uint8)


def _with_margin(rng: np.random.Generator, coverage: Bytes) -> Bytes:
    if rng.random() < NO_MARGIN:
        return coverage
    above, below, left, right = np.round(rng.uniform(0, MARGIN, 4) * max(coverage.shape)).astype(int).tolist()
    return np.pad(coverage, ((above, below), (left, right)))


def _exposed(rng: np.random.Generator, coverage: Bytes) -> Bytes:
    """Turn coverage into grey values."""
    paper, ink = float(rng.integers(*PAPER)), float(rng.integers(*INK))
    if rng.random() < INVERTED:
        paper, ink = 255 - paper, 255 - ink
    grey = paper + (ink - paper) / 255 * coverage.astype(np.float32)
    if rng.random() < 0.5:
        grey += rng.normal(0, rng.uniform(0, NOISE), coverage.shape)
    return np.asarray(np.clip(np.round(grey), 0, 255), np.uint8)
