"""Handwritten or printed: what the network of ink says of a number, and how often its digits repeat.

The network looks at a few heights around each stroke, and a neat hand and an italic look alike to it. The
page as a whole tells more: print repeats itself to the pixel (`segmentation/likeness.py`). Both are weighed
by a logistic regression that `python -m bench.kinds` fits on drawn pages. Where hardly anything repeats,
nothing can be told from that, and what the network says stands.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from segmentation.likeness import Likeness, likeness_of
from segmentation.segment import Segmentation
from segmentation.sorting import SortedInk
from worker.number_records import Found, kind_of
from worker.records import Kind

__all__ = ["FEATURES", "LEAST_REPEATED", "kinds_of", "print_features"]

#: Numbers are looked at together where so many digits of the page have another one of their kind on it.
LEAST_REPEATED = 8
#: What is known of a number: what the network says, how far its digits speak for print and how far against
#: it, what the network says of their mates, and how much of what is as high as they are repeats itself.
FEATURES = ("network", "for_print", "against_print", "mates", "as_high")
#: Weights of these, and the log-odds of print where nothing is known.
_WEIGHTS, _BIAS = np.array([0.8, 0.8, 0.15, 0.6, 2.0]), -0.5
#: A number by hand that is dropped as print is missed, and one of print that is kept is a row too many: it is
#: called printed against the network where that is surer than these log-odds, and the other way round.
_SURE_PRINT, _SURE_HAND = 1.5, -1.5
#: The network counts by these log-odds at most, and the digits of a number together by these.
_MOST_NETWORK, _MOST_DIGITS = 3.0, 8.0
#: Keeps the log-odds finite where all is of one sort.
_LEAST_SHARE = 0.02
#: Digits are as high as a number where they differ from it by less than this share;
_AS_HIGH = 0.12
#: so many of them tell something.
_LEAST_AS_HIGH = 4


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
    if repeated < LEAST_REPEATED:
        return kinds
    odds = features @ _WEIGHTS + _BIAS
    return [_settled(kind, value) for kind, value in zip(kinds, odds.tolist(), strict=True)]


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
    likeness = likeness_of(
        _glyphs(digits, segmentation),
        np.array([digit.read.digit for digit in digits], np.int64),
        [digit.placed.box for digit in digits],
    )
    network = _network_odds(sorted_ink, digits, owners, len(numbers))
    heights = np.array([digit.placed.box.height for digit in digits], np.float64)
    found = np.zeros((len(numbers), len(FEATURES)))
    for number in range(len(numbers)):
        own = np.flatnonzero(owners == number)
        odds = likeness.odds[own]
        found[number] = (
            network[number],
            min(_MOST_DIGITS, float(np.maximum(odds, 0).sum())),
            float(np.minimum(odds, 0).mean()),
            _of_mates(likeness, own, owners, network),
            _as_high(likeness, heights, owners, number, float(np.median(heights[own]))),
        )
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


def _as_high(
    likeness: Likeness, heights: NDArray[np.float64], owners: NDArray[np.int64], number: int, height: float
) -> float:
    """Return which share of the other digits as high as a number repeat themselves, less a half."""
    others = likeness.mated & (np.abs(heights - height) <= _AS_HIGH * height) & (owners != number)
    if np.count_nonzero(others) < _LEAST_AS_HIGH:
        return 0.0
    return float((likeness.odds[others] > 0).mean()) - 0.5
