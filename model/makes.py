"""What a candidate was made of speaks for or against its being a digit.

Half a nought looks like a one, and only what is left of it tells that it is none. The network
sees the candidate alone; how often a digit of each kind, and what is no digit, is a whole
component, several, or a part of one weighs its answer (naive Bayes).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["MAKES", "fit_makes", "weighed"]

#: Whole component, several joined, part of one: in the order of ``segmentation.candidates``.
MAKES = 3
#: Counts added to each make, so that nothing is impossible.
SMOOTHING = 5.0


def fit_makes(labels: NDArray[np.int64], makes: NDArray[np.int64], classes: int) -> NDArray[np.float64]:
    """Count how often each class comes in each make.

    Parameters
    ----------
    labels : (N,) int64 ndarray
        Class of each candidate, 0 <= label < `classes`. Not modified.
    makes : (N,) int64 ndarray
        0 <= make < `MAKES`, or -1 where it is not known: those are passed over. Not modified.
    classes : int
        How many there are.

    Returns
    -------
    (MAKES, classes) float64 ndarray
        Probability of the make, given the class; columns sum to 1.
    """
    known = makes >= 0
    counts = np.full((MAKES, classes), SMOOTHING)
    np.add.at(counts, (makes[known], labels[known]), 1.0)
    return np.asarray(counts / counts.sum(axis=0))


def weighed(
    probabilities: NDArray[np.float32], makes: Sequence[int], likelihoods: NDArray[np.float64] | None
) -> NDArray[np.float32]:
    """Weigh what the network says by what the candidates are made of.

    Parameters
    ----------
    probabilities : (N, C) float32 ndarray
        Of the network; rows sum to 1. Not modified.
    makes : sequence of int
        Of each candidate.
    likelihoods : (MAKES, C) float64 ndarray or None
        As :func:`fit_makes` gives them; None leaves all as it is.

    Returns
    -------
    (N, C) float32 ndarray
        Rows sum to 1.
    """
    if likelihoods is None or not len(makes):
        return probabilities
    weighted = probabilities * likelihoods[np.asarray(makes)]
    return np.asarray(weighted / weighted.sum(axis=1, keepdims=True), np.float32)
