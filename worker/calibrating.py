"""Honest confidence: numbers read from drawn pages, compared with what was written there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.calibration import (
    IDENTITY,
    expected_calibration_error,
    fit_numbers,
)
from model.classify import Classifier
from model.rates import wilson
from model.synth.digits import DigitSource
from model.synth.page import KINDS, SynthPage, make_page
from segmentation.geometry import Box
from segmentation.page import Page
from worker.reader import Reader
from worker.records import NumberRecord

__all__ = ["Outcomes", "calibrated", "merged", "read_drawn_pages"]

#: Of the numbers that are accepted, at most this share may be wrong on drawn pages.
ACCEPTED_ERROR = 0.01
#: Standard deviations by which the share may be underestimated.
MARGIN = 1.0
#: A number that was read stands where a written one stands when they share this much of their boxes.
SAME_PLACE = 0.5


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Numbers that were read, and whether they were right.

    Attributes
    ----------
    features : (N, F) float64 ndarray
        ``model.calibration.NumberEvidence.features`` of each.
    right : (N,) bool ndarray
        Whether just this text is written there.
    written : int
        Numbers on the pages.
    """

    features: NDArray[np.float64]
    right: NDArray[np.bool_]
    written: int


def merged(parts: list[Outcomes]) -> Outcomes:
    """Put the outcomes of several drawings together."""
    return Outcomes(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.right for part in parts]),
        sum(part.written for part in parts),
    )


def _share(box: tuple[int, int, int, int], record: NumberRecord) -> float:
    """Return intersection over union of a written and a read number."""
    read = record.box
    written, found = Box(*box), Box(read.x, read.y, read.x + read.width, read.y + read.height)
    common = max(0, written.overlap_x(found)) * max(0, written.overlap_y(found))
    both = written.width * written.height + found.width * found.height - common
    return common / both


def _is_right(record: NumberRecord, drawn: SynthPage) -> bool:
    return any(
        number.text == record.text and _share(number.box, record) >= SAME_PLACE
        for row in drawn.rows
        for number in row
    )


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
        Of all numbers that were read, be they on the page or not.
    """
    seed, pages, folder = task
    rng = np.random.default_rng(seed)
    reader = Reader(Classifier.load(folder))
    features: list[tuple[float, ...]] = []
    right: list[bool] = []
    written = 0
    for k in range(pages):
        drawn = make_page(rng, source, KINDS[k % len(KINDS)])
        page = Page(drawn.grey, dpi=None, orientation=1, kind="png")
        written += sum(len(row) for row in drawn.rows)
        reading = reader.read_page(page)
        features.extend(evidence.features for evidence in reading.evidence)
        right.extend(_is_right(record, drawn) for record in reading.numbers)
    width = len(IDENTITY.weights)
    return Outcomes(np.array(features, np.float64).reshape(-1, width), np.array(right, bool), written)


def _threshold(confidences: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the confidence from which on no more numbers are wrong than may be, at most 0.999.

    With a margin: where the error is just what it may be on these numbers, it is more on half of all others.
    """
    order = np.argsort(-confidences, kind="stable")
    wrong = np.cumsum(~right[order])
    most = [wilson(int(w), n, z=MARGIN)[1] for n, w in enumerate(wrong, start=1)]
    within = np.flatnonzero(np.array(most) <= ACCEPTED_ERROR)
    if not len(within):
        return 0.999
    return round(min(0.999, float(confidences[order][within[-1]])), 4)


def calibrated(fitted: Outcomes, judged: Outcomes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fit the confidence of numbers on some outcomes and judge it by others.

    Parameters
    ----------
    fitted, judged : Outcomes
        Of pages written with different digits.

    Returns
    -------
    calibration : dict
        ``number`` and ``accept_confidence`` for the manifest.
    metrics : dict
        Of the judged numbers: how many were written, read, right, accepted, the error among
        the accepted, and the expected calibration error.
    """
    calibration = fit_numbers(fitted.features, fitted.right)
    threshold = _threshold(calibration.probabilities(fitted.features), fitted.right)
    confidences = calibration.probabilities(judged.features)
    accepted = confidences >= threshold
    metrics = {
        "numbers_written": judged.written,
        "numbers_read": len(judged.right),
        "numbers_right": int(judged.right.sum()),
        "accepted": int(accepted.sum()),
        "wrong_among_accepted": int((~judged.right[accepted]).sum()),
        "expected_calibration_error": round(expected_calibration_error(confidences, judged.right), 5),
    }
    return {"number": calibration.as_manifest(), "accept_confidence": threshold}, metrics
