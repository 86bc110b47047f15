"""Digits to a verdict: the text, how probably it is right, and what should become of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from model.lattice import ReadDigit
from worker.records import Status
from worker.sign_text import Sign, other_signs, with_signs

__all__ = ["Judgement", "judge"]

#: A digit less probable than this has no credible reading.
CREDIBLE_DIGIT = 0.1
#: A number less probable than this is rejected rather than put up for review.
CREDIBLE_NUMBER = 0.2
#: How many other readings of a number are kept.
MOST_ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of one number.

    Attributes
    ----------
    text : str
        Its digits alone, ``?`` where no reading is credible.
    confidence : float
        Probability that the whole text is right.
    status : Status
        accepted, review or rejected.
    alternatives : tuple of (str, float)
        Other readings with their probabilities, the likeliest first.
    """

    text: str
    confidence: float
    status: Status
    alternatives: tuple[tuple[str, float], ...]


def _alternatives(
    digits: Sequence[ReadDigit], confidence: float, signs: Sequence[Sign]
) -> tuple[tuple[str, float], ...]:
    """Return readings that change one digit or sign, the likeliest first; together at most what is left."""
    best = "".join(digit.text for digit in digits)
    found = other_signs(best, signs, confidence)
    for place, digit in enumerate(digits):
        if digit.confidence <= 0.0:
            continue
        own = digit.confidence
        for other, probability in enumerate(digit.probabilities.tolist()):
            if other != digit.digit:
                text = best[:place] + str(other) + best[place + 1 :]
                found.append((with_signs(text, signs), confidence * probability / own))
    found.sort(key=lambda item: -item[1])
    found = found[:MOST_ALTERNATIVES]
    room = (1.0 - confidence) / max(1.0 - confidence, sum(share for _, share in found), 1e-9)
    return tuple((text, share * room) for text, share in found if share * room >= 0.001)


def judge(
    digits: Sequence[ReadDigit],
    accept_confidence: float,
    confidence: float,
    signs: Sequence[Sign] = (),
) -> Judgement:
    """Judge one number.

    Parameters
    ----------
    digits : sequence of ReadDigit
        From left to right, at least one.
    accept_confidence : float
        Numbers at least this sure are accepted.
    confidence : float
        Probability that the whole text is right.
    signs : sequence of Sign
        In and before the number: they stand in its alternatives, and may be others there.

    Returns
    -------
    Judgement
        A number with an unreadable digit is never accepted.
    """
    text = "".join(digit.text if digit.confidence >= CREDIBLE_DIGIT else "?" for digit in digits)
    if confidence >= accept_confidence and "?" not in text:
        status = Status.ACCEPTED
    elif confidence >= CREDIBLE_NUMBER and text.strip("?"):
        status = Status.REVIEW
    else:
        status = Status.REJECTED
    return Judgement(text, confidence, status, _alternatives(digits, confidence, signs))
