"""What a classifier's answers are worth: rates with intervals, confusion, calibration, rejection.

Probabilities and labels in, figures out. What is judged are single glyphs, each by its likeliest
class; how whole pages are read is judged elsewhere.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.calibration_error import expected_calibration_error
from model.contract import CLASSES, NOT_A_DIGIT
from model.glyphs import Sort
from model.rates import ALONE, Rate, rate_of

__all__ = ["Bin", "Judgement", "Point", "SortRates", "judge", "reliability"]

#: Equal bins of confidence, as for the expected calibration error.
BINS = 15
#: Places at which the error among the kept is given.
KEPT_SHARES = tuple(round(1 - step / 50, 2) for step in range(50))


@dataclass(frozen=True, slots=True)
class Bin:
    """Glyphs of about the same confidence.

    Attributes
    ----------
    low, high : float
        Bounds of the confidence.
    count : int
        Glyphs.
    confidence, accuracy : float
        Their mean confidence, and the share of them that is right.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Point:
    """What is gained by rejecting the least sure ones.

    Attributes
    ----------
    kept : float
        Share that is kept.
    error : float
        Share of the kept that is wrong.
    confidence : float
        Of the least sure one that is kept.
    """

    kept: float
    error: float
    confidence: float


@dataclass(frozen=True, slots=True)
class SortRates:
    """Figures of the glyphs that come from one place.

    Attributes
    ----------
    sort : Sort
        Where from.
    right : Rate
        Digits that were read right; of what is no digit, what was called so.
    rejected : Rate
        Called not a digit.
    """

    sort: Sort
    right: Rate
    rejected: Rate

    def as_json(self) -> dict[str, Any]:
        """Return it in JSON's own types."""
        return {
            "sort": self.sort.told,
            "right": self.right.as_json(),
            "called_not_a_digit": self.rejected.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Judgement:
    """Figures of one model on one set of glyphs.

    Attributes
    ----------
    digits : Rate
        Digits that were read right.
    digits_rejected : Rate
        Digits that were called not a digit.
    others_rejected : Rate
        Pieces that are no digit, and were called so.
    per_digit : tuple of Rate
        Of 0, 1, ... 9.
    confusion : (CLASSES, CLASSES) int64 ndarray
        Row: what it is; column: what it was taken for.
    calibration_error : float
        Expected calibration error of the likeliest class.
    reliability : tuple of Bin
        Confidence against accuracy; empty bins are left out.
    error_reject : tuple of Point
        From all kept to few kept.
    by_sort : tuple of SortRates
        Of each sort of glyphs that there are.
    mistakes : (M,) int64 ndarray
        Places of the wrong ones, the surest first.
    """

    digits: Rate
    digits_rejected: Rate
    others_rejected: Rate
    per_digit: tuple[Rate, ...]
    confusion: NDArray[np.int64]
    calibration_error: float
    reliability: tuple[Bin, ...]
    error_reject: tuple[Point, ...]
    by_sort: tuple[SortRates, ...]
    mistakes: NDArray[np.int64]

    def as_json(self) -> dict[str, Any]:
        """Return everything but the places of the mistakes, in JSON's own types."""
        return {
            "digits": self.digits.as_json(),
            "digits_rejected": self.digits_rejected.as_json(),
            "not_a_digit_rejected": self.others_rejected.as_json(),
            "by_sort": [rates.as_json() for rates in self.by_sort],
            "per_digit": [rate.as_json() for rate in self.per_digit],
            "confusion": self.confusion.tolist(),
            "expected_calibration_error": round(self.calibration_error, 6),
            "reliability": [
                {
                    "low": bin_.low,
                    "high": bin_.high,
                    "count": bin_.count,
                    "confidence": round(bin_.confidence, 6),
                    "accuracy": round(bin_.accuracy, 6),
                }
                for bin_ in self.reliability
            ],
            "error_reject": [
                {
                    "kept": point.kept,
                    "error": round(point.error, 6),
                    "confidence": round(point.confidence, 6),
                }
                for point in self.error_reject
            ],
        }


def judge(
    probabilities: NDArray[np.float32],
    labels: NDArray[np.int64],
    sorts: NDArray[np.int64],
    origins: NDArray[np.int64] | None = None,
) -> Judgement:
    """Judge a model by its answers.

    Parameters
    ----------
    probabilities : (N, CLASSES) float32 ndarray
        Rows sum to 1. Not modified.
    labels : (N,) int64 ndarray
        What each glyph is. Not modified.
    sorts : (N,) int64 ndarray
        Where each comes from, values of :class:`model.glyphs.Sort`. Not modified.
    origins : (N,) int64 ndarray, optional
        Which image stands behind each, as in :class:`model.glyphs.Glyphs`; by default each for itself. Not
        modified.

    Returns
    -------
    Judgement
    """
    origins = np.full(len(labels), ALONE) if origins is None else origins

    def rate(true: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> Rate:
        return rate_of(true[chosen], origins[chosen])

    predicted = probabilities.argmax(axis=1)
    confidences = probabilities.max(axis=1).astype(np.float64) if len(labels) else np.zeros(0)
    right, digit = predicted == labels, labels != NOT_A_DIGIT
    confusion = np.zeros((CLASSES, CLASSES), np.int64)
    np.add.at(confusion, (labels, predicted), 1)
    wrong = np.flatnonzero(~right)
    return Judgement(
        digits=rate(right, digit),
        digits_rejected=rate(predicted == NOT_A_DIGIT, digit),
        others_rejected=rate(right, ~digit),
        per_digit=tuple(rate(right, labels == value) for value in range(NOT_A_DIGIT)),
        confusion=confusion,
        calibration_error=expected_calibration_error(confidences, right, bins=BINS),
        reliability=reliability(confidences, right),
        error_reject=_error_reject(confidences, right),
        by_sort=tuple(
            SortRates(sort, rate(right, sorts == sort), rate(predicted == NOT_A_DIGIT, sorts == sort))
            for sort in Sort
            if (sorts == sort).any()
        ),
        mistakes=wrong[np.argsort(-confidences[wrong], kind="stable")],
    )


def reliability(
    confidences: NDArray[np.float64], right: NDArray[np.bool_], *, bins: int = BINS
) -> tuple[Bin, ...]:
    """Compare confidence and accuracy over equal bins.

    Parameters
    ----------
    confidences : (N,) float64 ndarray
        In [0, 1]. Not modified.
    right : (N,) bool ndarray
        Whether each came true. Not modified.
    bins : int
        How many.

    Returns
    -------
    tuple of Bin
        Those that hold something, from unsure to sure.
    """
    which = np.minimum((confidences * bins).astype(int), bins - 1)
    return tuple(
        Bin(
            round(k / bins, 6),
            round((k + 1) / bins, 6),
            int((which == k).sum()),
            float(confidences[which == k].mean()),
            float(right[which == k].mean()),
        )
        for k in range(bins)
        if (which == k).any()
    )


def _error_reject(confidences: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[Point, ...]:
    """Return the error among the surest so many; what is equally sure is kept or rejected together."""
    if not len(right):
        return ()
    order = np.argsort(-confidences, kind="stable")
    sure, wrong = confidences[order], np.cumsum(~right[order])
    points: dict[int, Point] = {}
    for share in KEPT_SHARES:
        least = sure[max(1, round(share * len(sure))) - 1]
        kept = int(np.searchsorted(-sure, -least, side="right"))
        points[kept] = Point(round(kept / len(sure), 6), float(wrong[kept - 1] / kept), float(least))
    return tuple(points.values())
