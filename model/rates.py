"""So many of so many, with the interval in which the true share lies.

Glyphs that are drawn from one image of a digit are mostly read right or wrong together: a hundred of them say
little more than one. How many independent trials they are worth follows from how much the images differ.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ALONE", "Rate", "independent_trials", "rate_of", "wilson"]

#: Two-sided 95 %.
Z = 1.959964
#: Of a glyph that stands for itself: no other one is of the same image.
ALONE = -1


def wilson(right: float, count: float, *, z: float = Z) -> tuple[float, float]:
    """Return the interval in which the true share lies (Wilson, 1927).

    Unlike the plain one it holds for shares near 0 and 1, and for few trials.

    Parameters
    ----------
    right, count : float
        0 <= right <= count.
    z : float
        Of the normal distribution; 1.96 for 95 %.

    Returns
    -------
    tuple of float
        Lower and upper bound; (0, 1) without any trial.

    Examples
    --------
    >>> [round(bound, 4) for bound in wilson(98, 100)]
    [0.93, 0.9945]
    """
    if not count:
        return 0.0, 1.0
    share, spread = right / count, z * z / count
    middle = (share + spread / 2) / (1 + spread)
    half = z * float(np.sqrt(share * (1 - share) / count + spread / (4 * count))) / (1 + spread)
    # At the ends the bound is the share itself, which rounding may miss.
    return (middle - half if right else 0.0), (middle + half if right < count else 1.0)


def independent_trials(right: NDArray[np.bool_], origins: NDArray[np.int64]) -> float:
    """Return as how many independent trials glyphs count of which some are of the same image.

    The variance of the share is estimated from the images, not from the glyphs. One image that is wholly
    right and one that is wholly wrong, of mean size, are added for that: where hardly anything is wrong the
    others say nothing of how mistakes go together.

    Parameters
    ----------
    right : (N,) bool ndarray
        Not modified.
    origins : (N,) int64 ndarray
        Glyphs of one image have the same number; :data:`ALONE` = of an image that no other one is of. Not
        modified.

    Returns
    -------
    float
        At most N, which is what it is where every glyph stands for itself.

    References
    ----------
    .. [1] J. N. K. Rao, A. J. Scott, "A simple method for the analysis of clustered binary data", Biometrics
       48, 1992: counts are divided by the design effect.

    Examples
    --------
    >>> round(independent_trials(np.ones(300, bool), np.repeat(np.arange(3), 100)), 6)
    3.0
    """
    if not len(right):
        return 0.0
    counts, rights = _by_image(right, origins)
    size = float(counts.mean())
    counts, rights = np.append(counts, [size, size]), np.append(rights, [size, 0.0])
    share = rights.sum() / counts.sum()
    variance = float(np.square(rights - share * counts).sum()) / float(counts.sum()) ** 2
    effect = variance * float(counts.sum()) / float(share * (1 - share))
    return len(right) / max(1.0, effect)


def _by_image(
    right: NDArray[np.bool_], origins: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how many glyphs each image stands behind, and how many of these are right."""
    alone = origins == ALONE
    _, groups = np.unique(origins[~alone], return_inverse=True)
    counts, rights = np.bincount(groups), np.bincount(groups, weights=right[~alone])
    return np.append(counts, np.ones(alone.sum())), np.append(rights, right[alone].astype(np.float64))


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many.

    Attributes
    ----------
    right, count : int
        0 <= right <= count.
    trials : float, optional
        As how many independent ones they count; by default all do.
    """

    right: int
    count: int
    trials: float | None = None

    @property
    def share(self) -> float | None:
        """Return `right` over `count`; None without any trial."""
        return self.right / self.count if self.count else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share."""
        if self.trials is None or self.share is None:
            return wilson(self.right, self.count)
        return wilson(self.share * self.trials, self.trials)

    def as_json(self) -> dict[str, Any]:
        """Return it with the share and its 95 % interval."""
        low, high = self.interval
        share = None if self.share is None else round(self.share, 6)
        return {
            "right": self.right,
            "count": self.count,
            "share": share,
            "low": round(low, 6),
            "high": round(high, 6),
        }

    def __str__(self) -> str:
        if self.share is None:
            return "none to judge by"
        low, high = self.interval
        return f"{100 * self.share:.2f} % ({100 * low:.2f} to {100 * high:.2f})"


def rate_of(right: NDArray[np.bool_], origins: NDArray[np.int64]) -> Rate:
    """Return the rate of glyphs, its interval by the images that stand behind them.

    Parameters
    ----------
    right : (N,) bool ndarray
        Not modified.
    origins : (N,) int64 ndarray
        As for :func:`independent_trials`. Not modified.
    """
    shared = len(np.unique(origins[origins != ALONE])) < (origins != ALONE).sum()
    return Rate(int(right.sum()), len(right), independent_trials(right, origins) if shared else None)
