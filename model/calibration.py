"""From the digits' probabilities to an honest probability that a whole number is right.

The product of its digits' probabilities is far too low on clean pages and too high on bad
ones: the digits of one number are not independent, and cutting and grouping go wrong, too.
Logistic regression (Platt, 1999) on a few such figures, fitted on pages whose truth is known,
gives the odds back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.contract import CLASSES
from model.error_curve import ErrorCurve
from model.makes import MAKES
from model.manifest_checks import as_float, as_floats
from model.usual_pages import UsualPages

__all__ = [
    "IDENTITY",
    "WIDE",
    "Calibration",
    "NumberCalibration",
    "NumberEvidence",
    "fit_numbers",
    "log_odds",
]

#: No odds are taken for longer than this, as a probability.
SUREST = 1 - 1e-6
#: No digits make a number surer than this: beyond, it may still be cut or grouped wrongly.
SUREST_DIGITS = 0.9975
#: Gaps wider than this, over the height, tell no more.
WIDE = 3.0
#: Numbers nearer to each other than this, over the height, may be parts of one.
NEAR = 0.8
#: More unread ink than this, in squares of the stroke's width, tells no more.
MOST_INK = 50.0
#: Ink does not count as more surely digits, or none, than this share.
MOST_SHARE = 0.995
#: No fit gives a larger weight; such a one makes all numbers certain.
MOST_WEIGHT = 100.0
#: How many features earlier models had, whose manifests hold a weight for each of these alone.
EARLIER_FEATURES = (8, 10, 11)
#: Keeps the weights finite where right and wrong can be parted without error.
RIDGE = 1e-2
#: Steps of Newton's method; it converges in far fewer.
STEPS = 50
#: Temperatures beyond this, or below its inverse, leave no probabilities.
MOST_TEMPERATURE = 100.0


def log_odds(probability: float) -> float:
    """Return the log-odds of a probability, bounded."""
    bounded = min(SUREST, max(1 - SUREST, probability))
    return float(np.log(bounded / (1 - bounded)))


@dataclass(frozen=True, slots=True)
class NumberEvidence:
    """What the confidence of a number is computed from.

    Attributes
    ----------
    confidences : tuple of float
        Posterior probability of each of its digits, at least one.
    height_share : float
        Its height over that of the page's writing: specks and headings are seldom numbers.
    page_log_odds : float
        Mean log-odds of all digits of the page: on a page that reads badly each number is doubtful.
    outer_gap : float
        Gap to the nearest number beside it that no wall parts from it, over its height: a near one may belong
        to it.
    inner_gap : float
        Widest gap between its digits, over its height: it may be two.
    unread_share : float
        How much of its line's ink was left out, 0..1: among letters a digit may be a letter.
    end_ink : float
        The largest piece of ink beside its ends that was read as nothing, in squares of the stroke's
        width: it may be one more digit.
    digit_share : float
        How much of its ink looks like digits to the network of ink, 0..1; a half says nothing.
    end_left_out : float
        The largest piece of ink beside its ends that looks like no digit at all to that network, in
        squares of the stroke's width: among print a digit may look so, too.
    signs : float
        Probability that its signs are what they were read as, 1 where it has none. It is no feature: the
        confidence of the digits is multiplied by it.
    """

    confidences: tuple[float, ...]
    height_share: float = 1.0
    page_log_odds: float = 0.0
    outer_gap: float = WIDE
    inner_gap: float = 0.0
    unread_share: float = 0.0
    end_ink: float = 0.0
    digit_share: float = 0.5
    end_left_out: float = 0.0
    signs: float = 1.0

    @property
    def features(self) -> tuple[float, ...]:
        """All of it as numbers that odds may depend on evenly."""
        product = float(np.prod([min(1.0, value) for value in self.confidences]))
        return (
            log_odds(min(SUREST_DIGITS, product)),
            log_odds(min(SUREST_DIGITS, *self.confidences)),
            float(np.log(len(self.confidences))),
            abs(float(np.log(min(8.0, max(0.125, self.height_share))))),
            self.page_log_odds,
            min(WIDE, max(0.0, self.outer_gap)),
            min(WIDE, max(0.0, self.inner_gap)),
            self.unread_share,
            max(0.0, NEAR - max(0.0, self.outer_gap)),
            float(np.log1p(min(MOST_INK, self.end_ink))),
            log_odds(min(MOST_SHARE, max(1 - MOST_SHARE, self.digit_share))),
            float(np.log1p(min(MOST_INK, self.end_left_out))),
        )


@dataclass(frozen=True, slots=True)
class NumberCalibration:
    """Weights of the logistic regression.

    Attributes
    ----------
    weights : tuple of float
        One for each of :attr:`NumberEvidence.features`.
    bias : float
        Log-odds where all features are zero.
    """

    weights: tuple[float, ...]
    bias: float

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> "NumberCalibration":
        """Return what a manifest holds.

        Raises
        ------
        ValueError
            It is something else.
        """
        try:
            weights, bias = as_floats(stored["weights"]), as_float(stored["bias"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"weights and a bias are needed: {error}") from error
        if len(weights) in EARLIER_FEATURES:
            weights += (0.0,) * (len(IDENTITY.weights) - len(weights))
        if len(weights) != len(IDENTITY.weights):
            raise ValueError(f"{len(IDENTITY.weights)} weights of a number are needed; found {len(weights)}")
        if not all(abs(value) <= MOST_WEIGHT for value in (*weights, bias)):
            raise ValueError(f"weights and bias have to lie between -{MOST_WEIGHT:g} and {MOST_WEIGHT:g}")
        return cls(weights, bias)

    def as_manifest(self) -> dict[str, Any]:
        """Return what :meth:`from_stored` takes."""
        return {"weights": [round(weight, 5) for weight in self.weights], "bias": round(self.bias, 5)}

    def probability(self, evidence: NumberEvidence) -> float:
        """Return the probability that a number with such evidence is right as a whole, 0..1."""
        return float(self.probabilities(np.array([evidence.features]))[0])

    def probabilities(self, features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the same for rows of :attr:`NumberEvidence.features`: (N, F) to (N,)."""
        return np.asarray(1 / (1 + np.exp(-(features @ np.array(self.weights) + self.bias))))


#: The plain product of the digits' probabilities.
IDENTITY = NumberCalibration((1.0, *[0.0] * 11), 0.0)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a model's manifest says of how to take its answers.

    Attributes
    ----------
    temperature : float
        Divisor of the logits, above 0 (Guo et al., 2017).
    makes : (MAKES, CLASSES) float64 ndarray, optional
        Probability of each make of a candidate, given its class.
    number : NumberCalibration
        From digits to whole numbers.
    presence : NumberCalibration, optional
        From the same evidence to whether a number is written there at all; None where that is not known.
    accept_confidence : float
        Numbers at least this sure are accepted, 0..1.
    error_curve : ErrorCurve, optional
        What thresholds promise; None where the model was not judged for that.
    usual_pages : UsualPages, optional
        What the pages look like that all of this was fitted on; None where that is not known.
    """

    temperature: float = 1.0
    makes: NDArray[np.float64] | None = None
    number: NumberCalibration = IDENTITY
    presence: NumberCalibration | None = None
    accept_confidence: float = 0.9
    error_curve: ErrorCurve | None = None
    usual_pages: UsualPages | None = None

    @classmethod
    def from_manifest(cls, stored: Mapping[str, Any]) -> "Calibration":
        """Return what a manifest's section holds; what is missing there has its default.

        Raises
        ------
        ValueError
            An entry is not what it has to be; the message names it.
        """
        if not isinstance(stored, Mapping):
            raise ValueError(f"entries with names are needed; found {type(stored).__name__}")
        found: dict[str, Any] = {}
        for name, check in _CHECKS.items():
            if name in stored:
                try:
                    found[name] = check(stored[name])
                except (TypeError, ValueError, OverflowError) as error:
                    raise ValueError(f"{name}: {error}") from error
        return cls(**found)


def _temperature(stored: Any) -> float:
    value = as_float(stored)
    if not 1 / MOST_TEMPERATURE <= value <= MOST_TEMPERATURE:
        needed = "a number above 0" if value <= 0 else f"0.01 to {MOST_TEMPERATURE:g}"
        raise ValueError(f"{needed} is needed; found {stored}")
    return value


def _share(stored: Any) -> float:
    value = as_float(stored)
    if not 0 <= value <= 1:
        raise ValueError(f"a number from 0 to 1 is needed; found {stored}")
    return value


def _makes(stored: Any) -> NDArray[np.float64]:
    if not isinstance(stored, list):
        raise ValueError(f"{MAKES} rows of {CLASSES} probabilities are needed; found {type(stored).__name__}")
    table = np.array([as_floats(row) for row in stored], np.float64)
    if table.shape != (MAKES, CLASSES) or not ((table > 0) & (table <= 1)).all():
        raise ValueError(f"{MAKES} rows of {CLASSES} probabilities above 0 are needed; found {table.shape}")
    return table


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "temperature": _temperature,
    "makes": _makes,
    "number": NumberCalibration.from_stored,
    "presence": NumberCalibration.from_stored,
    "accept_confidence": _share,
    "error_curve": ErrorCurve.from_stored,
    "usual_pages": UsualPages.from_stored,
}


def fit_numbers(features: NDArray[np.float64], right: NDArray[np.bool_]) -> NumberCalibration:
    """Fit the calibration by penalised maximum likelihood.

    Parameters
    ----------
    features : (N, F) float64 ndarray
        :attr:`NumberEvidence.features` of numbers that were read. Not modified.
    right : (N,) bool ndarray
        Whether the text was right.

    Returns
    -------
    NumberCalibration
        :data:`IDENTITY` where all numbers or none are right: there is nothing to learn from.
    """
    if not len(right) or right.all() or not right.any():
        return IDENTITY
    design = np.column_stack([features, np.ones(len(features))])
    target = right.astype(np.float64)
    weights = np.zeros(design.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (target - chance) - RIDGE * weights
        curve = (design * (chance * (1 - chance))[:, None]).T @ design + RIDGE * np.eye(len(weights))
        step = np.linalg.solve(curve, slope)
        weights += step
        if float(np.abs(step).max()) < 1e-8:
            break
    return NumberCalibration(tuple(float(weight) for weight in weights[:-1]), float(weights[-1]))
