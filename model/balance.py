"""How readily a network says "not a digit": kept as it was when training goes on from a model.

A few epochs on other digits make a network see digits more readily, or less: what it gains of the one it
loses of the other, and who wanted one hand to be read better gets more specks that are read as digits.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.contract import NOT_A_DIGIT

__all__ = ["balancing", "shift_not_a_digit"]

#: Probabilities are no smaller where their logarithm is taken.
_LEAST = 1e-12
#: Log-odds by which it is changed at most, twenty times as readily: a few epochs shift far less, and what
#: needs more is another network, and is judged as it is.
MOST = 3.0


def _behind(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how much "not a digit" is behind the likeliest digit, as log-odds; below 0 where it leads."""
    logs = np.log(np.maximum(probabilities, _LEAST))
    return np.asarray(np.delete(logs, NOT_A_DIGIT, axis=1).max(axis=1) - logs[:, NOT_A_DIGIT])


def balancing(before: NDArray[np.float64], after: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Return what "not a digit" needs so that as much of what is none is told to be none as before.

    Parameters
    ----------
    before, after : (N, 11) float64 ndarray
        What the network said of held-out glyphs before it was trained, and says now.
    labels : (N,) int64 ndarray
        What they are.

    Returns
    -------
    float
        To be added to the log-odds of "not a digit", from `-MOST` to `MOST`; 0 where none of the glyphs is
        none.
    """
    none = labels == NOT_A_DIGIT
    if not none.any():
        return 0.0
    known = float((_behind(before[none]) < 0).mean())
    behind = np.sort(_behind(after[none]))
    wanted = round(known * len(behind))
    if wanted in {0, len(behind)}:
        # All of it, or nothing: that tells of no balance, only of an outlier.
        return 0.0
    needed = (behind[wanted - 1] + behind[wanted]) / 2
    return float(np.clip(needed, -MOST, MOST))


def shift_not_a_digit(network: Any, log_odds: float) -> None:
    """Have a network say "not a digit" more readily, or less, in place.

    Parameters
    ----------
    network : keras.Model
        Ends in a dense layer with one output for each class, and softmax.
    log_odds : float
        Added to those of "not a digit".
    """
    last = network.layers[-1]
    kernel, bias = last.get_weights()
    bias[NOT_A_DIGIT] += log_odds
    last.set_weights([kernel, bias])
