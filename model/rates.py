"""So many of so many, with the interval in which the true share lies."""

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Rate", "wilson"]

#: Two-sided 95 %.
Z = 1.959964


def wilson(right: int, count: int, *, z: float = Z) -> tuple[float, float]:
    """Return the interval in which the true share lies (Wilson, 1927).

    Unlike the plain one it holds for shares near 0 and 1, and for few trials.

    Parameters
    ----------
    right, count : int
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


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many.

    Attributes
    ----------
    right, count : int
        0 <= right <= count.
    """

    right: int
    count: int

    @property
    def share(self) -> float | None:
        """Return `right` over `count`; None without any trial."""
        return self.right / self.count if self.count else None

    def as_json(self) -> dict[str, Any]:
        """Return it with the share and its 95 % interval."""
        low, high = wilson(self.right, self.count)
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
        low, high = wilson(self.right, self.count)
        return f"{100 * self.share:.2f} % ({100 * low:.2f} to {100 * high:.2f})"
