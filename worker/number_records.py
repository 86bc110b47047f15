"""Digits that were read to the records that are written out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise
from statistics import median

import numpy as np

from model.calibration import WIDE, NumberEvidence, log_odds
from model.lattice import ReadDigit
from segmentation.cells import Cell
from segmentation.combs import find_combs
from segmentation.geometry import Box, Placement, union
from segmentation.numbers import PlacedDigit
from segmentation.page import Page
from segmentation.sorting import SortedInk
from worker.judgement import judge
from worker.records import Alternative, BoxRecord, DigitRecord, Kind, NumberRecord, SignRecord
from worker.sign_text import Sign, with_signs

__all__ = ["Found", "Verdict", "evidence_of", "kind_of", "number_record"]

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
    """

    confidence: float
    accept_confidence: float


def evidence_of(
    lines: Sequence[Sequence[Sequence[Found]]],
    writing_px: float,
    ink_at_ends: Callable[[Sequence[Box]], float] = lambda _: 0.0,
    left_out_at_ends: Callable[[Sequence[Box]], float] = lambda _: 0.0,
    sorted_ink: SortedInk | None = None,
    cells: Sequence[Cell] = (),
) -> list[NumberEvidence]:
    """Collect what the confidence of each number of a page is computed from.

    Parameters
    ----------
    lines : sequence of lines, each a sequence of numbers, each a sequence of Found
        In reading order.
    writing_px : float
        Height of the page's writing, in px of the working page.
    ink_at_ends : callable
        From the boxes of a number's digits to how much unread ink there is beside them.
    left_out_at_ends : callable
        The same for ink that was left out because it looks like no digit at all.
    sorted_ink : SortedInk, optional
        What the page's ink belongs to.
    cells : sequence of Cell
        Areas enclosed by rules.

    Returns
    -------
    list of NumberEvidence
        One a number, line after line.
    """
    walls = _Walls(cells)
    odds = [log_odds(digit.read.confidence) for line in lines for number in line for digit in number]
    page = float(np.mean(odds)) if odds else 0.0
    found = []
    for line in lines:
        boxes = [union(digit.placed.box for digit in number) for number in line]
        for place, number in enumerate(line):
            own = [digit.placed.box for digit in number]
            height = float(median(box.height for box in own))
            outer = [
                -boxes[place].overlap_x(boxes[other]) / height
                for other in (place - 1, place + 1)
                if 0 <= other < len(line) and not walls.part(number, line[other])
            ]
            inner = [-a.placed.box.overlap_x(b.placed.box) / height for a, b in pairwise(number)]
            found.append(
                NumberEvidence(
                    tuple(digit.read.confidence for digit in number),
                    height / max(1.0, writing_px),
                    page,
                    min(outer, default=WIDE),
                    max(inner, default=0.0),
                    float(np.mean([digit.unread_share for digit in number])),
                    ink_at_ends(own),
                    _digit_share(number, sorted_ink),
                    left_out_at_ends(own),
                )
            )
    return found


class _Walls:
    """The walls between the cells of a page, but for those in combs, which part digits of one number."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._cells = cells

    @cached_property
    def _combs(self) -> dict[int, int]:
        return find_combs(self._cells)

    def part(self, number: Sequence[Found], other: Sequence[Found]) -> bool:
        """Tell whether two numbers stand in different cells: however near, they are no parts of one."""
        own, others = ({digit.placed.cell for digit in digits} for digits in (number, other))
        if min(own | others) < 0 or own & others:
            return False
        return not {self._comb_of(cell) for cell in own} & {self._comb_of(cell) for cell in others}

    def _comb_of(self, cell: int) -> tuple[str, int]:
        ticked = self._cells[cell].comb
        if ticked >= 0:
            return "ticked", ticked
        return ("boxes", self._combs[cell]) if cell in self._combs else ("cell", cell)


def _digit_share(number: Sequence[Found], sorted_ink: SortedInk | None) -> float:
    """Return how much of a number's ink looks like digits; a half where nobody can tell."""
    if sorted_ink is None:
        return 0.5
    return float(sorted_ink.digit_shares([digit.placed.box for digit in number]).mean())


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
