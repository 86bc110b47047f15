"""Ink that reaches over the wall between two cells: parted where each of them holds a good share."""

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.parting import Parting

__all__ = ["part_by_cells"]

#: A cell that holds at least this share of a component holds a symbol of its own.
OWN_SHARE = 0.3


def part_by_cells(parting: Parting, cells: NDArray[np.int32]) -> None:
    """Part components that hold symbols of several cells, in place.

    A long tail that reaches into the next cell stays with its digit; two digits that touch through
    the wall become two. Ink on the wall itself goes with the part on its left, or else above it.

    Parameters
    ----------
    parting : Parting
        The page's components.
    cells : (H, W) int32 ndarray
        Which cell a pixel lies in, -1 outside of all cells.
    """
    for label, own in _shares(parting.labels, cells, len(parting.stats)).items():
        window = parting.window(label)
        home = _nearest_cell(cells[window], own)
        for cell in own[1:]:
            parting.take(label, home == cell, window)


def _shares(labels: NDArray[np.int32], cells: NDArray[np.int32], count: int) -> dict[int, list[int]]:
    """Return the components that hold symbols of several cells, with these cells."""
    inked = np.flatnonzero((labels > 0) & (cells >= 0))
    own, cell = labels.ravel()[inked].astype(np.int64), cells.ravel()[inked].astype(np.int64)
    pairs, sizes = np.unique(own * (int(cells.max()) + 1) + cell, return_counts=True)
    owners, held = np.divmod(pairs, int(cells.max()) + 1)
    whole = np.bincount(owners, weights=sizes, minlength=count)
    good = sizes >= OWN_SHARE * whole[owners]
    several = np.flatnonzero(np.bincount(owners[good], minlength=count) > 1)
    return {int(label): held[good & (owners == label)].tolist() for label in several}


def _nearest_cell(cells: NDArray[np.int32], own: list[int]) -> NDArray[np.int32]:
    """Return for each pixel which of the cells is its own: the one it lies in, or the nearest."""
    away = [cv2.distanceTransform((cells != cell).view(np.uint8), cv2.DIST_L2, 3) for cell in own]
    return np.asarray(np.array(own, np.int32)[np.argmin(away, axis=0)])
