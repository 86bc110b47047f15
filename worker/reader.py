"""One page's way from pixels to numbers: the recipe, with no queue and no file in sight.

decode (before) → clean, rules, components, lines, cuts, normalize: `segment_page`
→ one call of the network for all candidates of the page → the best path through each
line → digits to numbers → confidence and status.
"""

import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.calibration import NumberEvidence
from model.classify import Classifier
from model.contract import to_batch
from model.errors import BundleInvalid
from model.makes import weighed
from segmentation.components import MOST_COMPONENTS
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit, group_numbers
from segmentation.page import Page
from segmentation.segment import Segmentation, Writing, segment_page
from worker.acceptance import NEVER, Acceptance, accept_step, acceptance_of
from worker.errors import ModelRefused
from worker.number_records import Found, Verdict, evidence_of, number_record
from worker.points import holds_unread_ink, ink_at_ends, unread_ink
from worker.records import ModelRecord, NumberRecord, ProcessingStep, WarningRecord
from worker.strips import edges_of
from worker.words import read_words, unread_share

__all__ = ["PageReading", "PageWork", "ReadNumber", "Reader", "load_reader"]

#: Code of the warning that a page holds more than can be writing.
_CROWDED = "crowded"


@dataclass(frozen=True, slots=True)
class PageReading:
    """What reading one page gave.

    Attributes
    ----------
    numbers : tuple of NumberRecord
        In reading order.
    processing : tuple of ProcessingStep
        What was done to the page, and what was measured on it.
    warnings : tuple of WarningRecord
        What the reader of the table should know.
    timings_s : dict of str to float
        Seconds by step.
    evidence : tuple of NumberEvidence
        What the confidence of each number was computed from.
    """

    numbers: tuple[NumberRecord, ...]
    processing: tuple[ProcessingStep, ...]
    warnings: tuple[WarningRecord, ...] = ()
    timings_s: dict[str, float] = field(default_factory=dict)
    evidence: tuple[NumberEvidence, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """One number, and what it was judged by.

    Attributes
    ----------
    digits : tuple of Found
        From left to right.
    evidence : NumberEvidence
        What its confidence was computed from.
    pointed : bool
        Ink between its digits was read as nothing, so that it is never accepted.
    record : NumberRecord
        What is written out.
    """

    digits: tuple[Found, ...]
    evidence: NumberEvidence
    pointed: bool
    record: NumberRecord


@dataclass(frozen=True, slots=True)
class PageWork:
    """All that reading one page comes by on its way, for who wants to know how it came to its numbers.

    Attributes
    ----------
    segmentation : Segmentation
        Ink, lines and candidate glyphs.
    probabilities : (N, 11) float32 ndarray
        What the network says of each candidate.
    likely : (N, 11) float32 ndarray
        The same, weighed by what the candidates are made of.
    numbers : tuple of ReadNumber
        In reading order.
    acceptance : Acceptance
        What the numbers were held against.
    timings_s : dict of str to float
        Seconds by step.
    """

    segmentation: Segmentation
    probabilities: NDArray[np.float32]
    likely: NDArray[np.float32]
    numbers: tuple[ReadNumber, ...]
    acceptance: Acceptance
    timings_s: dict[str, float]

    @property
    def accept_confidence(self) -> float:
        """From which confidence on numbers were accepted; infinite where none was."""
        return self.acceptance.confidence


class Reader:
    """Reads pages with one model; one a process.

    Parameters
    ----------
    classifier : Classifier
        The loaded model.
    """

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self.model = ModelRecord(id=classifier.bundle.id, sha256=classifier.bundle.sha256)
        self.calibration = classifier.calibration

    def read_page(
        self, page: Page, *, accept_confidence: float | None = None, max_error_rate: float | None = None
    ) -> PageReading:
        """Read one page.

        Parameters
        ----------
        page : Page
            As decoded. Not modified.
        accept_confidence : float, optional
            Numbers at least this sure are accepted; by default what the model's manifest says.
        max_error_rate : float, optional
            The share of wrong numbers among the accepted that is allowed; goes before the other.

        Returns
        -------
        PageReading
            Without numbers for a blank page.

        Raises
        ------
        ModelRefused
            A share is asked for, and the model was not judged for that.
        """
        work = self.work_through(page, accept_confidence=accept_confidence, max_error_rate=max_error_rate)
        evidence = tuple(number.evidence for number in work.numbers)
        return PageReading(
            tuple(number.record for number in work.numbers),
            (
                _step(work.segmentation, page),
                accept_step(work.acceptance, evidence, self.calibration.usual_pages),
            ),
            _warnings(work.segmentation),
            work.timings_s,
            evidence,
        )

    def work_through(
        self, page: Page, *, accept_confidence: float | None = None, max_error_rate: float | None = None
    ) -> PageWork:
        """Read one page as :meth:`read_page` does, and keep what it came by on the way."""
        acceptance = acceptance_of(
            self.calibration,
            self.model.id,
            accept_confidence=accept_confidence,
            max_error_rate=max_error_rate,
        )
        started = time.perf_counter()
        segmentation = segment_page(page.pixels)
        segmented = time.perf_counter()
        probabilities = self._classifier.predict(to_batch(segmentation.glyphs))
        classified = time.perf_counter()
        makes = [candidate.make for strip in segmentation.strips for candidate in strip.candidates]
        likely = weighed(probabilities, makes, self.calibration.makes)
        numbers = self._numbers(page, segmentation, likely, acceptance.confidence)
        timings = {
            "segment": segmented - started,
            "classify": classified - segmented,
            "decide": time.perf_counter() - classified,
        }
        return PageWork(segmentation, probabilities, likely, numbers, acceptance, timings)

    def _numbers(
        self, page: Page, segmentation: Segmentation, likely: NDArray[np.float32], wanted: float
    ) -> tuple[ReadNumber, ...]:
        """Group what the lines read into numbers, and judge each."""
        writing = segmentation.writing
        found = _read_strips(segmentation, likely)
        lines = group_numbers([digit.placed for digit in found], writing.cells)
        digits_of = [[[found[place.index] for place in places] for places in line] for line in lines]
        unread = unread_ink((digit.placed.box for digit in found), writing.labels)
        ends = partial(ink_at_ends, unread=unread, stroke_px=writing.size.stroke_px)
        evidence = iter(evidence_of(digits_of, writing.size.height_px, ends))
        numbers = []
        for row, line in enumerate(digits_of, start=1):
            for column, digits in enumerate(line, start=1):
                own, pointed = next(evidence), _pointed(digits, writing)
                verdict = Verdict(self.calibration.number.probability(own), NEVER if pointed else wanted)
                record = number_record(
                    digits, line=row, number=column, page=page, placement=writing.placement, verdict=verdict
                )
                numbers.append(ReadNumber(tuple(digits), own, pointed, record))
        return tuple(numbers)


def load_reader(model: Path | None = None) -> Reader:
    """Load a reader, with the shipped model unless a model folder is named.

    Raises
    ------
    ModelRefused
        The folder is missing, damaged or no model of this kind.
    """
    try:
        return Reader(Classifier.load(model))
    except BundleInvalid as error:
        raise ModelRefused(str(error)) from error


def _read_strips(segmentation: Segmentation, probabilities: NDArray[np.float32]) -> list[Found]:
    """Take the best path through every line of the page."""
    found: list[Found] = []
    start = 0
    for index, strip in enumerate(segmentation.strips):
        stop = start + len(strip.candidates)
        edges = edges_of(strip, segmentation.writing.size.height_px)
        path = read_words(strip, edges, probabilities[start:stop])
        unread = unread_share(strip, path)
        for read in path:
            placed = PlacedDigit(strip.candidates[read.edge].box, index, strip.cell, len(found))
            found.append(Found(placed, read, unread))
        start = stop
    return found


def _pointed(digits: list[Found], writing: Writing) -> bool:
    return holds_unread_ink([digit.placed.box for digit in digits], writing.labels, writing.size.stroke_px)


def _warnings(segmentation: Segmentation) -> tuple[WarningRecord, ...]:
    """Say what is not to be expected of the page's numbers."""
    dropped = segmentation.writing.dropped
    if not dropped:
        return ()
    message = f"more than {MOST_COMPONENTS:,} separate strokes; the {dropped:,} smallest were passed over"
    return (WarningRecord(code=_CROWDED, message=message),)


def _step(segmentation: Segmentation, page: Page) -> ProcessingStep:
    """Describe what was measured on the page."""
    writing = segmentation.writing
    height, width = writing.labels.shape
    # A close-up has a margin, and a page that was turned has corners, beyond the page.
    part = writing.placement.on_page(Box(0, 0, width, height)).clipped(page.width, page.height)
    return ProcessingStep(
        name="segment",
        settings={
            "x": part.left,
            "y": part.top,
            "width": part.width,
            "height": part.height,
            "turn_deg": writing.placement.turn_deg,
            "scale": round(writing.scale, 4),
            "inverted": writing.ink.inverted,
            "noise": round(writing.ink.noise, 2),
            "writing_height_px": round(writing.size.height_px / writing.scale, 1),
            "stroke_px": round(writing.size.stroke_px / writing.scale, 2),
            "cells": len(writing.cells),
            "lines": len(segmentation.strips),
            "candidates": len(segmentation.glyphs),
        },
    )
