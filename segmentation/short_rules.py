"""Short rules and long strokes: a short straight run is a rule only where it lies as the long rules do."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Piece", "lying_like_the_long"]

#: A rule's slope, as rise over run, differs by at most this from those of the long ones beside it,
#: and by as much as they differ among themselves, which is much where paper bends.
SLOPES_APART = 0.025
#: So many of the nearest long rules are looked at.
NEAREST = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """A straight piece of a level run of ink.

    Attributes
    ----------
    x, y : (N,) int64 ndarray
        Its pixels.
    short : bool
        Whether it is so short that it may be a stroke of the writing.
    """

    x: NDArray[np.int64]
    y: NDArray[np.int64]
    short: bool

    @property
    def slope(self) -> float:
        """Rise over run."""
        away = self.x - self.x.mean()
        return float((away * self.y).sum() / max(1.0, float((away**2).sum())))

    @property
    def covered(self) -> float:
        """Share of its columns that hold ink, 0..1."""
        columns = np.bincount(self.x - self.x.min())
        return float(np.count_nonzero(columns)) / len(columns)

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of its ink."""
        return float(self.x.mean()), float(self.y.mean())


def lying_like_the_long(pieces: Sequence[Piece]) -> list[Piece]:
    """Leave out short pieces that slope unlike all of the nearest long ones.

    The tail of a nine, or a few digits whose strokes happen to follow each other, slope as the
    hand goes; the rules of a form are parallel, or nearly so on a photo.

    Parameters
    ----------
    pieces : sequence of Piece
        Of one direction.

    Returns
    -------
    list of Piece
        All of them where none is long, as on a page of single boxes.
    """
    long = [piece for piece in pieces if not piece.short]
    if not long or len(long) == len(pieces):
        return list(pieces)
    slopes = np.array([piece.slope for piece in long])
    middles = np.array([piece.middle for piece in long])

    def fits(piece: Piece) -> bool:
        away = np.hypot(*(middles - piece.middle).T)
        nearest = np.argsort(away, kind="stable")[:NEAREST]
        allowed = SLOPES_APART + float(np.ptp(slopes[nearest]))
        return bool(np.abs(slopes[nearest] - piece.slope).min() <= allowed)

    return [piece for piece in pieces if not piece.short or fits(piece)]
