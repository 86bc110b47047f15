"""What the confidence of numbers is worth: the error among the surest, and whether it says what it means."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from model.calibration_error import expected_calibration_error
from model.judge import KEPT_SHARES, reliability
from model.rates import Rate

__all__ = ["calibration", "error_reject"]

#: Equal bins of confidence.
BINS = 15


def error_reject(confidences: Sequence[float], right: Sequence[int]) -> list[dict[str, Any]]:
    """Return the error among the kept over the share that is kept.

    Parameters
    ----------
    confidences : sequence of float
        Of each number, 0..1.
    right : sequence of bool
        Whether it is right.

    Returns
    -------
    list of dict
        From all kept to few: `kept` (a share), `numbers` that are kept, `confidence` of the least sure
        of them, and their `error` with its interval. Equally sure ones are kept or rejected together.
    """
    if not len(right):
        return []
    sure, correct = np.asarray(confidences, np.float64), np.asarray(right, bool)
    order = np.argsort(-sure, kind="stable")
    sure, wrong = sure[order], np.cumsum(~correct[order])
    points: dict[int, dict[str, Any]] = {}
    for share in KEPT_SHARES:
        least = sure[max(1, round(share * len(sure))) - 1]
        kept = int(np.searchsorted(-sure, -least, side="right"))
        error = Rate(int(wrong[kept - 1]), kept).as_json()
        points[kept] = {
            "kept": round(kept / len(sure), 6),
            "numbers": kept,
            "confidence": round(float(least), 6),
            "error": error["share"],
            "low": error["low"],
            "high": error["high"],
        }
    return list(points.values())


def calibration(confidences: Sequence[float], right: Sequence[int]) -> dict[str, Any]:
    """Compare confidence with the share that is right, over equal bins.

    Returns
    -------
    dict
        `expected_calibration_error`, None without any number, and the `reliability` of each bin that
        holds some.
    """
    sure, correct = np.asarray(confidences, np.float64), np.asarray(right, bool)
    bins = []
    for found in reliability(sure, correct, bins=BINS):
        rate = Rate(round(found.accuracy * found.count), found.count).as_json()
        bins.append(
            {
                "from": found.low,
                "to": found.high,
                "numbers": found.count,
                "confidence": round(found.confidence, 6),
                "right": rate["share"],
                "low": rate["low"],
                "high": rate["high"],
            }
        )
    error = expected_calibration_error(sure, correct, bins=BINS) if len(correct) else None
    return {
        "expected_calibration_error": None if error is None else round(float(error), 6),
        "reliability": bins,
    }
