"""Training glyphs: drawn on paper, then cut out by the very code that reads pages.

This is where the page maker, the segmentation and the model's classes meet, so that there
is no gap between what the network is trained on and what it is shown.
"""

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.contract import NOT_A_DIGIT
from model.glyphs import Glyphs, Sort, joined
from model.synth.digits import DigitSource
from model.synth.marks import not_a_digit
from model.synth.page import KINDS, make_page
from model.synth.pieces import draw_pairs, draw_parts
from model.synth.sheet import make_sheet
from segmentation.components import Component
from segmentation.cut_outs import cut_specimen
from segmentation.geometry import Box, Placement
from segmentation.segment import find_writing, segment_page
from worker.specimens_pictures import specimens_from_pictures

__all__ = ["specimens_from_page", "specimens_from_sheet", "specimens_of_everything"]

#: Digits on a sheet.
SHEET_DIGITS = 200
#: Pitch of a sheet's grid, px.
CELL_PX = 96
#: A candidate that shares this much of a digit's box is the digit,
SAME_BOX = 0.7
#: and one that shares less than this is none; what lies between is left out.
OTHER_BOX = 0.5
#: Share of a neighbour's box that a digit may reach into,
NEIGHBOUR = 0.3
#: and from which on it is a pair.
WHOLE_NEIGHBOUR = 0.75
#: A page gives at most so many digits.
MOST_DIGITS = 120
#: A page gives at most this many candidates that are no digits for each that is one.
MOST_OTHERS = 1.5
#: Given images of what is no digit that are drawn for each 200 digits: as many as marks.
OTHERS_A_SHEET = 40
#: Pictures of a single digit that are drawn for each 200 digits.
PICTURES_A_SHEET = 40
#: Kinds of pages whose candidates are hardest to tell apart: they are drawn more often.
HARD_KINDS = ("touching", "touching", "touching", "broken", "broken", "labelled", "marks", "photo")


def _inside(
    components: Sequence[Component], placement: Placement, boxes: NDArray[np.int32]
) -> list[list[Component]]:
    """Sort components into the drawn boxes that hold their middles, one px of slack around."""
    held: list[list[Component]] = [[] for _ in boxes]
    grid = placement.on_working_page(boxes.astype(np.float64))
    for component in components:
        x, y = component.box.centre
        hits = np.flatnonzero(
            (grid[:, 0] - 1 <= x) & (x <= grid[:, 2] + 1) & (grid[:, 1] - 1 <= y) & (y <= grid[:, 3] + 1)
        )
        if len(hits):
            held[int(hits[0])].append(component)
    return held


def specimens_from_sheet(
    rng: np.random.Generator,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    sorts: NDArray[np.int64],
    origins: NDArray[np.int64] | None = None,
) -> Glyphs:
    """Draw images on one sheet and cut them out again.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same bytes.
    images : (K, S, S) uint8 ndarray
        Glyph images, 0 = paper, 255 = ink. Not modified.
    labels, sorts : (K,) int64 ndarray
        Of the images.
    origins : (K,) int64 ndarray, optional
        Which images of a source these are of; by default none, and each stands for itself.

    Returns
    -------
    Glyphs
        As the network sees them in reading; those that paper and pen swallowed are missing.
    """
    pixels, boxes = make_sheet(rng, images, cell_px=CELL_PX)
    writing = find_writing(pixels)
    glyphs, kept = [], []
    for k, parts in enumerate(_inside(writing.components, writing.placement, boxes)):
        if parts:
            glyphs.append(cut_specimen(parts, writing.labels, writing.ink.strength))
            kept.append(k)
    stacked = np.stack(glyphs) if glyphs else np.zeros((0, 28, 28), np.uint8)
    chosen = np.array(kept, np.int64)
    alone = np.full(len(kept), -1, np.int64)
    return Glyphs(
        stacked, labels[chosen], alone, sorts[chosen], alone if origins is None else origins[chosen]
    )


def _common(box: Sequence[float], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the area that a box (left, top, right, bottom) shares with each of the others."""
    left, top = np.maximum(box[0], others[:, 0]), np.maximum(box[1], others[:, 1])
    right, bottom = np.minimum(box[2], others[:, 2]), np.minimum(box[3], others[:, 3])
    return np.asarray(np.clip(right - left, 0, None) * np.clip(bottom - top, 0, None))


def _label(box: Box, digits: Sequence[int], boxes: NDArray[np.float64], shared: NDArray[np.float64]) -> int:
    """Return what a candidate is: a digit, `NOT_A_DIGIT`, or -1 where that is hard to say.

    Parameters
    ----------
    box : Box
        Around the candidate.
    digits : sequence of int
        What is written.
    boxes : (K, 4) float64 ndarray
        Where it is written: left, top, right, bottom.
    shared : (K, K) float64 ndarray
        The share of each digit's box (column) that lies in each other's (row) on the page.
    """
    if not len(digits):
        return NOT_A_DIGIT
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    common = _common((box.left, box.top, box.right, box.bottom), boxes)
    unions = areas + box.width * box.height - common
    shares = common / np.maximum(unions, 1e-9)
    best = int(shares.argmax())
    # Slanted neighbours overlap by themselves; what goes beyond that is a neighbour's ink.
    beyond = common / np.maximum(areas, 1e-9) - shared[best]
    beyond[best] = 0.0
    if shares[best] >= SAME_BOX and beyond.max() <= NEIGHBOUR:
        return digits[best]
    if beyond.max() >= WHOLE_NEIGHBOUR and common[best] >= WHOLE_NEIGHBOUR * areas[best]:
        return NOT_A_DIGIT
    # Half a one is a one to everybody.
    return NOT_A_DIGIT if shares[best] < OTHER_BOX and digits[best] != 1 else -1


def _origins(
    boxes: Sequence[Box], digits: NDArray[np.float64], images: NDArray[np.int64], page: int
) -> NDArray[np.int64]:
    """Return the image of the digit that most of each candidate covers; the page where it covers none."""
    found = np.full(len(boxes), page, np.int64)
    for k, box in enumerate(boxes if len(digits) else ()):
        common = _common((box.left, box.top, box.right, box.bottom), digits)
        if common.max() > 0:
            found[k] = images[int(common.argmax())]
    return found


def specimens_from_page(rng: np.random.Generator, source: DigitSource, kind: str) -> Glyphs:
    """Draw a page, over-segment it as reading does, and label each candidate by what it covers.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same bytes.
    source : DigitSource
        What the numbers are written with.
    kind : str
        One of ``model.synth.page.KINDS``.

    Returns
    -------
    Glyphs
        Digits, and everything that is none: halves, pairs, letters, remains of rules.
        Candidates that are neither quite one nor the other are left out.
    """
    page = make_page(rng, source, kind)
    found = segment_page(page.grey)
    numbers = [number for row in page.rows for number in row]
    written = [digit for number in numbers for digit in number.digits]
    images = np.array([image for number in numbers for image in number.images], np.int64)
    digits = [digit for digit, _ in written]
    drawn = np.array([box for _, box in written], np.float64).reshape(-1, 4)
    boxes = found.writing.placement.on_working_page(drawn)
    areas = np.maximum((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), 1e-9)
    shared = np.array([_common(box, boxes) / areas for box in boxes.tolist()]).reshape(
        len(digits), len(digits)
    )
    candidates = [candidate for strip in found.strips for candidate in strip.candidates]
    labels = np.array([_label(c.box, digits, boxes, shared) for c in candidates], np.int64)
    makes = np.array([c.make for c in candidates], np.int64)
    sorts = np.where(labels == NOT_A_DIGIT, Sort.PAGE_PIECE, Sort.PAGE_DIGIT).astype(np.int64)
    # What the page itself has put there is told by what the page shows: a number below -1.
    origins = _origins([c.box for c in candidates], boxes, images, -2 - zlib.crc32(page.grey.tobytes()))
    return _balanced(rng, Glyphs(found.glyphs, labels, makes, sorts, origins))


def _balanced(rng: np.random.Generator, glyphs: Glyphs) -> Glyphs:
    """Leave out what has no label, and some of what a page holds far too much of.

    A page is written with a few images only, over and over; and most of its candidates are
    no digits.
    """
    digits = rng.permutation(np.flatnonzero((glyphs.labels >= 0) & (glyphs.labels != NOT_A_DIGIT)))
    others = rng.permutation(np.flatnonzero(glyphs.labels == NOT_A_DIGIT))
    digits = digits[:MOST_DIGITS]
    others = others[: round(MOST_OTHERS * len(digits)) + 30]
    kept = np.sort(np.concatenate([digits, others]))
    return Glyphs(
        glyphs.images[kept], glyphs.labels[kept], glyphs.makes[kept], glyphs.sorts[kept], glyphs.origins[kept]
    )


def specimens_of_everything(
    rng: np.random.Generator, source: DigitSource, *, sheets: int, pages: int
) -> Glyphs:
    """Draw sheets of digits, of pieces and of marks, and pages of every kind in turn.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same bytes.
    source : DigitSource
        What is written with.
    sheets : int
        Sheets of 200 digits; for each there are 20 pairs, 20 parts, 40 marks, 40 pictures of a digit, and
        40 of what the source has that is no digit.
    pages : int
        Whole pages.

    Returns
    -------
    Glyphs
        In no particular order.
    """
    parts = []
    for _ in range(sheets):
        chosen = rng.integers(0, len(source.labels), SHEET_DIGITS)
        labels = source.labels[chosen].astype(np.int64)
        sorts = np.full(len(labels), Sort.SHEET_DIGIT, np.int64)
        parts.append(specimens_from_sheet(rng, source.images[chosen], labels, sorts, source.origins[chosen]))
        images, sorts, origins = _pieces(rng, source)
        labels = np.full(len(images), NOT_A_DIGIT, np.int64)
        parts.append(specimens_from_sheet(rng, images, labels, sorts, origins))
        chosen = rng.integers(0, len(source.labels), PICTURES_A_SHEET)
        labels = source.labels[chosen].astype(np.int64)
        parts.append(specimens_from_pictures(rng, source.images[chosen], labels, source.origins[chosen]))
    kinds = (*KINDS, *HARD_KINDS)
    parts.extend(specimens_from_page(rng, source, kinds[k % len(kinds)]) for k in range(pages))
    return joined(parts)


def _pieces(
    rng: np.random.Generator, source: DigitSource
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Draw what is no digit, as images of one size, and say what sort each is of, and of which image."""
    others = rng.integers(0, len(source.labels), 60)
    cut = others[:20][source.labels[others[:20]] != 1]
    pieces = {
        Sort.PAIR: draw_pairs(rng, source.images[others[20:]]),
        Sort.PART: np.pad(draw_parts(rng, source.images[cut]), ((0, 0), (14, 14), (14, 14))),
        Sort.MARK: np.stack([not_a_digit(rng, 56) for _ in range(40)]),
    }
    # A pair counts to its left digit: it cannot be of two.
    origins = [source.origins[others[20::2]], source.origins[cut], np.full(40, -1, np.int64)]
    if len(source.others):
        given = rng.integers(0, len(source.others), OTHERS_A_SHEET)
        pieces[Sort.GIVEN] = np.pad(source.others[given], ((0, 0), (14, 14), (14, 14)))
        origins.append(source.origins.max() + 1 + given)
    sorts = np.repeat(list(pieces), [len(images) for images in pieces.values()])
    return np.concatenate(list(pieces.values())), sorts.astype(np.int64), np.concatenate(origins)
