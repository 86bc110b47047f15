"""Two models on the same glyphs: whether the new one is worse, or only looks so by chance.

McNemar's test looks only at the glyphs that one model reads and the other does not: were both
equally good, each of these would be as likely to be the one's as the other's.
"""

from dataclasses import dataclass
from math import comb, erfc, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ALPHA", "Comparison", "chance_of_worse", "compare"]

#: A model is called worse when mere chance would make it look so bad at most this often.
ALPHA = 0.05
#: Up to so many glyphs the binomial distribution is summed up; beyond, the normal one is as good.
EXACT_UP_TO = 1000


def chance_of_worse(lost: int, won: int) -> float:
    """Return how often chance alone loses at least so many of the glyphs on which two models differ.

    Parameters
    ----------
    lost : int
        Glyphs that only the current model reads right.
    won : int
        Glyphs that only the candidate reads right.

    Returns
    -------
    float
        One-sided p-value, 0..1: small where the candidate is worse.

    References
    ----------
    .. [1] Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
       percentages", Psychometrika 12, 1947.

    Examples
    --------
    >>> chance_of_worse(5, 0), chance_of_worse(0, 0)
    (0.03125, 1.0)
    """
    differing = lost + won
    if differing <= EXACT_UP_TO:
        return float(sum(comb(differing, k) for k in range(lost, differing + 1)) / 2**differing)
    # Half a glyph less: the continuity correction.
    return erfc((lost - 0.5 - differing / 2) / sqrt(differing / 4) / sqrt(2)) / 2


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two models made of one set of glyphs.

    Attributes
    ----------
    name : str
        Of the set.
    count : int
        Glyphs.
    current_right, candidate_right : int
        Read right by each.
    lost, won : int
        Read right by the current model only, and by the candidate only.
    """

    name: str
    count: int
    current_right: int
    candidate_right: int
    lost: int
    won: int

    @property
    def p_value(self) -> float:
        """How often chance alone would make the candidate look so bad."""
        return chance_of_worse(self.lost, self.won)

    @property
    def worse(self) -> bool:
        """Whether the candidate is significantly worse here."""
        return self.p_value <= ALPHA

    def as_row(self) -> tuple[str, ...]:
        """Return set, glyphs, right of both, lost, won, p-value and verdict as cells of a table."""
        counts = (self.count, self.current_right, self.candidate_right, self.lost, self.won)
        verdict = "worse" if self.worse else "not worse"
        return (self.name, *(f"{count:,}" for count in counts), f"{self.p_value:.3f}", verdict)

    def as_json(self) -> dict[str, Any]:
        """Return all of it in JSON's own types."""
        return {
            "set": self.name,
            "count": self.count,
            "current_right": self.current_right,
            "candidate_right": self.candidate_right,
            "lost": self.lost,
            "won": self.won,
            "p_value": round(self.p_value, 6),
            "worse": self.worse,
        }


def compare(name: str, current: NDArray[np.bool_], candidate: NDArray[np.bool_]) -> Comparison:
    """Compare what two models made of the same glyphs.

    Parameters
    ----------
    name : str
        Of the set.
    current, candidate : (N,) bool ndarray
        Which glyphs each read right. Not modified.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        They are not of the same glyphs.
    """
    if current.shape != candidate.shape:
        raise ValueError(f"two models are compared on the same glyphs: {current.shape}, {candidate.shape}")
    return Comparison(
        name,
        len(current),
        int(current.sum()),
        int(candidate.sum()),
        int((current & ~candidate).sum()),
        int((candidate & ~current).sum()),
    )
