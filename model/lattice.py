"""The best path through the cut hypotheses of a word, and how sure it is.

Every run of neighbouring pieces is a hypothesis with probabilities for the ten digits and
for "not a digit". A path covers each piece once: by a digit, or by leaving the piece out; all
candidates beside the path are no digits then, and what speaks against that speaks against it.
The best path is the reading; what the others weigh, and what speaks for there being no number
here at all, tells how much to trust it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.contract import DIGITS, NOT_A_DIGIT

__all__ = ["LEAST", "Edge", "ReadDigit", "best_path", "edge_scores", "no_number_score", "path_sums"]

#: Log-probability charged for leaving out a full-sized piece of a number: who writes numbers writes digits.
LEAVE_OUT = -3.2
#: Log-odds of a word being no number at all: a letter, a mark, a stain.
NO_NUMBER = -0.3
#: How much it speaks against a candidate that is no part of a path that the network takes it for a
#: digit, as a power: 1.0 if candidates that overlap were independent, which they are not.
RIVALS = 0.2
#: Candidates that share this much of their symbols are the same digit, cut a little otherwise.
SAME_DIGIT = 0.6
#: No candidate is taken for a digit more surely than this.
FLOOR = 1e-3
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
        Posterior of each digit at this place: of all paths that have it here, wherever exactly they cut.
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


def edge_scores(edges: Sequence[Edge], probabilities: NDArray[np.float32]) -> tuple[NDArray[np.float64], ...]:
    """Return the log-scores of reading each edge as its best digit, as any digit, and of leaving it out."""
    safe = np.maximum(probabilities.astype(np.float64), LEAST)
    prior = np.array([edge.prior for edge in edges])
    against = _against(edges, probabilities)
    best = np.log(safe[:, :NOT_A_DIGIT].max(axis=1)) + prior - against
    whole = np.log(safe[:, :NOT_A_DIGIT].sum(axis=1)) + prior - against
    leave = np.full(len(edges), -np.inf)
    for k, edge in enumerate(edges):
        if edge.stop == edge.start + 1:
            leave[k] = (np.log(safe[k, NOT_A_DIGIT]) + LEAVE_OUT) * edge.weight - against[k]
    return best, whole, leave


def _against(edges: Sequence[Edge], probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return what it says against a path, in log-probability, that a candidate is not on it.

    A candidate counts as often as it has pieces: on both sides of a cut there is as much to say.
    """
    sizes = np.array([edge.stop - edge.start for edge in edges])
    out = np.maximum(probabilities[:, NOT_A_DIGIT].astype(np.float64), FLOOR)
    return np.asarray(RIVALS * sizes * np.log(out))


def no_number_score(edges: Sequence[Edge], probabilities: NDArray[np.float32]) -> float:
    """Return the log-score of there being no number: no piece is a digit or part of one."""
    single = np.array([edge.stop - edge.start == 1 for edge in edges])
    out = np.log(np.maximum(probabilities[:, NOT_A_DIGIT].astype(np.float64), LEAST))
    weights = np.array([edge.weight for edge in edges])
    return NO_NUMBER + float((out * weights - _against(edges, probabilities))[single].sum())


def _cheapest(
    pieces: int, edges: Sequence[Edge], best: NDArray[np.float64], leave: NDArray[np.float64]
) -> tuple[float, list[tuple[int, bool]]]:
    """Return the best path's log-score, and its edges with whether each is read as a digit."""
    top = np.full(pieces + 1, -np.inf)
    top[0] = 0.0
    choice: list[tuple[int, bool]] = [(-1, False)] * (pieces + 1)
    for k in sorted(range(len(edges)), key=lambda k: edges[k].stop):
        start, stop = edges[k].start, edges[k].stop
        for score, read in ((best[k], True), (leave[k], False)):
            if top[start] + score > top[stop]:
                top[stop], choice[stop] = top[start] + score, (k, read)
    path = []
    at = pieces
    while at > 0:
        path.append(choice[at])
        at = edges[choice[at][0]].start
    return float(top[pieces]), path[::-1]


def path_sums(
    pieces: int, edges: Sequence[Edge], either: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the log-sums over all ways from the beginning to each place, and from each place to the end."""
    forward, backward = np.full(pieces + 1, -np.inf), np.full(pieces + 1, -np.inf)
    forward[0] = backward[pieces] = 0.0
    for k in sorted(range(len(edges)), key=lambda k: edges[k].stop):
        forward[edges[k].stop] = np.logaddexp(forward[edges[k].stop], forward[edges[k].start] + either[k])
    for k in sorted(range(len(edges)), key=lambda k: -edges[k].start):
        backward[edges[k].start] = np.logaddexp(backward[edges[k].start], backward[edges[k].stop] + either[k])
    return forward, backward


def best_path(pieces: int, edges: Sequence[Edge], probabilities: NDArray[np.float32]) -> list[ReadDigit]:
    """Read what stands close together.

    Parameters
    ----------
    pieces : int
        How many pieces there are.
    edges : sequence of Edge
        All hypotheses; every single piece must be among them.
    probabilities : (len(edges), 11) float32 ndarray
        What the network says of each hypothesis.

    Returns
    -------
    list of ReadDigit
        From left to right; empty when it is likelier that nothing here is a digit.

    Raises
    ------
    ValueError
        A probability is no number: no path could be compared with another.
    """
    if not np.isfinite(probabilities).all():
        raise ValueError("probabilities have to be finite")
    best, whole, leave = edge_scores(edges, probabilities)
    score, path = _cheapest(pieces, edges, best, leave)
    nothing = no_number_score(edges, probabilities)
    if nothing > score:
        return []
    forward, backward = path_sums(pieces, edges, np.logaddexp(whole, leave))
    total = np.logaddexp(forward[pieces], nothing)
    starts, stops = np.array([(edge.start, edge.stop) for edge in edges]).T
    shares = np.exp(np.minimum(0.0, forward[starts] + whole + backward[stops] - total))
    digits = probabilities[:, :NOT_A_DIGIT].astype(np.float64)
    posteriors = digits / np.maximum(digits.sum(axis=1, keepdims=True), LEAST) * shares[:, None]
    taken = np.array([k for k, read in path if read], np.intp)
    there = _same_place(taken, starts, stops, _piece_weights(pieces, edges)) @ posteriors
    return [
        ReadDigit(int(k), int(row.argmax()), row.astype(np.float32))
        for k, row in zip(taken, there, strict=True)
    ]


def _piece_weights(pieces: int, edges: Sequence[Edge]) -> NDArray[np.float64]:
    """Return how much of a symbol lies before each place between pieces: a running sum, from 0."""
    weights = np.full(pieces, LEAST)
    for edge in edges:
        if edge.stop == edge.start + 1:
            weights[edge.start] = max(edge.weight, LEAST)
    return np.concatenate([[0.0], weights.cumsum()])


def _same_place(
    taken: NDArray[np.intp],
    starts: NDArray[np.intp],
    stops: NDArray[np.intp],
    before: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Tell which candidates are the same digit as each that was taken: (len(taken), len(starts)) of 0 and 1.

    No path has two of them: they overlap.
    """
    first, last = before[starts], before[stops]
    inner = np.minimum(last[taken, None], last) - np.maximum(first[taken, None], first)
    outer = np.maximum(last[taken, None], last) - np.minimum(first[taken, None], first)
    return np.asarray(inner >= SAME_DIGIT * outer, np.float64)
