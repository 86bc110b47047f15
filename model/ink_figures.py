"""What is said of a network that tells sorts of ink apart, from counts of squares."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.synth.ink_sorts import InkSort

__all__ = ["SORTS_TOLD", "ink_figures", "ink_rows"]

#: What the sorts are called where people read of them.
SORTS_TOLD = {
    InkSort.DIGIT: "digits by hand",
    InkSort.PRINTED_DIGIT: "printed digits",
    InkSort.HAND: "words and marks by hand",
    InkSort.PRINT: "printed words",
    InkSort.OTHER: "rules, stains, edges",
}


def ink_figures(counts: NDArray[np.int64]) -> dict[str, Any]:
    """Return the figures of a network of ink in JSON's own types.

    Parameters
    ----------
    counts : (SORTS, SORTS) int64 ndarray
        From :func:`model.ink_training.confusion`.
    """
    total = counts.sum(axis=1)
    return {
        "squares": int(counts.sum()),
        "right": round(float(np.trace(counts) / max(1, counts.sum())), 5),
        "recall": {
            sort.name.lower(): round(float(counts[sort, sort] / max(1, total[sort])), 5) for sort in InkSort
        },
        "confusion": counts.tolist(),
    }


def ink_rows(counts: list[list[int]]) -> list[tuple[str, str, str, str]]:
    """Return for people of each sort: squares, share told right, and what it is mostly taken for.

    Parameters
    ----------
    counts : list of list of int
        ``confusion`` of :func:`ink_figures`.
    """
    rows = []
    for sort in InkSort:
        own, total = counts[sort], max(1, sum(counts[sort]))
        other = max((each for each in InkSort if each != sort), key=lambda each: own[each])
        taken = f"{SORTS_TOLD[other]}, {100 * own[other] / total:.1f} %" if own[other] else ""
        rows.append((SORTS_TOLD[sort], f"{sum(own):,}", f"{100 * own[sort] / total:.1f} %", taken))
    return rows
