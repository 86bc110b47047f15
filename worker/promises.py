"""What a model promises of the share of wrong numbers, told before anything is read."""

from collections.abc import Mapping
from typing import Any

from model.error_curve import ErrorCurve
from worker.asked_model import open_model
from worker.error_rate import at_best, curve_of, in_thousand, not_promised, rounded_up

__all__ = ["forewarning", "promises", "promises_of"]

#: Shares of wrong numbers that people may ask for, in the table of what is promised.
_TOLD = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05)


def promises(curve: ErrorCurve) -> list[tuple[str, str, str]]:
    """Return what a model promises, for people: the most that are wrong, the threshold, what is kept.

    Parameters
    ----------
    curve : ErrorCurve
        From :func:`worker.error_rate.curve_of`.
    """
    best = curve.best()
    rows = [(f"{in_thousand(rounded_up(best.rate))} (at best)", "", f"{100 * best.kept:.1f} %")]
    for rate in _TOLD:
        threshold = curve.threshold_for(rate)
        if threshold is not None:
            rows.append((in_thousand(rate), f"{threshold:g}", f"{100 * _kept(curve, threshold):.1f} %"))
    return rows


def _kept(curve: ErrorCurve, threshold: float) -> float:
    """Return the share of the judged numbers that a threshold keeps."""
    return max(point.kept for point in curve.points if point.confidence >= threshold) / curve.judged


def promises_of(manifest: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return the same by a model's manifest; nothing where it holds no curve, or one that is none.

    A model with such a curve is refused where a share is asked for, which says more.
    """
    calibration = manifest.get("calibration")
    stored = calibration.get("error_curve") if isinstance(calibration, Mapping) else None
    try:
        return promises(ErrorCurve.from_stored(stored))
    except ValueError:
        return []


def forewarning(reference: str | None, max_error_rate: float | None) -> str:
    """Say that a model cannot promise what is asked for; empty where it can, or where nothing is asked.

    Parameters
    ----------
    reference : str or None
        From :func:`worker.asked_model.model_reference`.
    max_error_rate : float, optional
        The share of wrong numbers that is allowed.

    Raises
    ------
    ModelRefused
        The model is missing or damaged, or was not judged for that.
    """
    if max_error_rate is None:
        return ""
    bundle = open_model(reference)
    curve = curve_of(bundle)
    if curve.threshold_for(max_error_rate) is not None:
        return ""
    best = curve.best()
    return (
        f"{not_promised(max_error_rate)}: nothing will be accepted, all will be for review; "
        f"{at_best(bundle.id, best.rate, best.kept)}"
    )
