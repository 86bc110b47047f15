"""Pages are drawn and read, and each number that was read is compared with what is written there."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from model.calibration import IDENTITY, NumberEvidence
from model.classify import Classifier
from model.synth.clutter import scatter
from model.synth.digits import DigitSource
from model.synth.ink_sorts import InkSort
from model.synth.layouts import Layout, single
from model.synth.page import KINDS, SynthPage, make_page
from model.synth.prices import prices
from model.synth.unwritten import unwritten
from model.usual_pages import PageEvidence
from segmentation.geometry import Box
from segmentation.page import Page
from worker.outcomes import Outcomes
from worker.reader import Reader
from worker.records import NumberRecord, Status

__all__ = ["read_drawn_pages", "texts_at"]

#: Share of the pages that have words, print and what else stands beside numbers, and of those without
#: numbers: it is there that something is read from nothing.
CLUTTERED, CLUTTERED_ALONE = 1 / 3, 0.8
#: Shares of the pages that hold numbers with points, commas and signs; no number at all; and a single one,
#: which nothing beside it speaks for. Drawn anew for each page: where it went by turns, there were no signs
#: on pages with print, and no empty page without.
ARRANGED = ((1 / 15, prices), (1 / 7, unwritten), (1 / 7, single))
#: A number that was read stands where a written one stands when they share this much of the smaller box: one
#: may have its sign in it, or lack the end of a faint stroke.
SAME_PLACE = 0.5


def _share(box: tuple[int, int, int, int], record: NumberRecord) -> float:
    """Return how much of the smaller one's area a written and a read number share."""
    read = record.box
    written, found = Box(*box), Box(read.x, read.y, read.x + read.width, read.y + read.height)
    common = max(0, written.overlap_x(found)) * max(0, written.overlap_y(found))
    return common / min(written.width * written.height, found.width * found.height)


def texts_at(record: NumberRecord, drawn: SynthPage) -> list[str]:
    """Return what is written where a number was read."""
    written = (number for row in drawn.rows for number in row)
    return [number.text for number in written if _share(number.box, record) >= SAME_PLACE]


def _is_print(record: NumberRecord, drawn: SynthPage) -> bool:
    """Tell whether a number was read from printed digits, of which nobody says what they are."""
    if drawn.sorts is None:
        return False
    box = record.box
    inside = drawn.sorts[box.y : box.y + box.height, box.x : box.x + box.width]
    printed = int((inside == 1 + InkSort.PRINTED_DIGIT).sum())
    return printed > int((inside == 1 + InkSort.DIGIT).sum())


def read_drawn_pages(source: DigitSource, task: tuple[list[int], int, Path]) -> Outcomes:
    """Draw pages of every kind, read them, and compare.

    Parameters
    ----------
    source : DigitSource
        What the numbers are written with.
    task : tuple of (seed, pages, model folder)
        One argument, so that a crew can be given it.

    Returns
    -------
    Outcomes
        Of all numbers that were read, be they on the page or not; but not of what was printed.
    """
    seed, pages, folder = task
    rng = np.random.default_rng(seed)
    reader = Reader(Classifier.load(folder))
    found: list[_Outcome] = []
    pages_read: list[tuple[float, float]] = []
    written = 0
    for k in range(pages):
        drawn = _drawn_page(rng, source, KINDS[k % len(KINDS)])
        page = Page(drawn.grey, dpi=None, orientation=1, kind="png")
        reading = reader.read_page(page, accept_confidence=0.0, least_presence=0.0)
        written += sum(len(row) for row in drawn.rows)
        found += [
            _outcome_of(record, evidence, drawn)
            for record, evidence in zip(reading.numbers, reading.evidence, strict=True)
            if not _is_print(record, drawn)
        ]
        if drawn.rows and (shown := PageEvidence.of(reading.evidence)) is not None:
            pages_read.append((shown.log_odds, shown.unread_share))
    return Outcomes(
        np.array([one.features for one in found], np.float64).reshape(-1, len(IDENTITY.weights)),
        np.array([one.right for one in found], bool),
        written,
        np.array([one.acceptable for one in found], bool),
        np.array(pages_read, np.float64).reshape(-1, 2),
        np.array([one.present for one in found], bool),
        np.array([one.signs for one in found], np.float64),
    )


class _Outcome(NamedTuple):
    """A number that was read, and what is known of it; see :class:`worker.outcomes.Outcomes`."""

    features: tuple[float, ...]
    right: bool
    acceptable: bool
    present: bool
    signs: float


def _outcome_of(record: NumberRecord, evidence: NumberEvidence, drawn: SynthPage) -> _Outcome:
    there = texts_at(record, drawn)
    return _Outcome(
        features=evidence.features,
        right=record.text in there,
        acceptable=record.status is Status.ACCEPTED,
        present=bool(there),
        signs=evidence.signs,
    )


def _drawn_page(rng: np.random.Generator, source: DigitSource, kind: str) -> SynthPage:
    """Draw a page of a kind, arranged and surrounded by chance."""
    layout = _layout(rng.random())
    cluttered = rng.random() < (CLUTTERED_ALONE if layout is unwritten else CLUTTERED)
    return make_page(rng, source, kind, around=scatter if cluttered else None, layout=layout)


def _layout(chance: float) -> Layout | None:
    """Return how the numbers of a page are arranged, where it is not as on most pages of its kind.

    Parameters
    ----------
    chance : float
        Evenly drawn from [0, 1).
    """
    for share, layout in ARRANGED:
        if chance < share:
            return layout
        chance -= share
    return None
