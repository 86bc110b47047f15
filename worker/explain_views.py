"""A part of a page, seen in several ways: as it is, as the reader found its ink, and cut into pieces."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.geometry import Box, Placement
from segmentation.page import Page
from worker.explain_canvas import BAD, Colour
from worker.explain_ink import Fate, fates, piece_image
from worker.explain_words import PlacedWord
from worker.reader import PageWork

__all__ = ["FATE_COLOURS", "PALETTE", "View", "ink_view", "page_view", "pieces_view"]

#: RGB of the ink, by what became of it.
FATE_COLOURS: Final[dict[Fate, Colour]] = {
    Fate.PAPER: (255, 255, 255),
    Fate.WRITING: (20, 20, 20),
    Fate.RULE: (90, 150, 230),
    Fate.MASSIVE: (170, 130, 200),
    Fate.DROPPED: (235, 130, 20),
    Fate.NO_DIGIT: (150, 160, 60),
}
#: Neighbouring pieces differ.
PALETTE: Final[tuple[Colour, ...]] = (
    (31, 105, 180),
    (230, 150, 40),
    (60, 150, 70),
    (150, 90, 180),
    (140, 86, 75),
    (20, 150, 170),
)
#: Ink that belongs to something else.
_OTHERS: Final[Colour] = (205, 205, 205)


@dataclass(frozen=True, slots=True)
class View:
    """A part of the working page, enlarged or reduced.

    Attributes
    ----------
    box : Box
        The part, in px of the working page.
    scale : float
        Px of the view for one of the working page.
    """

    box: Box
    scale: float

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the view in px."""
        return (
            max(1, round(self.box.width * self.scale)),
            max(1, round(self.box.height * self.scale)),
        )

    def point(self, x: float, y: float) -> tuple[int, int]:
        """Return where a point of the working page lies in the view."""
        return round((x - self.box.left) * self.scale), round((y - self.box.top) * self.scale)


def page_view(page: Page, placement: Placement, view: View) -> NDArray[np.uint8]:
    """Return that part of the page as it is, (h, w) uint8; white beyond its edges."""
    # Four corners tell where everything lies, be the working page scaled, turned or straightened.
    corners = np.array([(0, 0), (page.width, 0), (page.width, page.height), (0, page.height)], np.float64)
    working = placement.on_working_page(np.hstack([corners, corners]))[:, :2]
    shown_at = (working - (view.box.left, view.box.top)) * view.scale
    # Corners are where pixels end; what is warped counts from the middle of the first.
    before, after = ((places - 0.5).astype(np.float32) for places in (corners, shown_at))
    across = cv2.getPerspectiveTransform(before, after)
    step = round(1 / (placement.scale * view.scale))
    # What lies between two px of the view has to count as well.
    pixels = page.pixels if step < 2 else cv2.blur(page.pixels, (step, step))
    shown: Any = cv2.warpPerspective(
        pixels, across, view.size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255
    )
    return np.asarray(shown, np.uint8)


def ink_view(work: PageWork, view: View) -> NDArray[np.uint8]:
    """Return that part of the ink, coloured by what became of it, (h, w, 3) uint8."""
    colours = np.array([FATE_COLOURS[fate] for fate in Fate], np.uint8)
    box = view.box
    found = colours[fates(work.segmentation.writing)[box.top : box.bottom, box.left : box.right]]
    method = cv2.INTER_NEAREST if view.scale >= 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(found, view.size, interpolation=method), np.uint8)


def pieces_view(work: PageWork, words: Sequence[PlacedWord], view: View) -> NDArray[np.uint8]:
    """Return that part cut into pieces, each in a colour, the cuts between them red, (h, w, 3) uint8."""
    box = view.box
    writing = fates(work.segmentation.writing)[box.top : box.bottom, box.left : box.right] == Fate.WRITING
    pieces = np.where(writing, 1, 0).astype(np.int32)
    colours: list[Colour] = [(255, 255, 255), _OTHERS]
    for placed in words:
        image, frame = piece_image(work.segmentation, placed.line)
        own = (image > placed.word.start) & (image <= placed.word.stop)
        _copy(np.where(own, image - placed.word.start - 1 + len(colours), 0), frame, pieces, box)
        count = placed.word.stop - placed.word.start
        colours += [PALETTE[k % len(PALETTE)] for k in range(count)]
    large = cv2.resize(pieces.astype(np.float32), view.size, interpolation=cv2.INTER_NEAREST)
    shown = np.array(colours, np.uint8)[large.astype(np.int32)]
    shown[_seams(large)] = BAD
    return np.asarray(shown, np.uint8)


def _copy(
    image: NDArray[np.int64] | NDArray[np.int32], frame: Box, target: NDArray[np.int32], box: Box
) -> None:
    """Copy the ink of an image that lies in `frame` to one that lies in `box`."""
    left, right = max(frame.left, box.left), min(frame.right, box.right)
    top, bottom = max(frame.top, box.top), min(frame.bottom, box.bottom)
    if left >= right or top >= bottom:
        return
    source = image[top - frame.top : bottom - frame.top, left - frame.left : right - frame.left]
    window = target[top - box.top : bottom - box.top, left - box.left : right - box.left]
    inked = source > 0
    window[inked] = source[inked]


def _seams(pieces: Any) -> NDArray[np.bool_]:
    """Return where two pieces of one word meet, two px wide."""
    seam = np.zeros(pieces.shape, bool)
    for first, second, mark in (
        (pieces[:, :-1], pieces[:, 1:], seam[:, :-1]),
        (pieces[:-1], pieces[1:], seam[:-1]),
    ):
        mark |= (first != second) & (first > 1) & (second > 1)
    thick = cv2.dilate(seam.view(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray((thick > 0) & (pieces > 0), np.bool_)
