"""How much of the ink in a cell is printed: headings of columns are, and names of rows."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.cells import CellMap
from segmentation.scale import WritingSize
from segmentation.sorting import OTHER, PRINTED_SORTS, SortedInk

__all__ = ["with_print"]

#: Less ink than so many squares of the stroke is a speck.
LEAST_STROKES = 6.0
#: No more of a cell's ink is taken for rules than leaves this share.
LEAST_WRITING = 0.05


def with_print(cells: CellMap, mask: NDArray[np.bool_], sorted_ink: SortedInk, size: WritingSize) -> CellMap:
    """Tell how much of the ink in each cell is print: letters and digits alike, for headings are short.

    Parameters
    ----------
    cells : CellMap
        Of the page. Not modified.
    mask : (H, W) bool ndarray
        Ink without rules. Not modified.
    sorted_ink : SortedInk
        What it belongs to.
    size : WritingSize
        Of the working page.

    Returns
    -------
    CellMap
        The same cells.
    """
    if not cells.cells:
        return cells
    boxes = [cell.box for cell in cells.cells]
    left, top, right, bottom = np.array([(b.left, b.top, b.right, b.bottom) for b in boxes], np.intp).T
    sums = cv2.integral(mask.view(np.uint8))
    inked = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    shares = sorted_ink.shares(boxes)
    writing = np.maximum(1.0 - shares[:, OTHER], LEAST_WRITING)
    printed = np.where(
        inked >= LEAST_STROKES * size.stroke_px**2, shares[:, PRINTED_SORTS].sum(axis=1) / writing, 0
    )
    told = (replace(cell, printed=float(own)) for cell, own in zip(cells.cells, printed, strict=True))
    return replace(cells, cells=tuple(told))
