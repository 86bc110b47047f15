"""Handwritten or printed: by the network of ink, by what repeats itself, and by how evenly numbers stand.

The network looks at a few heights around each stroke, and a neat hand and an italic look alike to it. The
page as a whole tells more: print repeats itself to the pixel (`segmentation/likeness.py`), and stands in
columns and rows that do not stray (`segmentation/regularity.py`). All are weighed together as log-odds. Where
hardly anything repeats, nothing can be told from that, and what the network says stands.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segmentation.likeness import Likeness, likeness_of
from segmentation.regularity import regularity_of
from segmentation.segment import Segmentation
from segmentation.sorting import SortedInk
from worker.number_records import Found, kind_of
from worker.records import Kind

__all__ = ["FEATURES", "LEAST_REPEATED", "kinds_of", "print_features"]

#: Numbers are looked at together where so many digits of the page have another one of their kind on it.
LEAST_REPEATED = 8
#: What is known of a number: what the network says; how far its digits repeat others, and how far they do
#: not; what the network says of those that they repeat; how much of what is as high repeats itself; and how
#: regular the column or the row is in which it stands.
FEATURES = ("network", "repeats", "differs", "mates", "as_high", "regular")
#: Which of them depend on repetitions.
_REPEATED = slice(1, 5)
#: Weights of these, and the log-odds of print where all are nought: chosen by looking at real pages and drawn
#: ones, not fitted. `python -m bench.kinds` fits such weights, and counts what these get wrong.
_WEIGHTS, _BIAS = np.array([0.8, 1.5, 0.5, 0.5, 6.0, 4.0]), -0.3
#: A number that is dropped as print is missed, and print that is kept is a row too many: from these log-odds
#: on a number is printed, and up to these by hand, whatever the network says; between them it has the word.
_SURE_PRINT, _SURE_HAND = 1.0, -0.8
#: The network counts by these log-odds at most: on real pages it is sure and wrong more often than on drawn.
_MOST_NETWORK = 3.0
#: Keeps the log-odds finite where all is of one sort.
_LEAST_SHARE = 0.02
#: A digit speaks at most so strongly against print: its mates may all be others' digits.
_MOST_AGAINST = -2.0
#: Where the digits of a number speak for print by more than this they repeat others,
_REPEATS = 1.0
#: and so many of them count as one; those of one number are of one face.
_MOST_DIGITS = 4
#: Digits are as high as a number where they differ from it by less than this share;
_AS_HIGH = 0.12
#: so many of them tell something, and so many all that they can;
_LEAST_AS_HIGH, _ENOUGH_AS_HIGH = 4, 12
#: those repeat themselves that speak for print by more than this, which this share of a hand's may do.
_SELF_REPEATING, _BY_CHANCE = 2.0, 0.25
#: Bare strokes tell nothing of a page.
_BARE = 1


def kinds_of(numbers: Sequence[Sequence[Found]], segmentation: Segmentation) -> list[Kind | None]:
    """Tell of each number of a page whether it is handwritten or printed.

    Parameters
    ----------
    numbers : sequence of sequences of Found
        The digits of each number of the page.
    segmentation : Segmentation
        Of the page.

    Returns
    -------
    list of Kind or None
        One a number; None where nobody can tell.
    """
    sorted_ink = segmentation.writing.sorted_ink
    kinds = [kind_of(number, sorted_ink) for number in numbers]
    if sorted_ink is None or not numbers:
        return kinds
    features, repeated = print_features(numbers, segmentation, sorted_ink)
    enough = repeated >= LEAST_REPEATED
    if not enough:
        features[:, _REPEATED] = 0.0
    odds = (features @ _WEIGHTS + _BIAS).tolist()
    told = enough | (features[:, -1] > 0)
    return [
        _settled(kind, value) if tells else kind
        for kind, value, tells in zip(kinds, odds, told.tolist(), strict=True)
    ]


def _settled(kind: Kind | None, odds: float) -> Kind | None:
    """Return what a number is by its log-odds of print, or what the network said where these are small."""
    if odds > _SURE_PRINT:
        return Kind.PRINTED
    return Kind.HANDWRITTEN if odds < _SURE_HAND else kind


def print_features(
    numbers: Sequence[Sequence[Found]], segmentation: Segmentation, sorted_ink: SortedInk
) -> tuple[NDArray[np.float64], int]:
    """Return what is known of each number, and how many digits of the page have another of their kind.

    Parameters
    ----------
    numbers : sequence of sequences of Found
        The digits of each number of the page, at least one number.
    segmentation : Segmentation
        Of the page.
    sorted_ink : SortedInk
        What its ink belongs to.

    Returns
    -------
    features : (len(numbers), len(FEATURES)) float64 ndarray
        See :data:`FEATURES`.
    repeated : int
        Digits that are not the only ones of their kind.
    """
    digits = [digit for number in numbers for digit in number]
    owners = np.repeat(np.arange(len(numbers)), [len(number) for number in numbers])
    labels = np.array([digit.read.digit for digit in digits], np.int64)
    likeness = likeness_of(_glyphs(digits, segmentation), labels, [digit.placed.box for digit in digits])
    regular = regularity_of([[digit.placed.box for digit in number] for number in numbers])
    network = _network_odds(sorted_ink, digits, owners, len(numbers))
    heights = np.array([digit.placed.box.height for digit in digits], np.float64)
    telling = likeness.mated & (labels != _BARE)
    found = np.zeros((len(numbers), len(FEATURES)))
    for number in range(len(numbers)):
        own = np.flatnonzero(owners == number)
        as_high = np.abs(heights - np.median(heights[own])) <= _AS_HIGH * np.median(heights[own])
        others = likeness.odds[telling & as_high & (owners != number)]
        repeats, differs = _of_digits(likeness.odds[own][likeness.mated[own]])
        mates = _of_mates(likeness, own, owners, network)
        found[number] = network[number], repeats, differs, mates, _of_others(others), regular[number]
    return found, int(likeness.mated.sum())


def _glyphs(digits: Sequence[Found], segmentation: Segmentation) -> NDArray[np.uint8]:
    """Return the picture of each digit as the network saw it."""
    starts = np.cumsum([0] + [len(strip.candidates) for strip in segmentation.strips])
    places = [int(starts[digit.placed.strip]) + digit.read.edge for digit in digits]
    return segmentation.glyphs[places]


def _network_odds(
    sorted_ink: SortedInk, digits: Sequence[Found], owners: NDArray[np.int64], count: int
) -> NDArray[np.float64]:
    """Return the log-odds of print of each number by the network of ink, bounded."""
    shares = sorted_ink.shares([digit.placed.box for digit in digits]).astype(np.float64)
    by_hand, printed = (np.bincount(owners, shares[:, sort], count) + _LEAST_SHARE for sort in (0, 1))
    return np.asarray(np.clip(np.log(printed / by_hand), -_MOST_NETWORK, _MOST_NETWORK))


def _of_mates(
    likeness: Likeness, own: NDArray[np.intp], owners: NDArray[np.int64], network: NDArray[np.float64]
) -> float:
    """Return what the network says of the numbers that a number's mates stand in, the more alike the more."""
    mates, shares = likeness.mates[own].ravel(), likeness.shares[own].ravel()
    others = (mates >= 0) & (owners[mates] != owners[own[0]])
    weights = shares[others]
    return float((weights * network[owners[mates[others]]]).sum() / (weights.sum() + 0.5))


def _of_digits(odds: NDArray[np.float64]) -> tuple[float, float]:
    """Return how far the digits of a number repeat others of the page, and how far they do not."""
    if not len(odds):
        return 0.0, 0.0
    mean = float(np.maximum(odds, _MOST_AGAINST).mean())
    return max(0.0, mean - _REPEATS) * min(_MOST_DIGITS, len(odds)) ** 0.5, min(0.0, mean - _REPEATS)


def _of_others(odds: NDArray[np.float64]) -> float:
    """Return how much more of some digits repeats itself than may by chance, 0..1."""
    if len(odds) < _LEAST_AS_HIGH:
        return 0.0
    share = float((odds > _SELF_REPEATING).mean())
    return max(0.0, share - _BY_CHANCE) * min(1.0, len(odds) / _ENOUGH_AS_HIGH)
