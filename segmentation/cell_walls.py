"""Ink that reaches over the wall between two cells: parted where each of them holds a good share."""

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["parted_by_cells"]

#: A cell that holds at least this share of a component holds a symbol of its own.
OWN_SHARE = 0.3


def parted_by_cells(
    labels: NDArray[np.int32],
    stats: NDArray[np.int32],
    centres: NDArray[np.float64],
    cells: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Part components that hold symbols of several cells.

    A long tail that reaches into the next cell stays with its digit; two digits that touch through
    the wall become two. Ink on the wall itself goes with the part on its left, or else above it.

    Parameters
    ----------
    labels : (H, W) int32 ndarray
        Which component a pixel belongs to, 0 on paper. Not modified.
    stats : (N, 5) int32 ndarray
        Left, top, width, height, area of each component, the paper first.
    centres : (N, 2) float64 ndarray
        Their centres (x, y).
    cells : (H, W) int32 ndarray
        Which cell a pixel lies in, -1 outside of all cells.

    Returns
    -------
    labels, stats, centres
        As given where nothing is parted; new parts come last.
    """
    shares = _shares(labels, cells, len(stats))
    if not shares:
        return labels, stats, centres
    parted = labels.copy()
    more_stats, more_centres = list(stats), list(centres)
    for label, own in shares.items():
        left, top, width, height, _ = (int(v) for v in stats[label])
        window = (slice(top, top + height), slice(left, left + width))
        here = labels[window] == label
        home = _nearest_cell(cells[window], own)
        for cell in own[1:]:
            part = here & (home == cell)
            parted[window][part] = len(more_stats)
            box, centre = _measured(part, left, top)
            more_stats.append(box)
            more_centres.append(centre)
        rest = here & (home == own[0])
        more_stats[label], more_centres[label] = _measured(rest, left, top)
    return parted, np.array(more_stats, np.int32), np.array(more_centres, np.float64)


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


def _measured(part: NDArray[np.bool_], left: int, top: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return box and area, and the centre, of a part of a component."""
    rows, columns = np.nonzero(part)
    x, y = int(columns.min()), int(rows.min())
    size = (int(columns.max()) - x + 1, int(rows.max()) - y + 1)
    box = np.array([left + x, top + y, *size, len(rows)], np.int32)
    return box, np.array([left + columns.mean(), top + rows.mean()])
