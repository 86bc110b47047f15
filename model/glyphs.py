"""Labelled glyphs to train on and to judge by, as reading sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from model.contract import NOT_A_DIGIT

__all__ = ["Glyphs", "Sort", "joined"]


class Sort(IntEnum):
    """Where a glyph comes from: figures of the easy and of the hard ones say more than their mean."""

    SHEET_DIGIT = 0
    PAIR = 1
    PART = 2
    MARK = 3
    GIVEN = 4
    PAGE_DIGIT = 5
    PAGE_PIECE = 6
    PICTURE_DIGIT = 7

    @property
    def is_digit(self) -> bool:
        """Whether glyphs of this sort are digits."""
        return self in (Sort.SHEET_DIGIT, Sort.PAGE_DIGIT, Sort.PICTURE_DIGIT)

    @property
    def told(self) -> str:
        """What people are told."""
        return _TOLD[self]


_TOLD = {
    Sort.SHEET_DIGIT: "loose digits",
    Sort.PAIR: "pairs",
    Sort.PART: "parts of digits",
    Sort.MARK: "marks and letters",
    Sort.GIVEN: "others that were given",
    Sort.PAGE_DIGIT: "digits cut out of pages",
    Sort.PAGE_PIECE: "pieces of pages",
    Sort.PICTURE_DIGIT: "pictures of a digit",
}


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Labelled glyphs.

    Attributes
    ----------
    images : (N, 28, 28) uint8 ndarray
        Ink = 255.
    labels : (N,) int64 ndarray
        0..10, where 10 is "not a digit".
    makes : (N,) int64 ndarray
        What reading made each of: a whole component, several, a part of one; -1 = not known.
    sorts : (N,) int64 ndarray
        Where each comes from, values of :class:`Sort`.
    origins : (N,) int64 ndarray
        What each was drawn from: glyphs with the same number stand or fall together, as those of one digit
        image do; -1 = nothing that another one was drawn from.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    makes: NDArray[np.int64]
    sorts: NDArray[np.int64]
    origins: NDArray[np.int64]

    @property
    def pictures(self) -> int:
        """How many images of digits stand behind the glyphs of digits."""
        found = self.origins[self.labels != NOT_A_DIGIT]
        return len(np.unique(found[found >= 0]))


def joined(parts: Sequence[Glyphs]) -> Glyphs:
    """Put glyphs of several drawings together."""
    return Glyphs(
        np.concatenate([part.images for part in parts]),
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.makes for part in parts]),
        np.concatenate([part.sorts for part in parts]),
        np.concatenate([part.origins for part in parts]),
    )
