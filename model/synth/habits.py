"""How digits are written where MNIST was not collected: ones with a flag or a foot, sevens with a bar."""

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["with_habits"]

Bytes = npt.NDArray[np.uint8]

#: Pixels drawn for one pixel of the image, so that the added stroke has a smooth edge.
ZOOM = 4
#: Grey value (of 255) above which a pixel of an image is ink.
INK_LEVEL = 100


def with_habits(rng: np.random.Generator, images: Bytes, labels: Bytes, *, share: float) -> Bytes:
    """Give some ones a flag, and perhaps a foot, and some sevens a bar.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same bytes.
    images : (N, 28, 28) uint8 ndarray
        Digits, 0 = paper, 255 = ink. Not modified.
    labels : (N,) uint8 ndarray
        Of the images.
    share : float
        How many of the ones and of the sevens, 0..1.

    Returns
    -------
    (N, 28, 28) uint8 ndarray
        All images, in their order.
    """
    changed = images.copy()
    for digit, add in ((1, _flagged), (7, _barred)):
        places = np.flatnonzero(labels == digit)
        for place in places[rng.random(len(places)) < share]:
            changed[place] = add(rng, changed[place])
    return changed


def _stroke_px(image: Bytes) -> float:
    """Return the width of an upright stroke: the median over the rows that it crosses."""
    inked = (image > INK_LEVEL).sum(axis=1)
    return float(np.median(inked[inked > 0]))


def _add_line(image: Bytes, start: tuple[float, float], end: tuple[float, float], width_px: float) -> Bytes:
    layer = np.zeros((image.shape[0] * ZOOM, image.shape[1] * ZOOM), np.uint8)
    points = [(round((x + 0.5) * ZOOM), round((y + 0.5) * ZOOM)) for x, y in (start, end)]
    cv2.line(layer, points[0], points[1], 255, max(1, round(width_px * ZOOM)), cv2.LINE_AA)
    small = cv2.resize(layer, image.shape[::-1], interpolation=cv2.INTER_AREA)
    return np.maximum(image, np.asarray(small, np.uint8))


def _end(image: Bytes, *, top: bool) -> tuple[float, float] | None:
    """Return the upper or lower end of the ink, as x and y."""
    rows = np.flatnonzero((image > INK_LEVEL).any(axis=1))
    if len(rows) < 8:
        return None
    y = int(rows[0] if top else rows[-1])
    columns = np.flatnonzero(image[y] > INK_LEVEL)
    return float(columns.mean()), float(y)


def _flagged(rng: np.random.Generator, image: Bytes) -> Bytes:
    """Return a one with an upstroke to its head, and sometimes a foot."""
    head, foot = _end(image, top=True), _end(image, top=False)
    if head is None or foot is None:
        return image
    width = min(3.5, _stroke_px(image))
    height = foot[1] - head[1]
    # As flat as a seven's roof it would be a seven, as steep as the stroke it would be no flag.
    stem = float(np.arctan2(height, head[0] - foot[0]))
    steep = float(np.clip(rng.uniform(0.6, 1.2), 0.0, max(0.5, stem - 0.4)))
    length = height * rng.uniform(0.2, 0.45)
    start = (head[0] - length * np.cos(steep), head[1] + 0.5 + length * np.sin(steep))
    flagged = _add_line(image, (head[0], head[1] + 0.5), start, width)
    if rng.random() < 0.25:
        half = height * rng.uniform(0.15, 0.3)
        tilt = rng.normal(0, 0.6)
        ends = (foot[0] - half, foot[1] - 0.5 + tilt), (foot[0] + half, foot[1] - 0.5 - tilt)
        flagged = _add_line(flagged, *ends, width)
    return flagged


def _barred(rng: np.random.Generator, image: Bytes) -> Bytes:
    """Return a seven with a bar across its leg."""
    ink = image > INK_LEVEL
    rows = np.flatnonzero(ink.any(axis=1))
    if len(rows) < 8:
        return image
    y = float(rows[0] + len(rows) * rng.uniform(0.42, 0.62))
    columns = np.flatnonzero(ink[int(y)])
    if not len(columns):
        return image
    middle, half = float(columns[-1]) - 1.0, 0.5 * len(rows) * rng.uniform(0.25, 0.45)
    tilt = rng.normal(0, 1.0)
    return _add_line(image, (middle - half, y + tilt), (middle + half, y - tilt), min(3.0, _stroke_px(image)))
