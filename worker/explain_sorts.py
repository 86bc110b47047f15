"""A part of a page's ink, coloured by what the network of ink takes it for."""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.sorting import SORTS, SortedInk
from worker.explain_canvas import Colour
from worker.explain_views import View
from worker.reader import PageWork

__all__ = ["SORT_COLOURS", "SORT_NAMES", "sort_view"]

#: What each sort is called, in the order in which the network tells them.
SORT_NAMES: Final = ("digits by hand", "printed digits", "words by hand", "printed words", "anything else")
#: RGB of their ink.
SORT_COLOURS: Final[tuple[Colour, ...]] = (
    (20, 90, 200),
    (20, 150, 150),
    (205, 60, 140),
    (225, 140, 20),
    (150, 150, 150),
)
_PAPER: Final = 255


def sort_view(work: PageWork, ink: SortedInk, view: View) -> NDArray[np.uint8]:
    """Return that part of the ink, rules and all, each square in the colour of its likeliest sort.

    Parameters
    ----------
    work : PageWork
        Of the page. Not modified.
    ink : SortedInk
        Of the same page.
    view : View
        The part.

    Returns
    -------
    (h, w, 3) uint8 ndarray
        RGB on white.
    """
    box = view.box
    mask = work.segmentation.writing.ink.mask[box.top : box.bottom, box.left : box.right]
    sorts = np.where(mask, ink.likeliest(box), SORTS)
    shown = np.array([*SORT_COLOURS, (_PAPER,) * 3], np.uint8)[sorts]
    method = cv2.INTER_NEAREST if view.scale >= 1 else cv2.INTER_AREA
    enlarged: Any = cv2.resize(shown, view.size, interpolation=method)
    return np.asarray(enlarged, np.uint8)
