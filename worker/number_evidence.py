"""What the confidence of a number is computed from: its digits, and how it stands on its page."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median

import numpy as np

from model.calibration import WIDE, NumberEvidence, log_odds
from segmentation.cells import Cell
from segmentation.geometry import Box, union
from segmentation.sorting import SortedInk
from worker.number_records import Found
from worker.parting_walls import PartingWalls

__all__ = ["evidence_of"]


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
    walls = PartingWalls(cells, (digit for line in lines for number in line for digit in number))
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


def _digit_share(number: Sequence[Found], sorted_ink: SortedInk | None) -> float:
    """Return how much of a number's ink looks like digits; a half where nobody can tell."""
    if sorted_ink is None:
        return 0.5
    return float(sorted_ink.digit_shares([digit.placed.box for digit in number]).mean())
