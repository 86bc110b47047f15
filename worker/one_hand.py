"""A page is mostly written by one hand: glyphs of one shape are one digit, whatever each looks like alone.

Where one is hard to tell, people look at how the same writer wrote the others: an odd 1 among sevens that
all have a bar is no 7. Here each digit listens to those of its page that look like it, the more the more
alike they are, as in a conditional random field in which everything is joined with everything [1]_. What
"alike" means the network says: by what its last layer decides by, seen from the middle of the page's own
digits, so that what all of them have in common does not count.

The others may talk a digit out of what it seems to be, or make it less sure. None that stays what it is
becomes surer: who writes an odd digit once writes it often, and ten that are read wrong alike prove nothing
by each other. What was talked over is for review, however sure it looks then.

References
----------
.. [1] P. Krähenbühl and V. Koltun, "Efficient inference in fully connected CRFs with Gaussian edge
   potentials", NIPS 2011.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from worker.number_records import Found

__all__ = ["as_one_hand", "told_by_others"]

#: Digits whose directions from the middle of the page have a smaller cosine are not alike,
LEAST_ALIKE = 0.6
#: and what falls short of 1 weighs less the larger it is against this.
ALIKE_SPREAD = 0.15
#: Log-odds that any number of digits that look just like it can speak with, if all are sure of one thing.
SAY = 4.0
#: Others weigh as much as this many: of one or two no great matter is made.
RESERVE = 0.7
#: How often each listens to what the others have come to.
ROUNDS = 3
#: Of fewer digits there is no middle from which to look.
LEAST_DIGITS = 6
#: No probability counts as smaller than this.
LEAST = 1e-6

Floats = NDArray[np.float64]


def as_one_hand(found: Sequence[Found], embeddings: NDArray[np.float32]) -> list[Found]:
    """Return the digits of a page as they read beside each other.

    Parameters
    ----------
    found : sequence of Found
        As each reads alone. Not modified.
    embeddings : (len(found), E) float32 ndarray
        What the last layer of the network decided by. Not modified.

    Returns
    -------
    list of Found
        In their order, at the same places; `alone` tells what each was before. How sure it is that there is
        a digit at all stays as it was.
    """
    if len(found) < LEAST_DIGITS:
        return list(found)
    own = np.array([digit.read.probabilities for digit in found], np.float64)
    sums = own.sum(axis=1, keepdims=True)
    beside = told_by_others(own / np.maximum(sums, LEAST), embeddings.astype(np.float64)) * sums
    return [_read_as(digit, row) for digit, row in zip(found, beside, strict=True)]


def told_by_others(probabilities: Floats, embeddings: Floats) -> Floats:
    """Return what each digit is, given what those are that look like it.

    Parameters
    ----------
    probabilities : (N, 10) float64 ndarray
        What each is by itself; rows sum to 1. Not modified.
    embeddings : (N, E) float64 ndarray
        Their shapes. Not modified.

    Returns
    -------
    (N, 10) float64 ndarray
        Rows sum to 1.
    """
    likeness = _likeness(embeddings)
    heard = RESERVE + likeness.sum(axis=1, keepdims=True)
    alone = np.log(np.maximum(probabilities, LEAST))
    now = probabilities
    for _ in range(ROUNDS):
        scores = alone + SAY * (likeness @ now.astype(np.float32)) / heard
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        now = scores / scores.sum(axis=1, keepdims=True)
    return np.asarray(now)


def _likeness(embeddings: Floats) -> NDArray[np.float32]:
    """Return how much each shape has to say to each other, 0..1; nothing to itself."""
    directions = (embeddings - embeddings.mean(axis=0)).astype(np.float32)
    directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), np.float32(LEAST))
    # One matrix of all pairs and no second one: a page may hold six thousand digits.
    likeness = directions @ directions.T
    unlike = likeness < LEAST_ALIKE
    likeness -= 1.0
    likeness /= ALIKE_SPREAD
    np.exp(likeness, out=likeness)
    likeness[unlike] = 0.0
    np.fill_diagonal(likeness, 0.0)
    return np.asarray(likeness, np.float32)


def _read_as(digit: Found, probabilities: Floats) -> Found:
    told = probabilities.astype(np.float32)
    beside = replace(digit.read, digit=int(told.argmax()), probabilities=told)
    surer = beside.digit == digit.read.digit and beside.confidence >= digit.read.confidence
    return replace(digit, read=digit.read if surer else beside, alone=digit.read.digit)
