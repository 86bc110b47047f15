"""Training glyphs: drawn on paper, then cut out by the very code that reads pages.

This is where the page maker, the segmentation and the model's classes meet, so that there
is no gap between what the network is trained on and what it is shown.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from model.contract import NOT_A_DIGIT
from model.synth.digits import DigitSource
from model.synth.marks import not_a_digit
from model.synth.page import KINDS, make_page
from model.synth.pieces import draw_pairs, draw_parts
from model.synth.sheet import make_sheet
from model.train import Glyphs
from segmentation.candidates import cut_specimen
from segmentation.components import Component
from segmentation.segment import find_writing, segment_page

__all__ = ["joined", "specimens_from_page", "specimens_from_sheet", "specimens_of_everything"]

#: Pitch of a sheet's grid, px.
CELL_PX = 96
#: A candidate that shares this much of a digit's box is the digit,
SAME_BOX = 0.75
#: and one that shares less than this is none; what lies between is left out.
OTHER_BOX = 0.5
#: A page gives at most this many candidates that are no digits for each that is one.
MOST_OTHERS = 1.5
#: Kinds of pages whose candidates are hardest to tell apart: they are drawn twice as often.
HARD_KINDS = ("touching", "broken", "labelled", "marks")


def _inside(components: Sequence[Component], scale: float, boxes: NDArray[np.int32]) -> list[list[Component]]:
    """Sort components into the drawn boxes that hold their middles, one px of slack around."""
    held: list[list[Component]] = [[] for _ in boxes]
    grid = boxes.astype(np.float64) * scale
    for component in components:
        x, y = component.box.centre
        hits = np.flatnonzero(
            (grid[:, 0] - 1 <= x) & (x <= grid[:, 2] + 1) & (grid[:, 1] - 1 <= y) & (y <= grid[:, 3] + 1)
        )
        if len(hits):
            held[int(hits[0])].append(component)
    return held


def specimens_from_sheet(
    rng: np.random.Generator, images: NDArray[np.uint8], labels: NDArray[np.int64]
) -> Glyphs:
    """Draw images on one sheet and cut them out again.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same bytes.
    images : (K, S, S) uint8 ndarray
        Glyph images, 0 = paper, 255 = ink. Not modified.
    labels : (K,) int64 ndarray
        Of the images.

    Returns
    -------
    Glyphs
        As the network sees them in reading; those that paper and pen swallowed are missing.
    """
    pixels, boxes = make_sheet(rng, images, cell_px=CELL_PX)
    writing = find_writing(pixels)
    glyphs, kept = [], []
    for k, parts in enumerate(_inside(writing.components, writing.scale, boxes)):
        if parts:
            glyphs.append(cut_specimen(parts, writing.labels, writing.ink.strength))
            kept.append(k)
    stacked = np.stack(glyphs) if glyphs else np.zeros((0, 28, 28), np.uint8)
    return Glyphs(stacked, labels[np.array(kept, np.int64)])


def _shares(box: tuple[int, int, int, int], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return intersection over union of a box with each of the others."""
    left, top = np.maximum(box[0], others[:, 0]), np.maximum(box[1], others[:, 1])
    right, bottom = np.minimum(box[2], others[:, 2]), np.minimum(box[3], others[:, 3])
    common = np.clip(right - left, 0, None) * np.clip(bottom - top, 0, None)
    own = (box[2] - box[0]) * (box[3] - box[1])
    areas = (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1])
    return np.asarray(common / np.maximum(own + areas - common, 1e-9))


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
    pixels = page.pixels if page.pixels.ndim == 2 else cv2.cvtColor(page.pixels, cv2.COLOR_BGR2GRAY)
    found = segment_page(np.asarray(pixels, np.uint8))
    digits = [digit for row in page.rows for number in row for digit in number.digits]
    boxes = np.array([box for _, box in digits], np.float64).reshape(-1, 4) * found.writing.scale
    labels = np.full(len(found.glyphs), -1, np.int64)
    candidates = [candidate for strip in found.strips for candidate in strip.candidates]
    for k, candidate in enumerate(candidates):
        box = candidate.box
        shares = _shares((box.left, box.top, box.right, box.bottom), boxes)
        best = int(shares.argmax()) if len(shares) else -1
        if best >= 0 and shares[best] >= SAME_BOX:
            labels[k] = digits[best][0]
        elif best < 0 or (shares[best] < OTHER_BOX and digits[best][0] != 1):
            labels[k] = NOT_A_DIGIT
    return _balanced(rng, found.glyphs[labels >= 0], labels[labels >= 0])


def _balanced(rng: np.random.Generator, glyphs: NDArray[np.uint8], labels: NDArray[np.int64]) -> Glyphs:
    """Leave out some of what is no digit, where a page holds far more of it than of digits."""
    others = np.flatnonzero(labels == NOT_A_DIGIT)
    most = round(MOST_OTHERS * (len(labels) - len(others))) + 30
    keep = np.ones(len(labels), bool)
    if len(others) > most:
        keep[rng.choice(others, len(others) - most, replace=False)] = False
    return Glyphs(glyphs[keep], labels[keep])


def joined(parts: Sequence[Glyphs]) -> Glyphs:
    """Put glyphs of several drawings together."""
    return Glyphs(np.concatenate([p.images for p in parts]), np.concatenate([p.labels for p in parts]))


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
        Sheets of 200 digits; for each there are 20 pairs, 20 parts and 40 marks.
    pages : int
        Whole pages.

    Returns
    -------
    Glyphs
        In no particular order.
    """
    parts = []
    for _ in range(sheets):
        chosen = rng.integers(0, len(source.labels), 200)
        parts.append(specimens_from_sheet(rng, source.images[chosen], source.labels[chosen].astype(np.int64)))
        others = rng.integers(0, len(source.labels), 60)
        cut = others[:20][source.labels[others[:20]] != 1]
        pieces = [
            draw_pairs(rng, source.images[others[20:]]),
            np.pad(draw_parts(rng, source.images[cut]), ((0, 0), (14, 14), (14, 14))),
            np.stack([not_a_digit(rng, 56) for _ in range(40)]),
        ]
        images = np.concatenate(pieces)
        parts.append(specimens_from_sheet(rng, images, np.full(len(images), NOT_A_DIGIT, np.int64)))
    kinds = (*KINDS, *HARD_KINDS)
    parts.extend(specimens_from_page(rng, source, kinds[k % len(kinds)]) for k in range(pages))
    return joined(parts)
