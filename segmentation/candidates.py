"""Lines to candidate glyphs: every run of neighbouring pieces that could be one symbol."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from segmentation.components import Component
from segmentation.config import DEFAULT, SegmentationConfig
from segmentation.cut_outs import cut_out, frame_of, tight_box, window_of
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
]

#: What a candidate is made of: one whole component, several, or a part of one.
WHOLE, JOINED, PART = 0, 1, 2
#: No line is taken for lower than this share of the page's writing: a flat five alone in its box is one, too.
LEAST_LINE = 0.75
#: The pieces of one candidate are no farther apart than this share of the line's height,
JOIN_GAP = 0.15
#: and it is no higher than this many times the line, or than what stands alone in a cell usually is.
MOST_HEIGHT = 2.2


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
            parts.append((tight_box(mask, box.left, box.top), mask, box, owner))
            continue
        pieces = cut_pieces(mask, stroke_px=stroke_px, config=config)
        for k in range(1, int(pieces.max(initial=0)) + 1):
            piece = pieces == k
            parts.append((tight_box(piece, box.left, box.top), piece, box, owner))
    parts.sort(key=lambda part: part[0].centre[0])
    image = np.zeros((frame.height, frame.width), np.int32)
    for number, (_, piece, box, _) in enumerate(parts, start=1):
        window_of(image, frame, box)[piece] = number
    return image, [part[0] for part in parts], [part[3] for part in parts]


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
    frame = frame_of(line, labels)
    image, pieces, owners = _number_pieces(line, labels, frame, stroke_px, config, uncut)
    height = line_height([component.box for component in line])
    usual = max(height, _least_height(line, writing_px, config))
    candidates = _hypotheses(pieces, owners, height, usual, config)
    owned_by = tuple(line[owner].label for owner in owners)
    strip = Strip(tuple(pieces), tuple(candidates), height, line[0].cell, owned_by)
    glyphs = [
        known[label]
        if (label := strip.whole(candidate)) in known
        else normalize_glyph(cut_out(strength, image, frame, candidate.box, candidate.start, candidate.stop))
        for candidate in candidates
    ]
    return strip, glyphs
