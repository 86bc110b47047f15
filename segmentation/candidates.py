"""Lines to candidate glyphs: every run of neighbouring pieces that could be one symbol."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.components import Component
from segmentation.config import DEFAULT, SegmentationConfig
from segmentation.cuts import cut_pieces, may_be_cut
from segmentation.geometry import Box, union
from segmentation.lines import line_height
from segmentation.normalize import normalize_glyph

__all__ = [
    "JOINED",
    "LEAST_LINE",
    "PART",
    "WHOLE",
    "Candidate",
    "Strip",
    "build_strip",
    "cut_specimen",
    "cut_wholes",
]

#: What a candidate is made of: one whole component, several, or a part of one.
WHOLE, JOINED, PART = 0, 1, 2
#: No line is taken for lower than this share of the page's writing: a flat five alone in its box is one, too.
LEAST_LINE = 0.75
#: The pieces of one candidate are no farther apart than this share of the line's height,
JOIN_GAP = 0.15
#: and it is no higher than this many times the line.
MOST_HEIGHT = 2.2
#: A pixel and those around it.
_AROUND = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One hypothesis: the pieces ``start <= k < stop`` of a strip are one symbol.

    Attributes
    ----------
    start, stop : int
        Half-open range of pieces.
    box : Box
        Around its ink, in px of the working page.
    make : int
        `WHOLE`, `JOINED` or `PART`: people lift the pen between digits more often than not,
        so that what was cut from a larger component is less likely to be one.
    """

    start: int
    stop: int
    box: Box
    make: int


@dataclass(frozen=True, slots=True)
class Strip:
    """One line of writing, over-segmented.

    Attributes
    ----------
    pieces : tuple of Box
        From left to right, in px of the working page.
    candidates : tuple of Candidate
        All hypotheses over the pieces.
    height_px : float
        Height of the line's tall members.
    cell : int
        Index of the cell that the line lies in, -1 outside of all cells.
    labels : tuple of int
        The component that each piece is, or was cut from, by its number in the label image.
    """

    pieces: tuple[Box, ...]
    candidates: tuple[Candidate, ...]
    height_px: float
    cell: int
    labels: tuple[int, ...] = ()

    def whole(self, candidate: Candidate) -> int:
        """Return which component a candidate is all of, -1 where it is several, or a part of one."""
        return self.labels[candidate.start] if candidate.make == WHOLE and self.labels else -1


def _tight(mask: NDArray[np.bool_], left: int, top: int) -> Box:
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
    return Box(left + x, top + y, left + x + width, top + y + height)


def _number_pieces(
    line: Sequence[Component],
    labels: NDArray[np.int32],
    frame: Box,
    stroke_px: float,
    config: SegmentationConfig,
    uncut: Container[int],
) -> tuple[NDArray[np.int32], list[Box], list[int]]:
    """Cut each component and number all pieces of the line from left to right.

    The last list tells which component of the line each piece was cut from.
    """
    parts: list[tuple[Box, NDArray[np.bool_], Box, int]] = []
    for owner, component in enumerate(line):
        box = component.box
        mask = labels[box.top : box.bottom, box.left : box.right] == component.label
        if component.label in uncut or not may_be_cut(mask):
            parts.append((_tight(mask, box.left, box.top), mask, box, owner))
            continue
        pieces = cut_pieces(mask, stroke_px=stroke_px, config=config)
        for k in range(1, int(pieces.max(initial=0)) + 1):
            piece = pieces == k
            parts.append((_tight(piece, box.left, box.top), piece, box, owner))
    parts.sort(key=lambda part: part[0].centre[0])
    image = np.zeros((frame.height, frame.width), np.int32)
    for number, (_, piece, box, _) in enumerate(parts, start=1):
        _window(image, frame, box)[piece] = number
    return image, [part[0] for part in parts], [part[3] for part in parts]


def _window(image: NDArray[np.int32], frame: Box, box: Box) -> NDArray[np.int32]:
    """Return the part of a frame's image that a box covers."""
    return image[box.top - frame.top : box.bottom - frame.top, box.left - frame.left : box.right - frame.left]


def _hypotheses(
    pieces: Sequence[Box], owners: Sequence[int], height: float, usual: float, config: SegmentationConfig
) -> list[Candidate]:
    found = []
    all_pieces = Counter(owners)
    for start, first in enumerate(pieces):
        left, top, right, bottom = first.left, first.top, first.right, first.bottom
        missing = all_pieces[owners[start]] - 1
        own = {owners[start]}
        found.append(Candidate(start, start + 1, first, PART if missing else WHOLE))
        for stop in range(start + 2, min(start + config.max_join, len(pieces)) + 1):
            nearest, owner = pieces[stop - 1], owners[stop - 1]
            if nearest.left - right > JOIN_GAP * height or left - nearest.right > JOIN_GAP * height:
                break
            left, top = min(left, nearest.left), min(top, nearest.top)
            right, bottom = max(right, nearest.right), max(bottom, nearest.bottom)
            if (
                right - left > config.max_glyph_width * max(usual, bottom - top)
                or bottom - top > MOST_HEIGHT * usual
            ):
                break
            missing += -1 if owner in own else all_pieces[owner] - 1
            own.add(owner)
            # Of all components that it has a piece of it has all pieces, or it is a part.
            make = PART if missing else (WHOLE if len(own) == 1 else JOINED)
            found.append(Candidate(start, stop, Box(left, top, right, bottom), make))
    return found


def _soft(strength: NDArray[np.uint8], own: NDArray[np.uint8], blank: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a glyph's ink with its soft edges and nothing of its neighbours; masks are 0 and 255."""
    grown = cv2.bitwise_and(cv2.dilate(own, _AROUND), cv2.bitwise_or(own, blank))
    return np.asarray(cv2.bitwise_and(strength, grown), np.uint8)


def _frame(line: Sequence[Component], labels: NDArray[np.int32]) -> Box:
    """Return the box around a line and a pixel more, as far as the page goes."""
    tight = union(component.box for component in line)
    height, width = labels.shape
    return Box(tight.left - 1, tight.top - 1, tight.right + 1, tight.bottom + 1).clipped(width, height)


def _cut_out(
    strength: NDArray[np.uint8], image: NDArray[np.int32], frame: Box, tight: Box, start: int, stop: int
) -> NDArray[np.uint8]:
    """Cut the pieces ``start <= k < stop`` of a line out of the page; `tight` is the box around them."""
    left, top = max(tight.left - 1, frame.left), max(tight.top - 1, frame.top)
    right, bottom = min(tight.right + 1, frame.right), min(tight.bottom + 1, frame.bottom)
    window = image[top - frame.top : bottom - frame.top, left - frame.left : right - frame.left]
    own = np.asarray(cv2.inRange(window, start + 1, stop), np.uint8)
    blank = np.asarray(cv2.inRange(window, 0, 0), np.uint8)
    return _soft(strength[top:bottom, left:right], own, blank)


def cut_specimen(
    components: Sequence[Component], labels: NDArray[np.int32], strength: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Cut out and normalize components that are known to be one symbol.

    Parameters
    ----------
    components : sequence of Component
        At least one.
    labels : (H, W) int32 ndarray
        Label image of the page. Not modified.
    strength : (H, W) uint8 ndarray
        Soft ink of the page. Not modified.

    Returns
    -------
    (28, 28) uint8 ndarray
        As the network sees it in reading.
    """
    tight = union(component.box for component in components)
    height, width = labels.shape
    box = Box(tight.left - 1, tight.top - 1, tight.right + 1, tight.bottom + 1).clipped(width, height)
    window = labels[box.top : box.bottom, box.left : box.right]
    own = np.isin(window, [component.label for component in components]).view(np.uint8) * np.uint8(255)
    blank = np.asarray(cv2.inRange(window, 0, 0), np.uint8)
    return normalize_glyph(_soft(strength[box.top : box.bottom, box.left : box.right], own, blank))


def _least_height(line: Sequence[Component], writing_px: float, config: SegmentationConfig) -> float:
    """Return what a line is no lower than: what stands alone in a cell may be flat, or broken."""
    least = LEAST_LINE * writing_px
    alone = union(component.box for component in line).width <= config.max_glyph_width * least
    return least if alone and line[0].cell >= 0 else 0.0


def build_strip(
    line: Sequence[Component],
    labels: NDArray[np.int32],
    strength: NDArray[np.uint8],
    *,
    stroke_px: float,
    writing_px: float = 0.0,
    config: SegmentationConfig = DEFAULT,
    uncut: Container[int] = (),
    known: Mapping[int, NDArray[np.uint8]] = MappingProxyType({}),
) -> tuple[Strip, list[NDArray[np.uint8]]]:
    """Over-segment one line and normalize all its candidate glyphs.

    Parameters
    ----------
    line : sequence of Component
        From left to right, at least one.
    labels : (H, W) int32 ndarray
        Label image of the page. Not modified.
    strength : (H, W) uint8 ndarray
        Soft ink of the page. Not modified.
    stroke_px : float
        Width of a typical stroke.
    writing_px : float
        Height of the page's writing; 0 where it is not known.
    config : SegmentationConfig
        Limits.
    uncut : container of int
        Components that are left whole, by their numbers in the label image.
    known : mapping of int to (28, 28) uint8 ndarray
        Components that are normalized already. Not modified.

    Returns
    -------
    strip : Strip
        The hypotheses.
    glyphs : list of (28, 28) uint8 ndarray
        One for each of ``strip.candidates``, in their order.
    """
    frame = _frame(line, labels)
    image, pieces, owners = _number_pieces(line, labels, frame, stroke_px, config, uncut)
    height = line_height([component.box for component in line])
    usual = max(height, _least_height(line, writing_px, config))
    candidates = _hypotheses(pieces, owners, height, usual, config)
    owned_by = tuple(line[owner].label for owner in owners)
    strip = Strip(tuple(pieces), tuple(candidates), height, line[0].cell, owned_by)
    glyphs = [
        known[label]
        if (label := strip.whole(candidate)) in known
        else normalize_glyph(_cut_out(strength, image, frame, candidate.box, candidate.start, candidate.stop))
        for candidate in candidates
    ]
    return strip, glyphs


def cut_wholes(
    line: Sequence[Component], labels: NDArray[np.int32], strength: NDArray[np.uint8]
) -> dict[int, NDArray[np.uint8]]:
    """Normalize the components of a line that may be cut and may be one symbol, as they are.

    Parameters
    ----------
    line : sequence of Component
        From left to right, at least one.
    labels : (H, W) int32 ndarray
        Label image of the page. Not modified.
    strength : (H, W) uint8 ndarray
        Soft ink of the page. Not modified.

    Returns
    -------
    dict of int to (28, 28) uint8 ndarray
        By their numbers in the label image.
    """
    frame = _frame(line, labels)
    image = np.zeros((frame.height, frame.width), np.int32)
    masks = []
    for number, component in enumerate(line, start=1):
        box = component.box
        mask = labels[box.top : box.bottom, box.left : box.right] == component.label
        _window(image, frame, box)[mask] = number
        masks.append(mask)
    wholes = {}
    for number, (component, mask) in enumerate(zip(line, masks, strict=True), start=1):
        if may_be_cut(mask):
            box = _tight(mask, component.box.left, component.box.top)
            wholes[component.label] = normalize_glyph(
                _cut_out(strength, image, frame, box, number - 1, number)
            )
    return wholes
