"""From what the network says of a page's candidates to its numbers, each judged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from model.calibration import Calibration, NumberEvidence
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit, group_numbers
from segmentation.page import Page
from segmentation.segment import Segmentation, Writing
from worker.acceptance import NEVER
from worker.doubting import PageInk
from worker.doubts import Doubt
from worker.kinds import kinds_of
from worker.number_evidence import evidence_of
from worker.number_records import Found, Verdict, number_record
from worker.one_hand import as_one_hand
from worker.records import NumberRecord
from worker.sign_text import Sign, probability_of
from worker.signs import SignedPage, find_signs
from worker.strips import edges_of
from worker.unread_ink import ink_at_ends, unread_ink
from worker.words import read_words, unread_share

__all__ = ["JudgedNumber", "judged_numbers"]


@dataclass(frozen=True, slots=True)
class JudgedNumber:
    """One number, and what it was judged by.

    Attributes
    ----------
    digits : tuple of Found
        From left to right.
    evidence : NumberEvidence
        What its confidence was computed from.
    record : NumberRecord
        What is written out.
    signs : tuple of Sign
        In and before it.
    doubts : tuple of Doubt
        Why it is never accepted, however sure it is.
    presence : float
        Probability that a number is written there at all; 1.0 where the model does not tell.
    """

    digits: tuple[Found, ...]
    evidence: NumberEvidence
    record: NumberRecord
    signs: tuple[Sign, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    presence: float = 1.0


def judged_numbers(
    page: Page,
    segmentation: Segmentation,
    likely: NDArray[np.float32],
    calibration: Calibration,
    wanted: float,
    embeddings: NDArray[np.float32] | None = None,
) -> tuple[JudgedNumber, ...]:
    """Group what the lines read into numbers, and judge each.

    Parameters
    ----------
    page : Page
        As decoded.
    segmentation : Segmentation
        Of the page.
    likely : (N, 11) float32 ndarray
        What the candidates are, by the network and by what they are made of.
    calibration : Calibration
        From evidence to confidence, and to whether there is a number.
    wanted : float
        From which confidence on numbers are accepted; infinite where none is.
    embeddings : (N, E) float32 ndarray, optional
        What the network decided by; without them each digit is read as if it stood alone.

    Returns
    -------
    tuple of JudgedNumber
        In reading order.
    """
    writing = segmentation.writing
    found = _read_strips(segmentation, likely, embeddings)
    lines = group_numbers([digit.placed for digit in found], writing.cells)
    digits_of = [[[found[place.index] for place in places] for places in line] for line in lines]
    signed = find_signs(digits_of, segmentation, likely)
    boxes = [digit.placed.box for line in signed.lines for number in line for digit in number.digits]
    unread = unread_ink(boxes, signed.labels)
    left_out = _left_out(writing)
    evidence = iter(
        _evidence_of_page(signed, writing, unread, _ink_beside(boxes, left_out, writing.size.stroke_px))
    )
    kinds = iter(kinds_of([number.digits for line in signed.lines for number in line], segmentation))
    page_ink = PageInk.of(segmentation, signed, unread, left_out)
    numbers = []
    for row, line in enumerate(signed.lines, start=1):
        for column, (digits, signs) in enumerate(((n.digits, n.signs) for n in line), start=1):
            own = next(evidence)
            doubts = page_ink.doubts(digits, signs, own)
            sure = calibration.number.probability(own) * own.signs
            record = number_record(
                digits,
                line=row,
                number=column,
                page=page,
                placement=writing.placement,
                verdict=Verdict(sure, NEVER if doubts else wanted, tuple(doubt.code for doubt in doubts)),
                signs=signs,
                kind=next(kinds),
            )
            there = 1.0 if calibration.presence is None else calibration.presence.probability(own)
            numbers.append(JudgedNumber(digits, own, record, signs, doubts, there))
    return tuple(numbers)


def _evidence_of_page(
    signed: SignedPage,
    writing: Writing,
    unread: NDArray[np.int32],
    left_out_at_ends: Callable[[Sequence[Box]], float],
) -> list[NumberEvidence]:
    """Collect what the confidence of each number is computed from, its signs included."""
    found = evidence_of(
        [[number.digits for number in line] for line in signed.lines],
        writing.size.height_px,
        partial(ink_at_ends, unread=unread, stroke_px=writing.size.stroke_px),
        left_out_at_ends,
        writing.sorted_ink,
        writing.cells,
    )
    signs = [probability_of(number.signs) for line in signed.lines for number in line]
    return [replace(own, signs=sure) for own, sure in zip(found, signs, strict=True)]


def _ink_beside(
    boxes: Sequence[Box], labels: NDArray[np.int32] | None, stroke_px: float
) -> Callable[[Sequence[Box]], float]:
    """Return what tells how much ink lies beside the ends of a number, without that in any of the boxes."""
    if labels is None:
        return lambda _: 0.0
    return partial(ink_at_ends, unread=unread_ink(boxes, labels), stroke_px=stroke_px)


def _left_out(writing: Writing) -> NDArray[np.int32] | None:
    """Return the pieces of ink that the network of ink left out, numbered; None where there are none."""
    if writing.left_out is None or not writing.left_out.any():
        return None
    return np.asarray(cv2.connectedComponents(writing.left_out.view(np.uint8), connectivity=8)[1], np.int32)


def _read_strips(
    segmentation: Segmentation, likely: NDArray[np.float32], embeddings: NDArray[np.float32] | None
) -> list[Found]:
    """Take the best path through every line of the page, and hold what was found beside each other."""
    found: list[Found] = []
    candidates: list[int] = []
    start = 0
    for index, strip in enumerate(segmentation.strips):
        stop = start + len(strip.candidates)
        edges = edges_of(strip, segmentation.writing.size.height_px)
        path = read_words(strip, edges, likely[start:stop])
        unread = unread_share(strip, path)
        for read in path:
            placed = PlacedDigit(strip.candidates[read.edge].box, index, strip.cell, len(found))
            found.append(Found(placed, read, unread))
            candidates.append(start + read.edge)
        start = stop
    return found if embeddings is None else as_one_hand(found, embeddings[candidates])
