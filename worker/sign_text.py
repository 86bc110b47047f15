"""The text of a number with its signs, and what else it may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from segmentation.geometry import Box

__all__ = ["Sign", "other_signs", "probability_of", "with_signs"]


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign in or before a number.

    Attributes
    ----------
    text : str
        One character.
    place : int
        How many digits of the number stand before it.
    box : Box
        In px of the working page.
    probability : float
        That it is this sign, 0..1.
    others : tuple of (str, float)
        What it may be else, with probabilities; an empty text is no sign.
    by_others : bool
        Its own shape does not tell it from another sign: the others of its page do.
    """

    text: str
    place: int
    box: Box
    probability: float
    others: tuple[tuple[str, float], ...] = ()
    by_others: bool = False


def with_signs(digits: str, signs: Sequence[Sign]) -> str:
    """Return the text of a number: its digits with the signs where they are written.

    Examples
    --------
    >>> with_signs("1770", [Sign(",", 2, Box(0, 0, 1, 1), 0.9)])
    '17,70'
    """
    text, done = "", 0
    for sign in sorted(signs, key=lambda sign: sign.place):
        text += digits[done : sign.place] + sign.text
        done = sign.place
    return text + digits[done:]


def probability_of(signs: Sequence[Sign]) -> float:
    """Return the probability that all signs of a number are what they were read as; 1 for none."""
    return prod(sign.probability for sign in signs)


def other_signs(digits: str, signs: Sequence[Sign], confidence: float) -> list[tuple[str, float]]:
    """Return the texts that differ in one sign, with probabilities.

    Parameters
    ----------
    digits : str
        Of the number.
    signs : sequence of Sign
        Of the number.
    confidence : float
        Probability that the text as it was read is right.
    """
    found = []
    for at, sign in enumerate(signs):
        for text, share in sign.others:
            changed = Sign(text, sign.place, sign.box, share)
            other = with_signs(digits, [*signs[:at], changed, *signs[at + 1 :]])
            found.append((other, confidence * share / sign.probability))
    return found
