"""Which digit stands for which: the cheapest way to turn what was read into what is written.

V. I. Levenshtein, Soviet Physics Doklady 10, 1966; R. A. Wagner and M. J. Fischer, Journal of the ACM 21,
1974.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["Column", "aligned", "edit_distance"]

#: Places in what was read and in what is written; None where one of them has nothing there.
Column = tuple[int | None, int | None]

_BOTH, _READ_ONLY, _WRITTEN_ONLY = 0, 1, 2


def aligned(read: str, written: str) -> list[Column]:
    """Lay one text beside the other with as few edits as there can be.

    Parameters
    ----------
    read, written : str
        Any length; time and memory grow with the product of what is not alike at both ends.

    Returns
    -------
    list of (int or None, int or None)
        From left to right; each place of each text stands in it once.
    """
    shorter = min(len(read), len(written))
    head = next((k for k in range(shorter) if read[k] != written[k]), shorter)
    tail = 0
    while tail < shorter - head and read[-1 - tail] == written[-1 - tail]:
        tail += 1
    i, j = len(read) - tail, len(written) - tail
    columns: list[Column] = [(i + k, j + k) for k in reversed(range(tail))]
    moves = _moves(read[head:i], written[head:j])
    while i > head or j > head:
        move = moves[i - head, j - head]
        i -= move != _WRITTEN_ONLY
        j -= move != _READ_ONLY
        columns.append((None if move == _WRITTEN_ONLY else i, None if move == _READ_ONLY else j))
    columns += [(k, k) for k in reversed(range(head))]
    return columns[::-1]


def edit_distance(read: str, written: str) -> int:
    """Return the number of digits to put in, take out or change."""
    return sum(i is None or j is None or read[i] != written[j] for i, j in aligned(read, written))


def _moves(read: str, written: str) -> NDArray[np.uint8]:
    """Return the last step of the cheapest way to each place, ``(len(read) + 1, len(written) + 1)``."""
    targets = _codes(written)
    steps = np.arange(len(written) + 1, dtype=np.int32)
    moves = np.full((len(read) + 1, len(written) + 1), _WRITTEN_ONLY, np.uint8)
    costs = steps.copy()
    for row, code in enumerate(_codes(read), start=1):
        both = costs[:-1] + (targets != code)
        without = np.concatenate([costs[:1] + 1, np.minimum(both, costs[1:] + 1)])
        # To come from the left costs one a place: a running minimum over costs less places.
        costs = np.minimum.accumulate(without - steps) + steps
        moves[row] = np.where(costs < without, _WRITTEN_ONLY, _READ_ONLY)
        moves[row, 1:][both == costs[1:]] = _BOTH
    return moves


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)
