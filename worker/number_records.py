"""Digits that were read to the records that are written out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from model.lattice import ReadDigit
from segmentation.geometry import Box, Placement, union
from segmentation.numbers import PlacedDigit
from segmentation.page import Page
from segmentation.sorting import SortedInk
from worker.judgement import judge
from worker.records import Alternative, BoxRecord, DigitRecord, Kind, NumberRecord, SignRecord
from worker.sign_text import Sign, with_signs

__all__ = ["Found", "Verdict", "kind_of", "number_record"]

#: Alternatives below this probability are not worth a reviewer's time.
LEAST_ALTERNATIVE = 0.01


@dataclass(frozen=True, slots=True)
class Found:
    """A digit of the best path.

    Attributes
    ----------
    placed : PlacedDigit
        Where it stands.
    read : ReadDigit
        What it is.
    unread_share : float
        How much of its line was left out, 0..1.
    alone : int, optional
        What it was before it was held beside the others of its page; None where it was not.
    """

    placed: PlacedDigit
    read: ReadDigit
    unread_share: float = 0.0
    alone: int | None = None

    @property
    def by_others(self) -> bool:
        """Tell whether it is what it is only because of the others."""
        return self.alone is not None and self.alone != self.read.digit


@dataclass(frozen=True, slots=True)
class Verdict:
    """How sure a number is, and how sure it has to be.

    Attributes
    ----------
    confidence : float
        Probability that the text is right.
    accept_confidence : float
        Numbers at least this sure are accepted.
    doubts : tuple of str
        Codes of what keeps it from being accepted, however sure it is.
    """

    confidence: float
    accept_confidence: float
    doubts: tuple[str, ...] = ()


def kind_of(number: Sequence[Found], sorted_ink: SortedInk | None) -> Kind | None:
    """Tell whether a number is handwritten or printed; None where nobody can."""
    if sorted_ink is None:
        return None
    printed = sorted_ink.is_printed([digit.placed.box for digit in number])
    return Kind.PRINTED if printed else Kind.HANDWRITTEN


def number_record(
    digits: Sequence[Found],
    *,
    line: int,
    number: int,
    page: Page,
    placement: Placement,
    verdict: Verdict,
    kind: Kind | None = None,
    signs: Sequence[Sign] = (),
) -> NumberRecord:
    """Judge one number and describe it.

    Parameters
    ----------
    digits : sequence of Found
        From left to right, at least one.
    line, number : int
        Its place on the page, from 1.
    page : Page
        As decoded: boxes are given in its px.
    placement : Placement
        Where the working page lies on the page.
    verdict : Verdict
        What it is judged by.
    kind : Kind, optional
        Whether it is handwritten or printed; None where nobody can tell.
    signs : sequence of Sign
        In and before the number.

    Returns
    -------
    NumberRecord
        With its digits, signs and alternatives.
    """
    judged = judge([digit.read for digit in digits], verdict.accept_confidence, verdict.confidence, signs)
    boxes = [*(digit.placed.box for digit in digits), *(sign.box for sign in signs)]
    on_page = partial(_on_page, placement=placement, page=page)
    return NumberRecord(
        line=line,
        number=number,
        text=with_signs(judged.text, signs),
        kind=kind,
        status=judged.status,
        confidence=_probability(judged.confidence),
        box=on_page(union(boxes)),
        digits=tuple(
            _digit_record(text, digit, on_page) for text, digit in zip(judged.text, digits, strict=True)
        ),
        signs=tuple(_sign_record(sign, on_page) for sign in signs),
        alternatives=tuple(
            Alternative(text=text, probability=_probability(p)) for text, p in judged.alternatives
        ),
        doubts=verdict.doubts,
    )


def _digit_record(text: str, digit: Found, on_page: Callable[[Box], BoxRecord]) -> DigitRecord:
    return DigitRecord(
        text=text,
        confidence=_probability(digit.read.confidence),
        box=on_page(digit.placed.box),
        alternatives=_alternatives(digit.read),
    )


def _sign_record(sign: Sign, on_page: Callable[[Box], BoxRecord]) -> SignRecord:
    return SignRecord(
        text=sign.text,
        place=sign.place,
        confidence=_probability(sign.probability),
        box=on_page(sign.box),
    )


def _on_page(box: Box, placement: Placement, page: Page) -> BoxRecord:
    """Return a box of the working page in px of the original."""
    original = placement.on_page(box).clipped(page.width, page.height)
    return BoxRecord(x=original.left, y=original.top, width=original.width, height=original.height)


def _alternatives(read: ReadDigit) -> tuple[Alternative, ...]:
    order = np.argsort(read.probabilities)[::-1]
    order = order[read.probabilities[order] >= LEAST_ALTERNATIVE]
    return tuple(
        Alternative(text=str(digit), probability=_probability(read.probabilities[digit]))
        for digit in order.tolist()
        if digit != read.digit
    )


def _probability(value: float) -> float:
    return float(min(1.0, max(0.0, round(float(value), 6))))
