"""The share of wrong numbers that is allowed: as people write it, and whether a model can be held to it."""

import re
from math import ceil, floor, log10

from model.bundle import MANIFEST, Bundle
from model.error_curve import ErrorCurve
from worker.errors import ModelRefused

__all__ = [
    "at_best",
    "curve_found",
    "curve_of",
    "in_thousand",
    "not_judged",
    "not_promised",
    "parse_error_rate",
    "rounded_up",
]

#: What is understood; also the end of the message about what is not.
HOW = "10/1000, 1% or 0.01, above 0 and below 1"

_NUMBER = r"[0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?"
_RATE = re.compile(rf"\s*({_NUMBER})\s*(?:(%)|/\s*({_NUMBER}))?\s*")


def parse_error_rate(written: object) -> float:
    """Return a share that is written as one, in percent, or as so many of so many.

    Parameters
    ----------
    written : str or float
        ``0.5/1000``, ``0.05%`` or ``0.0005``.

    Returns
    -------
    float
        Above 0 and below 1.

    Raises
    ------
    ValueError
        It is none.

    Examples
    --------
    >>> parse_error_rate("0.5/1000"), parse_error_rate("0.05%"), parse_error_rate(0.0005)
    (0.0005, 0.0005, 0.0005)
    """
    if isinstance(written, bool) or not isinstance(written, str | int | float):
        raise ValueError(f"it has to be like {HOW}")
    found = _RATE.fullmatch(str(written))
    if found is None:
        raise ValueError(f"it has to be like {HOW}")
    share, percent, whole = float(found[1]), found[2], float(found[3] or 1)
    if not whole:
        raise ValueError(f"it has to be like {HOW}")
    # Divided at once, so that 0.05% is what 0.0005 is.
    rate = share / (100 if percent else whole)
    if not 0 < rate < 1:
        raise ValueError(f"it has to be like {HOW}")
    return rate


def in_thousand(rate: float) -> str:
    """Return a share as people say it.

    Examples
    --------
    >>> in_thousand(0.0005), in_thousand(0.0165)
    ('0.5 in 1,000', '16.5 in 1,000')
    """
    return f"{1000 * rate:,.3g} in 1,000"


def rounded_up(rate: float) -> float:
    """Return a share with two digits that is not smaller: what is promised is no better than what is known.

    Examples
    --------
    >>> rounded_up(0.016517), rounded_up(0.25)
    (0.017, 0.25)
    """
    if rate <= 0:
        return 0.0
    unit = 10.0 ** (floor(log10(rate)) - 1)
    # What only the conversion to binary has added is no reason to round up.
    return min(1.0, round(ceil(rate / unit - 1e-9) * unit, 12))


def not_promised(rate: float) -> str:
    """Return the beginning of what to say where no threshold holds a share."""
    return f"that at most {in_thousand(rate)} are wrong cannot be promised"


def at_best(model: str, rate: float, kept: float) -> str:
    """Return the end of it: the lowest share that a model can promise, and how much it keeps then.

    Examples
    --------
    >>> at_best("m", 0.016517, 0.5)
    'model m can promise at most 17 in 1,000, keeping 50 % of the numbers'
    """
    share = in_thousand(rounded_up(rate))
    return f"model {model} can promise at most {share}, keeping {100 * kept:.0f} % of the numbers"


def curve_of(bundle: Bundle) -> ErrorCurve:
    """Return what an opened model promises; what runs the network is not loaded for it.

    Raises
    ------
    ModelRefused
        The model was not judged for that, or its manifest holds nonsense.
    """
    curve = curve_found(bundle)
    if curve is None:
        raise not_judged(bundle.id)
    return curve


def curve_found(bundle: Bundle) -> ErrorCurve | None:
    """Return the same; None where the model was not judged for that, or by too few images.

    Raises
    ------
    ModelRefused
        Its manifest holds nonsense.
    """
    calibration = bundle.manifest.get("calibration")
    stored = calibration.get("error_curve") if isinstance(calibration, dict) else None
    if stored is None:
        return None
    try:
        return ErrorCurve.from_stored(stored)
    except ValueError as error:
        raise ModelRefused(f"{bundle.folder / MANIFEST}: calibration: error_curve: {error}") from error


def not_judged(model: str) -> ModelRefused:
    """Return what to say where a model promises nothing."""
    return ModelRefused(
        f"model {model} was not judged for a share of wrong numbers: its manifest holds no error_curve",
        remedy="Take a model that `digitize retrain` or `digitize models calibrate` made with digits "
        "enough to judge it by (docs/confidence.md), or set --min-confidence instead.",
    )
