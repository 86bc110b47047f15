"""Drawn pieces that are called no digit, and are one to everybody: a network that has seen all of them tells.

Pieces of pages are labelled by where they were cut. That is not always what they show: half a 5 may be a 3,
and the o of a word is a nought. Who has to learn these by heart takes clear digits for none. A network that
has not had the time to learn them by heart gives them away. What people labelled themselves is never doubted:
what a network reads wrong there is what it is to learn.

References
----------
.. [1] C. G. Northcutt, L. Jiang and I. L. Chuang, "Confident learning: estimating uncertainty in dataset
   labels", Journal of Artificial Intelligence Research 70, 2021.
"""

import numpy as np
from numpy.typing import NDArray

from model.contract import NOT_A_DIGIT
from model.glyphs import Sort

__all__ = ["LEAST_BELIEF", "believed"]

#: A piece stays unless that it is none is less probable than this: low, because what is hard to tell is
#: to be learned. The manifest tells how many go.
LEAST_BELIEF = 0.15
#: Sorts whose labels follow from where they were cut.
_CUT = (Sort.PART, Sort.PAGE_PIECE)


def believed(
    probabilities: NDArray[np.float64], labels: NDArray[np.int64], sorts: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Tell which glyphs may be what their labels say.

    Parameters
    ----------
    probabilities : (N, CLASSES) float64 ndarray
        What a network says of each. Not modified.
    labels : (N,) int64 ndarray
        0..10, where 10 is "not a digit". Not modified.
    sorts : (N,) int64 ndarray
        Where each comes from, values of :class:`model.glyphs.Sort`. Not modified.

    Returns
    -------
    (N,) bool ndarray
        False for a piece that was cut as none and that the network holds for a digit. Where that would be all
        of them it is the network that is wrong, and all stay.
    """
    doubtful = (labels == NOT_A_DIGIT) & np.isin(sorts, _CUT)
    kept = ~doubtful | (probabilities[:, NOT_A_DIGIT] >= LEAST_BELIEF)
    return kept if kept[doubtful].any() or not doubtful.any() else np.ones(len(labels), bool)
