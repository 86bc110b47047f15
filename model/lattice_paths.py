"""The ways to read a word, best first: what the best path was weighed against.

Reading itself needs the best path and the sum of all; this is for people who ask why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest

import numpy as np
from numpy.typing import NDArray

from model.contract import DIGITS, NOT_A_DIGIT
from model.lattice import LEAST, Edge, edge_scores, no_number_score, path_sums

__all__ = ["RankedPath", "ranked_paths"]

#: An edge and the digit that it is read as, None where it is left out.
Step = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class RankedPath:
    """One way to read.

    Attributes
    ----------
    steps : tuple of (edge, digit or None)
        From left to right; None where a piece is left out. Empty for the word being no number.
    score : float
        Log-score, the higher the likelier, as reading compares paths by.
    share : float
        Posterior probability of this path among all, 0..1.
    """

    steps: tuple[Step, ...]
    score: float
    share: float

    @property
    def text(self) -> str:
        """Its digits."""
        return "".join(DIGITS[digit] for _, digit in self.steps if digit is not None)


def ranked_paths(
    pieces: int,
    edges: Sequence[Edge],
    probabilities: NDArray[np.float32],
    *,
    most: int,
    span: tuple[int, int] | None = None,
) -> list[RankedPath]:
    """Return the best ways to read a word, or a part of it.

    Parameters
    ----------
    pieces : int
        How many there are.
    edges : sequence of Edge
        All hypotheses; every single piece must be among them.
    probabilities : (len(edges), 11) float32 ndarray
        What the network says of each hypothesis.
    most : int
        So many at most.
    span : (int, int), optional
        Half-open range of pieces that is asked for; what lies beside it may read as it likes, and
        its weight is part of the score. By default the whole word.

    Returns
    -------
    list of RankedPath
        The likeliest first; the word's being no number is one of them.
    """
    first, last = (0, pieces) if span is None else span
    best, whole, leave = edge_scores(edges, probabilities)
    forward, backward = path_sums(pieces, edges, np.logaddexp(whole, leave))
    nothing = no_number_score(edges, probabilities)
    total = float(np.logaddexp(forward[pieces], nothing))
    beside = float(forward[first] + backward[last])
    inside = [k for k, edge in enumerate(edges) if first <= edge.start and edge.stop <= last]
    steps = {k: _steps(k, float(best[k]), float(leave[k]), probabilities[k], most) for k in inside}
    found = [(beside + score, way) for score, way in _best_ways(first, last, edges, steps, most)]
    found = nlargest(most, [*found, (nothing, ())], key=lambda item: item[0])
    return [RankedPath(way, score, float(np.exp(min(0.0, score - total)))) for score, way in found]


def _steps(
    edge: int, best: float, leave: float, row: NDArray[np.float32], most: int
) -> list[tuple[float, Step]]:
    """Return what one hypothesis may be taken for, with the scores: no path of the best has another."""
    safe = np.maximum(row[:NOT_A_DIGIT].astype(np.float64), LEAST)
    likeliest = np.argsort(-safe, kind="stable")[:most]
    found: list[tuple[float, Step]] = [
        (best + float(np.log(safe[digit] / safe.max())), (edge, int(digit))) for digit in likeliest
    ]
    return [*found, (leave, (edge, None))] if np.isfinite(leave) else found


def _best_ways(
    first: int, last: int, edges: Sequence[Edge], steps: dict[int, list[tuple[float, Step]]], most: int
) -> list[tuple[float, tuple[Step, ...]]]:
    """Return the best ways from one place to another: the few best to each place between suffice."""
    ways: dict[int, list[tuple[float, tuple[Step, ...]]]] = {first: [(0.0, ())]}
    for place in range(first + 1, last + 1):
        arriving = (
            (score + own, (*way, step))
            for k, choices in steps.items()
            if edges[k].stop == place
            for score, way in ways.get(edges[k].start, [])
            for own, step in choices
        )
        ways[place] = nlargest(most, arriving, key=lambda item: item[0])
    return ways[last]
