"""Training glyphs whose label is not to be believed, told by a network that has seen all of them.

Glyphs are labelled by where they were drawn, and that is not always what they show: paper and pen swallow
strokes, half a 5 may be a 3, and the o of a word is a nought to everybody. Who has to learn these by heart
takes clear digits for none. A network that has not had the time to learn them by heart gives them away
(Northcutt, Jiang and Chuang, 2021).
"""

import numpy as np
from numpy.typing import NDArray

from model.contract import NOT_A_DIGIT

__all__ = ["LEAST_BELIEF_DIGIT", "LEAST_BELIEF_NONE", "believed"]

#: A digit stays unless its label is less probable than this: what is hard to read is to be learned,
LEAST_BELIEF_DIGIT = 0.02
#: and so does what is no digit. It looks like one more often than not by chance, and by no pen.
LEAST_BELIEF_NONE = 0.15


def believed(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which glyphs may be what their labels say.

    Parameters
    ----------
    probabilities : (N, CLASSES) float64 ndarray
        What a network says of each. Not modified.
    labels : (N,) int64 ndarray
        0..10, where 10 is "not a digit". Not modified.

    Returns
    -------
    (N,) bool ndarray
        False where the network is as good as sure that it is something else. A label that is left to no
        glyph at all stays with all of them: it is the network that is wrong there.
    """
    own = probabilities[np.arange(len(labels)), labels]
    kept = own >= np.where(labels == NOT_A_DIGIT, LEAST_BELIEF_NONE, LEAST_BELIEF_DIGIT)
    for label in np.unique(labels[~kept]):
        if not kept[labels == label].any():
            kept[labels == label] = True
    return np.asarray(kept)
