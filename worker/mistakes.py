"""What a model reads wrong, picture by picture: a wrong label is found by the file that has it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.contract import DIGITS, NOT_A_DIGIT
from model.glyphs import Glyphs, Sort

__all__ = ["Mistake", "mistakes_of"]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A picture of which glyphs are read wrong.

    Attributes
    ----------
    place : int
        Of the glyph that is read wrong most surely.
    file : str or None
        Of the picture, where that is known.
    label, taken_for : int
        What the glyph is, and was taken for; 10 is "not a digit".
    confidence : float
        How surely.
    wrong, glyphs : int
        Glyphs that are drawn from the picture and are the same, and those of them that are read wrong.
    given : bool
        Whether `label` is that of the picture, and not of a piece of it.
    """

    place: int
    file: str | None
    label: int
    taken_for: int
    confidence: float
    wrong: int
    glyphs: int
    given: bool

    @property
    def doubtful(self) -> bool:
        """Whether the label of a file may be wrong: most of what is drawn with it is read otherwise."""
        return self.file is not None and self.given and 2 * self.wrong > self.glyphs

    def as_json(self) -> dict[str, Any]:
        """Return it in JSON's own types."""
        return {
            "file": self.file,
            "is": _name(self.label),
            "taken_for": _name(self.taken_for),
            "confidence": round(self.confidence, 6),
            "wrong": self.wrong,
            "glyphs": self.glyphs,
            "label_doubtful": self.doubtful,
        }


def _name(label: int) -> str:
    return "none" if label == NOT_A_DIGIT else DIGITS[label]


def mistakes_of(
    glyphs: Glyphs,
    answers: NDArray[np.float32],
    mistakes: NDArray[np.int64],
    files: Sequence[str] = (),
) -> list[Mistake]:
    """Return one mistake for each picture of which glyphs are read wrong.

    Parameters
    ----------
    glyphs : Glyphs
        Not modified.
    answers : (N, CLASSES) float32 ndarray
        What a model says to each. Not modified.
    mistakes : (M,) int64 ndarray
        Places of those that are read wrong. Not modified.
    files : sequence of str
        The file of each picture, by its origin; empty = not known.

    Returns
    -------
    list of Mistake
        In the order in which the first glyph of each stands in `mistakes`.
    """
    keys = list(zip(glyphs.origins.tolist(), (glyphs.labels == NOT_A_DIGIT).tolist(), strict=True))
    # What is of no picture stands for itself.
    groups = [key if key[0] >= 0 else (-1, place) for place, key in enumerate(keys)]
    drawn = Counter(groups)
    wrong = Counter([groups[place] for place in mistakes.tolist()])
    first: dict[tuple[int, int], Mistake] = {}
    for place in mistakes.tolist():
        group, origin = groups[place], keys[place][0]
        if group in first:
            continue
        first[group] = Mistake(
            place,
            files[origin] if 0 <= origin < len(files) else None,
            int(glyphs.labels[place]),
            int(answers[place].argmax()),
            float(answers[place].max()),
            wrong[group],
            drawn[group],
            (sort := Sort(glyphs.sorts[place])).is_digit or sort is Sort.GIVEN,
        )
    return list(first.values())
