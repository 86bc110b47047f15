"""Honest confidence: numbers read from drawn pages, compared with what was written there.

The confidence and the thresholds are fitted on the numbers of some pages; what they are worth, and what can
be promised of them, is counted on those of others, which are written with other digits.
"""

from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.calibration import NumberCalibration, fit_numbers
from model.calibration_error import expected_calibration_error
from model.error_curve import CurvePoint, ErrorCurve
from model.rates import wilson
from model.usual_pages import USUAL_SHARES, UsualPages
from worker.outcomes import Outcomes
from worker.presence import LEAST_PRESENCE
from worker.unfitted import UNFITTED

__all__ = ["calibrated", "fitted_confidence", "in_place_of_all"]

#: All that is fitted here; of another network, or another network of ink, nothing of it holds.
_FITTED = ("accept_confidence", "error_curve", "number", "presence", UNFITTED, "usual_pages")

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


def in_place_of_all(found: dict[str, Any]) -> dict[str, Any]:
    """Return what was fitted, with None for all else that an earlier fit has left in a manifest."""
    return {**dict.fromkeys(_FITTED), **found}


def _there(outcomes: Outcomes, presence: NumberCalibration) -> Outcomes:
    """Return the numbers that are not passed over."""
    return outcomes.those(presence.probabilities(outcomes.features) >= LEAST_PRESENCE)


def _threshold(confidences: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the confidence from which on no more numbers are wrong than may be, at most so sure.

    With a margin: where the error is just what it may be on these numbers, it is more on half of all others.
    """
    order = np.argsort(-confidences, kind="stable")
    sure = np.floor(confidences[order] * _STEPS)
    wrong = np.cumsum(~right[order])
    most = [wilson(int(w), n, z=MARGIN)[1] for n, w in enumerate(wrong, start=1)]
    # A threshold takes all that are as sure as it: it lies at the last one of these.
    last = np.append(np.diff(sure) != 0, True)[: len(sure)]
    within = np.flatnonzero((np.array(most) <= ACCEPTED_ERROR) & last)
    if not len(within):
        return SUREST_ASKED
    return min(SUREST_ASKED, float(sure[within[-1]]) / _STEPS)


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


def _held(threshold: float, confidences: NDArray[np.float64], judged: Outcomes) -> float:
    """Return the threshold, or a higher one where more of the judged numbers are wrong than may be.

    They were written by hands and in fonts that the confidence was not fitted on, as those of users are. It
    is raised as far as it has to be for these, with the margin that it was chosen with.
    """
    accepted = (confidences >= threshold) & judged.acceptable
    wrong, count = int((~judged.right[accepted]).sum()), int(accepted.sum())
    if wrong <= ACCEPTED_ERROR * count or count < LEAST_JUDGED:
        return threshold
    return max(threshold, _threshold(confidences[accepted], judged.right[accepted]))


def fitted_confidence(outcomes: Outcomes) -> dict[str, Any]:
    """Fit what the confidence of numbers is computed by, and whether there is a number at all.

    Parameters
    ----------
    outcomes : Outcomes
        Of pages to fit on.

    Returns
    -------
    dict
        ``number``; ``usual_pages`` where a page holds a number, and ``presence`` where something was read
        from nothing: as they stand in a manifest's ``calibration``.
    """
    found: dict[str, Any] = {}
    if not outcomes.present.all() and outcomes.present.any():
        found["presence"] = fit_numbers(outcomes.features, outcomes.present).as_manifest()
        outcomes = _there(outcomes, NumberCalibration.from_stored(found["presence"]))
    # What the signs of a number are comes beside its digits: those with signs would count them twice.
    plain = outcomes.signs == 1.0
    told = outcomes.those(plain) if plain.any() else outcomes
    found["number"] = fit_numbers(told.features, told.right).as_manifest()
    if len(outcomes.pages):
        found["usual_pages"] = _usual_pages(outcomes.pages).as_manifest()
    return found


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
    found = fitted_confidence(fitted)
    # What is counted from here on is what the manifest says, rounded as it is there.
    if "presence" in found:
        presence = NumberCalibration.from_stored(found["presence"])
        fitted, judged = _there(fitted, presence), _there(judged, presence)
    calibration = NumberCalibration.from_stored(found["number"])
    sure = fitted.confidences(calibration)[fitted.acceptable]
    confidences = judged.confidences(calibration)
    curve = _error_curve(_grid(sure), confidences, judged)
    threshold = _held(_threshold(sure, fitted.right[fitted.acceptable]), confidences, judged)
    accepted = (confidences >= threshold) & judged.acceptable
    metrics = {
        "numbers_written": judged.written,
        "numbers_read": len(judged.right),
        "numbers_right": int(judged.right.sum()),
        "accepted": int(accepted.sum()),
        "wrong_among_accepted": int((~judged.right[accepted]).sum()),
        "expected_calibration_error": round(expected_calibration_error(confidences, judged.right), 5),
    }
    found |= {"accept_confidence": threshold, "error_curve": curve.as_manifest()}
    return found, metrics
