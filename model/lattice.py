"""The best path through the cut hypotheses of a line, and how sure it is.

Every run of neighbouring pieces is a hypothesis with probabilities for the ten digits and
for "not a digit". A path covers each piece once: by a digit, or by leaving the piece out.
The best path is the reading; what the others weigh tells how much to trust it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.contract import DIGITS, NOT_A_DIGIT

__all__ = ["Edge", "ReadDigit", "best_path"]

#: Log-probability charged for leaving out a full-sized piece: leaving out must be earned.
LEAVE_OUT = -1.2
#: No probability counts as smaller than this.
LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Edge:
    """One hypothesis.

    Attributes
    ----------
    start, stop : int
        Half-open range of the pieces that it covers.
    prior : float
        Log-prior from shape and size, 0.0 = as expected, negative = odd.
    weight : float
        How much of a full-sized symbol it is, 0..1: small specks are cheap to leave out.
    """

    start: int
    stop: int
    prior: float
    weight: float


@dataclass(frozen=True, slots=True)
class ReadDigit:
    """One digit of the best path.

    Attributes
    ----------
    edge : int
        Index of the hypothesis.
    digit : int
        0..9.
    probabilities : (10,) float32 ndarray
        Posterior of each digit at this place: times the share of paths that cut here so.
    """

    edge: int
    digit: int
    probabilities: NDArray[np.float32]

    @property
    def confidence(self) -> float:
        """Posterior probability of the digit."""
        return float(self.probabilities[self.digit])

    @property
    def text(self) -> str:
        """The digit as text."""
        return DIGITS[self.digit]


def _scores(edges: Sequence[Edge], probabilities: NDArray[np.float32]) -> tuple[NDArray[np.float64], ...]:
    """Return the log-scores of reading each edge as its best digit, as any digit, and of leaving it out."""
    safe = np.maximum(probabilities.astype(np.float64), LEAST)
    prior = np.array([edge.prior for edge in edges])
    best = np.log(safe[:, :NOT_A_DIGIT].max(axis=1)) + prior
    whole = np.log(safe[:, :NOT_A_DIGIT].sum(axis=1)) + prior
    leave = np.full(len(edges), -np.inf)
    for k, edge in enumerate(edges):
        if edge.stop == edge.start + 1:
            out = safe[k, NOT_A_DIGIT] if probabilities.shape[1] > NOT_A_DIGIT else LEAST
            leave[k] = (np.log(out) + LEAVE_OUT) * edge.weight
    return best, whole, leave


def _add(a: float, b: float) -> float:
    return float(np.logaddexp(a, b))


def best_path(pieces: int, edges: Sequence[Edge], probabilities: NDArray[np.float32]) -> list[ReadDigit]:
    """Read a line.

    Parameters
    ----------
    pieces : int
        How many pieces the line has.
    edges : sequence of Edge
        All hypotheses; every single piece must be among them.
    probabilities : (len(edges), 11) float32 ndarray
        What the network says of each hypothesis.

    Returns
    -------
    list of ReadDigit
        From left to right; empty when nothing on the line is a digit.
    """
    best, whole, leave = _scores(edges, probabilities)
    ending: list[list[int]] = [[] for _ in range(pieces + 1)]
    for k, edge in enumerate(edges):
        ending[edge.stop].append(k)
    top = np.full(pieces + 1, -np.inf)
    forward = np.full(pieces + 1, -np.inf)
    top[0] = forward[0] = 0.0
    choice: list[tuple[int, bool]] = [(-1, False)] * (pieces + 1)
    for stop in range(1, pieces + 1):
        for k in ending[stop]:
            start = edges[k].start
            for score, read in ((best[k], True), (leave[k], False)):
                if top[start] + score > top[stop]:
                    top[stop], choice[stop] = top[start] + score, (k, read)
            forward[stop] = _add(forward[stop], forward[start] + _add(whole[k], leave[k]))
    backward = np.full(pieces + 1, -np.inf)
    backward[pieces] = 0.0
    for stop in range(pieces, 0, -1):
        for k in ending[stop]:
            start = edges[k].start
            backward[start] = _add(backward[start], backward[stop] + _add(whole[k], leave[k]))
    read_digits = []
    at = pieces
    while at > 0:
        k, read = choice[at]
        if read:
            start = edges[k].start
            share = np.exp(min(0.0, forward[start] + whole[k] + backward[at] - forward[pieces]))
            digits = probabilities[k, :NOT_A_DIGIT]
            posterior = digits / max(float(digits.sum()), LEAST) * share
            read_digits.append(ReadDigit(k, int(digits.argmax()), posterior.astype(np.float32)))
        at = edges[k].start
    return read_digits[::-1]
