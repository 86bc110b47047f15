"""Honest confidence: numbers read from drawn pages, compared with what was written there.

The confidence and the thresholds are fitted on the numbers of some pages; what they are worth, and what can
be promised of them, is counted on those of others, which are written with other digits.
"""

from dataclasses import dataclass, replace
from math import floor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.calibration import IDENTITY, NumberCalibration, fit_numbers
from model.calibration_error import expected_calibration_error
from model.classify import Classifier
from model.error_curve import CurvePoint, ErrorCurve
from model.rates import wilson
from model.synth.clutter import scatter
from model.synth.digits import DigitSource
from model.synth.ink_sorts import InkSort
from model.synth.layouts import Layout, single
from model.synth.page import KINDS, SynthPage, make_page
from model.synth.prices import prices
from model.synth.unwritten import unwritten
from model.usual_pages import USUAL_SHARES, PageEvidence, UsualPages
from segmentation.geometry import Box
from segmentation.page import Page
from worker.presence import LEAST_PRESENCE
from worker.reader import Reader
from worker.records import NumberRecord, Status

__all__ = ["Outcomes", "calibrated", "merged", "read_drawn_pages"]

#: Of the numbers that are accepted, at most this share may be wrong on drawn pages.
ACCEPTED_ERROR = 0.01
#: Nobody has to be surer than this to be accepted.
SUREST_ASKED = 0.999
#: Thresholds are tried that keep these shares of the numbers: few, because each costs some of the proof.
KEPT_SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
#: Thresholds have six digits after the point.
_STEPS = 1_000_000
#: Fewer accepted numbers than this do not tell whether one in a hundred is wrong.
LEAST_JUDGED = 300
#: Standard deviations by which the share may be underestimated.
MARGIN = 1.0
#: One page in so many holds numbers with points, commas and signs; fifteen meets every kind in turn.
PRICES_EVERY = 15
#: One in so many holds no number at all, with or without what else stands on pages; nine meets every kind,
UNWRITTEN_EVERY = 9
#: and one in so many a single one, which nothing beside it speaks for.
ALONE_EVERY = 7
#: A number that was read stands where a written one stands when they share this much of the smaller box: one
#: may have its sign in it, or lack the end of a faint stroke.
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
    present : (N,) bool ndarray
        Whether any number is written there.
    written : int
        Numbers on the pages.
    acceptable : (N,) bool ndarray
        Whether each is accepted if only it is sure enough: a digit without a credible reading, and ink
        between its digits that was read as nothing, are never accepted.
    pages : (P, 2) float64 ndarray
        ``model.usual_pages.PageEvidence`` of each page on which a number is written and read.
    """

    features: NDArray[np.float64]
    right: NDArray[np.bool_]
    written: int
    acceptable: NDArray[np.bool_]
    pages: NDArray[np.float64]
    present: NDArray[np.bool_]

    def those(self, chosen: NDArray[np.bool_]) -> "Outcomes":
        """Return some of the numbers, as a mask says."""
        return replace(
            self,
            features=self.features[chosen],
            right=self.right[chosen],
            acceptable=self.acceptable[chosen],
            present=self.present[chosen],
        )


def merged(parts: list[Outcomes]) -> Outcomes:
    """Put the outcomes of several drawings together."""
    return Outcomes(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.right for part in parts]),
        sum(part.written for part in parts),
        np.concatenate([part.acceptable for part in parts]),
        np.concatenate([part.pages for part in parts]),
        np.concatenate([part.present for part in parts]),
    )


def _share(box: tuple[int, int, int, int], record: NumberRecord) -> float:
    """Return how much of the smaller one's area a written and a read number share."""
    read = record.box
    written, found = Box(*box), Box(read.x, read.y, read.x + read.width, read.y + read.height)
    common = max(0, written.overlap_x(found)) * max(0, written.overlap_y(found))
    return common / min(written.width * written.height, found.width * found.height)


def _is_right(record: NumberRecord, drawn: SynthPage) -> bool:
    return record.text in _texts_at(record, drawn)


def _is_there(record: NumberRecord, drawn: SynthPage) -> bool:
    return bool(_texts_at(record, drawn))


def _texts_at(record: NumberRecord, drawn: SynthPage) -> list[str]:
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
    features: list[tuple[float, ...]] = []
    right: list[bool] = []
    present: list[bool] = []
    acceptable: list[bool] = []
    pages_read: list[tuple[float, float]] = []
    written = 0
    for k in range(pages):
        # Every third page has words, print and what else stands beside numbers.
        drawn = make_page(
            rng,
            source,
            KINDS[k % len(KINDS)],
            around=scatter if k % 3 == 2 else None,
            layout=_layout(k),
        )
        page = Page(drawn.grey, dpi=None, orientation=1, kind="png")
        written += sum(len(row) for row in drawn.rows)
        reading = reader.read_page(page, accept_confidence=0.0, least_presence=0.0)
        for record, evidence in zip(reading.numbers, reading.evidence, strict=True):
            if _is_print(record, drawn):
                continue
            features.append(evidence.features)
            right.append(_is_right(record, drawn))
            present.append(_is_there(record, drawn))
            acceptable.append(record.status is Status.ACCEPTED)
        if drawn.rows and (shown := PageEvidence.of(reading.evidence)) is not None:
            pages_read.append((shown.log_odds, shown.unread_share))
    width = len(IDENTITY.weights)
    return Outcomes(
        np.array(features, np.float64).reshape(-1, width),
        np.array(right, bool),
        written,
        np.array(acceptable, bool),
        np.array(pages_read, np.float64).reshape(-1, 2),
        np.array(present, bool),
    )


def _layout(page: int) -> Layout | None:
    """Return how the numbers of a page are arranged, where it is not as on most pages of its kind."""
    if page % PRICES_EVERY == 0:
        return prices
    if page % UNWRITTEN_EVERY == UNWRITTEN_EVERY - 1:
        return unwritten
    return single if page % ALONE_EVERY == ALONE_EVERY - 1 else None


def _there(outcomes: Outcomes, presence: NumberCalibration) -> Outcomes:
    """Return the numbers that are not passed over."""
    return outcomes.those(presence.probabilities(outcomes.features) >= LEAST_PRESENCE)


def _threshold(confidences: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the confidence from which on no more numbers are wrong than may be, at most so sure.

    With a margin: where the error is just what it may be on these numbers, it is more on half of all others.
    """
    order = np.argsort(-confidences, kind="stable")
    wrong = np.cumsum(~right[order])
    most = [wilson(int(w), n, z=MARGIN)[1] for n, w in enumerate(wrong, start=1)]
    within = np.flatnonzero(np.array(most) <= ACCEPTED_ERROR)
    if not len(within):
        return SUREST_ASKED
    return min(SUREST_ASKED, _rounded_down(float(confidences[order][within[-1]])))


def _grid(confidences: NDArray[np.float64]) -> list[float]:
    """Return the thresholds that keep :data:`KEPT_SHARES` of the numbers, the surest first."""
    if not len(confidences):
        return [SUREST_ASKED]
    order = np.sort(confidences)[::-1]
    kept = [order[int(np.ceil(share * len(order))) - 1] for share in KEPT_SHARES]
    return sorted({_rounded_down(float(confidence)) for confidence in kept}, reverse=True)


def _rounded_down(confidence: float) -> float:
    """Return a threshold without needless digits; rounded up it might keep none of what is just as sure."""
    return floor(confidence * _STEPS) / _STEPS


def _error_curve(grid: list[float], confidences: NDArray[np.float64], judged: Outcomes) -> ErrorCurve:
    """Count on held-out numbers what each threshold keeps, and how much of it is wrong."""
    kept = [(confidences >= threshold) & judged.acceptable for threshold in grid]
    points = (
        CurvePoint(threshold, int(those.sum()), int((~judged.right[those]).sum()))
        for threshold, those in zip(grid, kept, strict=True)
    )
    return ErrorCurve(tuple(points), len(judged.right))


def _held(threshold: float, confidences: NDArray[np.float64], judged: Outcomes, curve: ErrorCurve) -> float:
    """Return the threshold, or a higher one where more of the judged numbers are wrong than may be.

    They were written by hands and in fonts that the confidence was not fitted on, as those of users are.
    """
    accepted = (confidences >= threshold) & judged.acceptable
    wrong, count = int((~judged.right[accepted]).sum()), int(accepted.sum())
    if wrong <= ACCEPTED_ERROR * count or count < LEAST_JUDGED:
        return threshold
    higher = (point for point in curve.points if point.confidence > threshold)
    held = [point.confidence for point in higher if point.wrong <= ACCEPTED_ERROR * point.kept]
    return min(held, default=SUREST_ASKED)


def _usual_pages(pages: NDArray[np.float64]) -> UsualPages:
    ranges = np.quantile(pages, USUAL_SHARES, axis=0).T.tolist()
    return UsualPages(*((low, high) for low, high in ranges))


def calibrated(fitted: Outcomes, judged: Outcomes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fit the confidence of numbers on some outcomes and judge it by others.

    Parameters
    ----------
    fitted, judged : Outcomes
        Of pages written with different digits.

    Returns
    -------
    calibration : dict
        ``number``, ``accept_confidence`` and ``error_curve`` for the manifest; ``usual_pages`` where a
        page of those to fit on holds a number, and ``presence`` where something was read from nothing.
    metrics : dict
        Of the judged numbers: how many were written, read, right, accepted, the error among
        the accepted, and the expected calibration error. Where the threshold had to be raised
        for them, the error among the accepted is flattered by that a little.
    """
    found: dict[str, Any] = {}
    if not fitted.present.all() and fitted.present.any():
        found["presence"] = fit_numbers(fitted.features, fitted.present).as_manifest()
        presence = NumberCalibration.from_stored(found["presence"])
        fitted, judged = _there(fitted, presence), _there(judged, presence)
    stored = fit_numbers(fitted.features, fitted.right).as_manifest()
    # What is counted from here on is what the manifest says, rounded as it is there.
    calibration = NumberCalibration.from_stored(stored)
    sure = calibration.probabilities(fitted.features)[fitted.acceptable]
    confidences = calibration.probabilities(judged.features)
    curve = _error_curve(_grid(sure), confidences, judged)
    threshold = _held(_threshold(sure, fitted.right[fitted.acceptable]), confidences, judged, curve)
    accepted = (confidences >= threshold) & judged.acceptable
    metrics = {
        "numbers_written": judged.written,
        "numbers_read": len(judged.right),
        "numbers_right": int(judged.right.sum()),
        "accepted": int(accepted.sum()),
        "wrong_among_accepted": int((~judged.right[accepted]).sum()),
        "expected_calibration_error": round(expected_calibration_error(confidences, judged.right), 5),
    }
    found |= {"number": stored, "accept_confidence": threshold, "error_curve": curve.as_manifest()}
    if len(fitted.pages):
        found["usual_pages"] = _usual_pages(fitted.pages).as_manifest()
    return found, metrics
