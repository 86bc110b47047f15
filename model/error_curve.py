"""What held-out numbers promise: from which confidence on no more are wrong than asked for.

A calibrated confidence says how often a number is right; it promises nothing, because it was fitted
itself. A promise is a test on numbers that neither the network nor the confidence was fitted on
(Angelopoulos et al., "Learn then test", 2021, arXiv:2110.01052): for each of a few thresholds that were
chosen beforehand, the hypothesis "of the numbers kept, more than this share is wrong" is tested exactly,
and of the thresholds for which it is rejected the lowest one is taken. That the chance to be wrong about
any of them is no more than :data:`LEVEL`, each is tested at its part of it (Bonferroni).

Numbers count as independent there, which those of one page are not quite.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import exp, isfinite, lgamma, log, log1p
from typing import Any

__all__ = ["LEVEL", "CurvePoint", "ErrorCurve", "Promise", "binomial_tail", "upper_bound"]

#: Chance that what is promised is not held, over all thresholds together.
LEVEL = 0.05
#: More thresholds than these are not what training writes, and more numbers are not judged.
MOST_POINTS, MOST_NUMBERS = 100, 10**7
#: Halvings that find a bound; more change no digit of it.
_HALVINGS = 60
#: Terms this much smaller than their sum change no digit of it.
_NEGLIGIBLE = 1e-17


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One threshold, counted on held-out numbers.

    Attributes
    ----------
    confidence : float
        Numbers at least this sure are kept, 0..1.
    kept : int
        How many were.
    wrong : int
        How many of these are wrong.
    """

    confidence: float
    kept: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Promise:
    """The best that a model can promise.

    Attributes
    ----------
    rate : float
        No larger share of the numbers kept is wrong.
    kept : float
        Share of all numbers that is kept then.
    """

    rate: float
    kept: float


@dataclass(frozen=True, slots=True)
class ErrorCurve:
    """How many held-out numbers each threshold keeps, and how many of them are wrong.

    Attributes
    ----------
    points : tuple of CurvePoint
        The surest threshold first; at least one.
    judged : int
        Held-out numbers, those included that no threshold keeps.
    """

    points: tuple[CurvePoint, ...]
    judged: int

    @classmethod
    def from_stored(cls, stored: Any) -> "ErrorCurve":
        """Return what a manifest holds.

        Raises
        ------
        ValueError
            It is something else, or cannot have been counted.
        """
        if not isinstance(stored, Mapping) or not isinstance(stored.get("points"), list):
            raise ValueError("points and the count of judged numbers are needed")
        judged = _count(stored.get("judged"))
        if not 1 <= len(stored["points"]) <= MOST_POINTS:
            raise ValueError(f"1 to {MOST_POINTS} points are needed; found {len(stored['points'])}")
        points = tuple(_point(entry) for entry in stored["points"])
        if points[-1].kept > judged:
            raise ValueError(f"{points[-1].kept} numbers are kept of {judged}")
        for surer, other in pairwise(points):
            more, more_wrong = other.kept - surer.kept, other.wrong - surer.wrong
            if not other.confidence < surer.confidence or not 0 <= more_wrong <= more:
                raise ValueError("a lower threshold has to keep what a higher one keeps")
        return cls(points, judged)

    def as_manifest(self) -> dict[str, Any]:
        """Return what :meth:`from_stored` takes."""
        points = [[point.confidence, point.kept, point.wrong] for point in self.points]
        return {"judged": self.judged, "points": points}

    def threshold_for(self, rate: float) -> float | None:
        """Return the lowest threshold that keeps no larger share of wrong numbers, as far as is known.

        Parameters
        ----------
        rate : float
            Above 0 and below 1.

        Returns
        -------
        float or None
            None where no threshold was shown to hold it.

        Raises
        ------
        ValueError
            No such share can be asked for.
        """
        if not 0 < rate < 1:
            raise ValueError(f"a share above 0 and below 1 is needed; found {rate}")
        level = LEVEL / len(self.points)
        held = (
            point.confidence for point in self.points if binomial_tail(point.wrong, point.kept, rate) <= level
        )
        return min(held, default=None)

    def best(self) -> Promise:
        """Return the lowest share that can be promised, and how many numbers are kept then."""
        return _best(self)


@lru_cache(maxsize=8)
def _best(curve: ErrorCurve) -> Promise:
    level = LEVEL / len(curve.points)
    bounds = [(upper_bound(point.wrong, point.kept, level), -point.kept) for point in curve.points]
    rate, kept = min(bounds)
    return Promise(rate, -kept / curve.judged if curve.judged else 0.0)


def _point(stored: Any) -> CurvePoint:
    if not isinstance(stored, list) or len(stored) != 3:
        raise ValueError(f"a point is [confidence, kept, wrong]; found {stored}")
    confidence, kept, wrong = stored
    if isinstance(confidence, bool) or not isinstance(confidence, float | int) or not 0 <= confidence <= 1:
        raise ValueError(f"a confidence from 0 to 1 is needed; found {confidence}")
    point = CurvePoint(float(confidence), _count(kept), _count(wrong))
    if point.wrong > point.kept:
        raise ValueError(f"{point.wrong} are wrong of {point.kept}")
    return point


def _count(stored: Any) -> int:
    if isinstance(stored, bool) or not isinstance(stored, int) or not 0 <= stored <= MOST_NUMBERS:
        raise ValueError(f"a count of numbers is needed; found {stored}")
    return stored


def binomial_tail(most: int, trials: int, rate: float) -> float:
    """Return the chance of at most so many of so many, each by itself with the same probability.

    Parameters
    ----------
    most, trials : int
        0 <= most <= trials.
    rate : float
        Probability of each, above 0 and below 1.

    Returns
    -------
    float
        0..1; exact but for rounding.

    Examples
    --------
    >>> round(binomial_tail(2, 10, 0.5), 7)
    0.0546875
    """
    if not isfinite(rate) or not 0 < rate < 1:
        raise ValueError(f"a probability above 0 and below 1 is needed; found {rate}")
    if most >= trials:
        return 1.0
    if most < trials * rate:
        return min(1.0, _falling(most, trials, rate))
    return max(0.0, 1.0 - _falling(trials - most - 1, trials, 1 - rate))


def _falling(most: int, trials: int, rate: float) -> float:
    """Sum the terms from the largest on: below the mean each is smaller than the one above it."""
    odds = (1 - rate) / rate
    total = term = 1.0
    for count in range(most, 0, -1):
        term *= count / (trials - count + 1) * odds
        total += term
        if term < _NEGLIGIBLE * total:
            break
    ways = lgamma(trials + 1) - lgamma(most + 1) - lgamma(trials - most + 1)
    return exp(ways + most * log(rate) + (trials - most) * log1p(-rate)) * total


def upper_bound(wrong: int, kept: int, level: float) -> float:
    """Return the largest share that so many wrong numbers speak for (Clopper and Pearson, 1934).

    Parameters
    ----------
    wrong, kept : int
        0 <= wrong <= kept.
    level : float
        Chance that the true share is larger.

    Examples
    --------
    >>> round(upper_bound(0, 100, 0.05), 6)
    0.029513
    """
    if wrong >= kept:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if binomial_tail(wrong, kept, middle) > level:
            low = middle
        else:
            high = middle
    return high
