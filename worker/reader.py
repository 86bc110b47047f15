"""One page's way from pixels to numbers: the recipe, with no queue and no file in sight.

decode (before) → clean, rules, components, lines, cuts, normalize: `segment_page`
→ one call of the network for all candidates of the page → the best path through each
line → digits to numbers → confidence and status.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.classify import Classifier
from model.contract import to_batch
from model.errors import BundleInvalid
from model.lattice import ReadDigit, best_path
from segmentation.geometry import Box, union
from segmentation.numbers import PlacedDigit, group_numbers
from segmentation.page import Page
from segmentation.segment import Segmentation, segment_page
from worker.errors import ModelRefused
from worker.judgement import judge
from worker.records import (
    Alternative,
    BoxRecord,
    DigitRecord,
    ModelRecord,
    NumberRecord,
    ProcessingStep,
    WarningRecord,
)
from worker.strips import edges_of

__all__ = ["PageReading", "Reader", "load_reader"]

#: Alternatives below this probability are not worth a reviewer's time.
LEAST_ALTERNATIVE = 0.01


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
    """

    numbers: tuple[NumberRecord, ...]
    processing: tuple[ProcessingStep, ...]
    warnings: tuple[WarningRecord, ...] = ()
    timings_s: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Found:
    """A digit of the best path, and where it stands."""

    placed: PlacedDigit
    read: ReadDigit


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

    def read_page(self, page: Page, *, accept_confidence: float | None = None) -> PageReading:
        """Read one page.

        Parameters
        ----------
        page : Page
            As decoded. Not modified.
        accept_confidence : float, optional
            Numbers at least this sure are accepted; by default what the model's manifest says.

        Returns
        -------
        PageReading
            Without numbers for a blank page.
        """
        started = time.perf_counter()
        segmentation = segment_page(page.pixels)
        segmented = time.perf_counter()
        probabilities = self._classifier.predict(to_batch(segmentation.glyphs))
        classified = time.perf_counter()
        found = _read_strips(segmentation, probabilities)
        by_place = {id(digit.placed): digit for digit in found}
        lines = group_numbers([digit.placed for digit in found], segmentation.writing.cells)
        threshold = self._threshold if accept_confidence is None else accept_confidence
        numbers = tuple(
            _number_record(
                [by_place[id(place)] for place in places],
                line=row,
                number=column,
                page=page,
                scale=segmentation.writing.scale,
                accept_confidence=threshold,
            )
            for row, line in enumerate(lines, start=1)
            for column, places in enumerate(line, start=1)
        )
        timings = {
            "segment": segmented - started,
            "classify": classified - segmented,
            "decide": time.perf_counter() - classified,
        }
        return PageReading(numbers, (_step(segmentation),), (), timings)

    @property
    def _threshold(self) -> float:
        calibration = self._classifier.bundle.manifest.get("calibration", {})
        return float(calibration.get("accept_confidence", 0.9))


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


def _read_strips(segmentation: Segmentation, probabilities: NDArray[np.float32]) -> list[_Found]:
    """Take the best path through every line of the page."""
    found = []
    start = 0
    for index, strip in enumerate(segmentation.strips):
        stop = start + len(strip.candidates)
        for read in best_path(len(strip.pieces), edges_of(strip), probabilities[start:stop]):
            placed = PlacedDigit(strip.candidates[read.edge].box, index, strip.cell)
            found.append(_Found(placed, read))
        start = stop
    return found


def _on_page(box: Box, scale: float, page: Page) -> BoxRecord:
    """Return a box of the working page in px of the original."""
    original = Box(
        int(box.left / scale),
        int(box.top / scale),
        max(int(np.ceil(box.right / scale)), int(box.left / scale) + 1),
        max(int(np.ceil(box.bottom / scale)), int(box.top / scale) + 1),
    ).clipped(page.width, page.height)
    return BoxRecord(x=original.left, y=original.top, width=original.width, height=original.height)


def _alternatives(read: ReadDigit) -> tuple[Alternative, ...]:
    order = np.argsort(read.probabilities)[::-1]
    return tuple(
        Alternative(text=str(digit), probability=_probability(read.probabilities[digit]))
        for digit in order
        if digit != read.digit and read.probabilities[digit] >= LEAST_ALTERNATIVE
    )


def _probability(value: float) -> float:
    return float(min(1.0, max(0.0, round(float(value), 6))))


def _number_record(
    digits: Sequence[_Found], *, line: int, number: int, page: Page, scale: float, accept_confidence: float
) -> NumberRecord:
    judged = judge([digit.read for digit in digits], accept_confidence)
    return NumberRecord(
        line=line,
        number=number,
        text=judged.text,
        status=judged.status,
        confidence=_probability(judged.confidence),
        box=_on_page(union(digit.placed.box for digit in digits), scale, page),
        digits=tuple(
            DigitRecord(
                text=text,
                confidence=_probability(digit.read.confidence),
                box=_on_page(digit.placed.box, scale, page),
                alternatives=_alternatives(digit.read),
            )
            for text, digit in zip(judged.text, digits, strict=True)
        ),
        alternatives=tuple(
            Alternative(text=text, probability=_probability(p)) for text, p in judged.alternatives
        ),
    )


def _step(segmentation: Segmentation) -> ProcessingStep:
    writing = segmentation.writing
    return ProcessingStep(
        name="segment",
        settings={
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
