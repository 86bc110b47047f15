"""A page that reads badly is read again, its writing taken to be lower and higher than it was measured.

How high the writing is decides what is a rule, what is a speck and what belongs together, and where lines,
fillers and frames run into digits it may be measured wrong. What reads better then is what counts.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

__all__ = ["HEIGHT_FACTORS", "LEAST_SURE", "Look", "surest_look"]

#: A page whose numbers are less sure than this on average is looked at again,
LEAST_SURE = 0.5
#: with the writing taken to be so many times as high as it was measured.
HEIGHT_FACTORS = (0.77, 1.3)
#: Another look is taken if it says so much more, in digits that are certain: a stroke that was no digit at
#: first is not worth a look.
CLEARLY_MORE = 0.05


class Look(Protocol):
    """A page that was read."""

    @property
    def sureness(self) -> Sequence[tuple[int, float]]:
        """Of each number how many digits it has, and how sure it is, in [0, 1]."""


AnyLook = TypeVar("AnyLook", bound=Look)


def surest_look(first: AnyLook, again: Callable[[float], AnyLook]) -> AnyLook:
    """Look at a page again if it reads badly, and return the look that reads best.

    Parameters
    ----------
    first : Look
        The page as it was measured.
    again : callable
        Reads the page with its writing taken to be so many times as high.

    Returns
    -------
    Look
        The one that says most: the sum over its digits of how sure their numbers are, squared, which many
        doubtful numbers in place of a few sure ones do not raise. `first` where no other says clearly more.
    """
    if _mean(sure for _, sure in first.sureness) >= LEAST_SURE:
        return first
    best = max((again(factor) for factor in HEIGHT_FACTORS), key=_said)
    return best if _said(best) > _said(first) + CLEARLY_MORE else first


def _said(look: Look) -> float:
    return sum(digits * sure**2 for digits, sure in look.sureness)


def _mean(sureness: Iterable[float]) -> float:
    known = list(sureness)
    return sum(known) / len(known) if known else 0.0
