"""By how much a page lies askew, from its rules and lines of writing, and the page set straight.

Seen along the lines, ink lies in few rows; seen askew, in many (Postl, 1986). The angle at which the rows
differ most is that of the lines, if it stands out among the others.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["STRAIGHT_DEG", "find_skew", "straightened", "turn_matrix"]

#: Angles that are tried on either side, and their steps, first coarse, then fine, in degrees. The last of
#: them only show whether the best is a summit: pages that lie 15 degrees askew are set straight.
MOST_DEG, COARSE_DEG, FINE_DEG = 16.5, 0.5, 0.1
#: Height of a row, px, and how many pixels of ink are looked at.
ROW_PX, LOOKED_AT = 2.0, 12_000
#: Fewer pixels of ink have no direction.
LEAST_INK = 200
#: The rows differ so many times as much as at most other angles,
STANDS_OUT = 1.3
#: and as in the page as it lies.
GAIN = 1.1
#: What lies less askew than this, in degrees, is straight.
STRAIGHT_DEG = 0.8


def find_skew(mask: NDArray[np.bool_], least_deg: float = STRAIGHT_DEG) -> float:
    """Return by how many degrees a page has to be turned, counter-clockwise, to lie straight.

    Parameters
    ----------
    mask : (H, W) bool ndarray
        Its ink, rules included.
    least_deg : float
        What lies less askew is straight enough.

    Returns
    -------
    float
        From -16.5 to 16.5; 0.0 where its lines are straight enough, or not clear.

    References
    ----------
    .. [1] W. Postl, "Detection of linear oblique structures and skew scan in digitized documents",
       Proc. ICPR, 1986.
    """
    places = np.flatnonzero(mask)
    if len(places) < LEAST_INK:
        return 0.0
    y, x = np.divmod(places[:: max(1, len(places) // LOOKED_AT)], mask.shape[1])
    x, y = (x / ROW_PX).astype(np.float32), (y / ROW_PX).astype(np.float32)
    coarse = np.arange(-MOST_DEG, MOST_DEG + COARSE_DEG / 2, COARSE_DEG)
    found = np.array([_contrast(x, y, angle) for angle in coarse])
    best = int(found.argmax())
    if best in {0, len(coarse) - 1} or found[best] < STANDS_OUT * float(np.median(found)):
        return 0.0
    if abs(coarse[best]) + COARSE_DEG < least_deg:
        return 0.0
    fine = coarse[best] + np.arange(-COARSE_DEG, COARSE_DEG + FINE_DEG / 2, FINE_DEG)
    closer = np.array([_contrast(x, y, angle) for angle in fine])
    turn = round(float(fine[closer.argmax()]), 2)
    if abs(turn) < least_deg or float(closer.max()) < GAIN * _contrast(x, y, 0.0):
        return 0.0
    return turn


def _contrast(x: NDArray[np.float32], y: NDArray[np.float32], angle_deg: float) -> float:
    """Return how much rows at this angle, and columns at right angles to them, differ in ink.

    Each is the sum of squares, without that of chance. Columns tell of tables and combs; and slanted strokes
    that fill empty lines are no rows where upright rules say otherwise. Places are given in heights of a row.
    """
    slope = np.float32(math.tan(math.radians(angle_deg)))
    found = 0.0
    for places in (y - x * slope, x + y * slope):
        places -= places.min()
        ink = np.bincount(places.astype(np.intp))
        found += float(ink @ ink) - len(x)
    return found


def turn_matrix(turn_deg: float, width: int, height: int) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """Return how points of a page move when it is turned and nothing is cut off.

    Parameters
    ----------
    turn_deg : float
        Counter-clockwise.
    width, height : int
        Of the page, px.

    Returns
    -------
    (2, 3) float64 ndarray
        From (x, y, 1) of the page to (x, y) of the turned one.
    (int, int)
        Width and height of the turned one, px.
    """
    turn = math.radians(turn_deg)
    turning = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    corners = np.array([(0, 0), (width, 0), (0, height), (width, height)]) @ turning.T
    least = corners.min(axis=0)
    size = np.ceil(corners.max(axis=0) - least).astype(int)
    return np.column_stack([turning, -least]), (int(size[0]), int(size[1]))


def straightened(
    pixels: NDArray[np.uint8], turn_deg: float
) -> tuple[NDArray[np.uint8], NDArray[np.bool_], NDArray[np.float64]]:
    """Turn a page.

    Parameters
    ----------
    pixels : (H, W) uint8 ndarray
        The page. Not modified.
    turn_deg : float
        Counter-clockwise.

    Returns
    -------
    (H', W') uint8 ndarray
        The page turned, all of it; beyond its edges they go on.
    (H', W') bool ndarray
        True where the page is.
    (2, 3) float64 ndarray
        From (x, y, 1) of the page to (x, y) of the turned one.
    """
    height, width = pixels.shape
    matrix, size = turn_matrix(turn_deg, width, height)
    turned = cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    outline = np.round(corners @ matrix[:, :2].T + matrix[:, 2]).astype(np.int32)
    there = np.zeros(size[::-1], np.uint8)
    cv2.fillConvexPoly(there, outline, 1)
    return np.asarray(turned, np.uint8), there.view(np.bool_), matrix
