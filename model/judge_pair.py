"""Two models on the same glyphs: whether the new one is worse, or only looks so by chance.

Only glyphs that one model reads and the other does not tell the two apart. Glyphs behind which the same
digit image stands are lost and won together, so that an image is one piece of evidence, however often it
was drawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.rates import ALONE

__all__ = ["ALONE", "ALPHA", "TEST", "Comparison", "chance_of_worse", "compare", "corrected", "holm"]

#: A model is called worse on some set when mere chance would make an equally good one look so bad on any of
#: them at most this often.
ALPHA = 0.05
#: How it is tested, for whoever reads the figures.
TEST = "one-sided sign-flip test by digit image (McNemar's, clustered), corrected for all sets (Holm)"


def chance_of_worse(balances: NDArray[np.int64]) -> float:
    """Return how often chance alone loses at least so many of the glyphs on which two models differ.

    Were both equally good, what is lost with an image would be as likely to be won with it: every choice of
    signs is as likely as the one that was seen, and those that lose as much are counted. Where each image
    stands behind one glyph this is McNemar's exact test.

    Parameters
    ----------
    balances : (K,) int64 ndarray
        Of each image: glyphs that only the candidate reads right, less those that only the current model
        does. Not modified.

    Returns
    -------
    float
        One-sided p-value, 0..1: small where the candidate is worse.

    References
    ----------
    .. [1] Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
       percentages", Psychometrika 12, 1947.
    .. [2] V. L. Durkalski et al., "Analysis of clustered matched-pair data", Statistics in Medicine 22, 2003:
       the same sums over images, judged by the normal distribution.
    .. [3] I. A. Canay, J. P. Romano, A. M. Shaikh, "Randomization tests under an approximate symmetry
       assumption", Econometrica 85, 2017: signs of whole clusters are turned round.

    Examples
    --------
    >>> chance_of_worse(np.full(5, -1)), chance_of_worse(np.array([-5])), chance_of_worse(np.zeros(3, int))
    (0.03125, 0.5, 1.0)
    """
    sizes = np.abs(balances[balances != 0])
    lost = int(-balances[balances < 0].sum())
    # chances[n]: how often the images so far lose n glyphs.
    chances = np.zeros(int(sizes.sum()) + 1)
    chances[0], reached = 1.0, 0
    for size in np.sort(sizes).tolist():
        before = chances[: reached + 1] / 2
        chances[: reached + 1] = before
        chances[size : size + reached + 1] += before
        reached += size
    return min(1.0, float(chances[lost:].sum()))


def holm(p_values: Sequence[float]) -> list[float]:
    """Correct p-values for their number: each alone would be small by chance now and then.

    Parameters
    ----------
    p_values : sequence of float
        Of tests that may depend on each other in any way.

    Returns
    -------
    list of float
        What is to be compared with the level that holds for all of them together.

    References
    ----------
    .. [1] S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
       Statistics 6, 1979.

    Examples
    --------
    >>> holm([0.02, 0.25, 0.01])
    [0.04, 0.25, 0.03]
    """
    found, least = [1.0] * len(p_values), 0.0
    for rank, k in enumerate(sorted(range(len(p_values)), key=lambda k: p_values[k])):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[k]))
        found[k] = least
    return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two models made of one set of glyphs.

    Attributes
    ----------
    name : str
        Of the set.
    count, images : int
        Glyphs, and the images that stand behind them.
    current_right, candidate_right : int
        Read right by each.
    lost, won : int
        Read right by the current model only, and by the candidate only.
    p_value : float
        How often chance alone would make the candidate look so bad here.
    corrected_p : float
        The same, corrected for the number of sets that are compared.
    """

    name: str
    count: int
    images: int
    current_right: int
    candidate_right: int
    lost: int
    won: int
    p_value: float
    corrected_p: float

    @property
    def judged(self) -> bool:
        """Whether there was a glyph to compare the two on; without any, nobody is better or worse."""
        return self.count > 0

    @property
    def worse(self) -> bool:
        """Whether the candidate is significantly worse here."""
        return self.corrected_p <= ALPHA

    def as_row(self) -> tuple[str, ...]:
        """Return set, glyphs, right of both, lost, won, corrected p and verdict as cells of a table."""
        counts = (self.count, self.current_right, self.candidate_right, self.lost, self.won)
        verdict = "worse" if self.worse else "not worse" if self.judged else "not judged"
        return (self.name, *(f"{count:,}" for count in counts), f"{self.corrected_p:.3f}", verdict)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Comparison":
        """Return what :meth:`as_json` was given of."""
        fields = {name: value for name, value in stored.items() if name not in {"set", "worse"}}
        return cls(name=stored["set"], **fields)

    def as_json(self) -> dict[str, Any]:
        """Return all of it in JSON's own types."""
        return {
            "set": self.name,
            "count": self.count,
            "images": self.images,
            "current_right": self.current_right,
            "candidate_right": self.candidate_right,
            "lost": self.lost,
            "won": self.won,
            "p_value": round(self.p_value, 6),
            "corrected_p": round(self.corrected_p, 6),
            "worse": self.worse,
        }


def compare(
    name: str,
    current: NDArray[np.bool_],
    candidate: NDArray[np.bool_],
    origins: NDArray[np.int64] | None = None,
) -> Comparison:
    """Compare what two models made of the same glyphs, as if it were the only set.

    Parameters
    ----------
    name : str
        Of the set.
    current, candidate : (N,) bool ndarray
        Which glyphs each read right. Not modified.
    origins : (N,) int64 ndarray, optional
        What stands behind each glyph: those of one image have the same number; :data:`ALONE` = nothing that
        another one has. By default every glyph stands for itself. Not modified.

    Returns
    -------
    Comparison
        See :func:`corrected` for several sets.

    Raises
    ------
    ValueError
        They are not of the same glyphs.
    """
    origins = np.full(current.shape, ALONE) if origins is None else origins
    if not current.shape == candidate.shape == origins.shape:
        raise ValueError(f"two models are compared on the same glyphs: {current.shape}, {candidate.shape}")
    balances = _balances(candidate.astype(np.int64) - current, origins)
    p_value = chance_of_worse(balances)
    return Comparison(
        name,
        len(current),
        len(balances),
        int(current.sum()),
        int(candidate.sum()),
        int((current & ~candidate).sum()),
        int((candidate & ~current).sum()),
        p_value,
        p_value,
    )


def corrected(comparisons: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """Return comparisons of the same two models with p-values that are corrected for the number of sets."""
    # A set without glyphs tests nothing: counted among the others it would only make them look less bad.
    p_values = iter(holm([each.p_value for each in comparisons if each.judged]))
    return tuple(replace(each, corrected_p=next(p_values)) if each.judged else each for each in comparisons)


def _balances(differences: NDArray[np.int64], origins: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sum up what was won and lost with each image."""
    alone = origins == ALONE
    _, groups = np.unique(origins[~alone], return_inverse=True)
    sums = np.zeros(int(groups.max(initial=-1)) + 1, np.int64)
    np.add.at(sums, groups, differences[~alone])
    return np.concatenate([sums, differences[alone]])
