"""How alike the digits of a page are: print repeats itself, and a hand never quite does.

Two fours of one font and size are the same picture, but for the scan's grain and a shift by parts of a pixel;
two fours of one hand are not. Each digit is held against those of the page that are read alike, and the two
nearest ones tell how much it looks like print.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.geometry import Box

__all__ = ["MATES", "Likeness", "likeness_of", "nearest_of"]

#: So many of the most alike ones are looked at: a single one may be alike by chance.
MATES = 2
#: A digit is held against so many others at most, evenly taken from all: the rest would say the same.
MOST_COMPARED = 96
#: Of those so many that are alike at first sight are looked at closely.
_LOOKED_AT = 4
#: By so many px, each way, one picture is shifted to meet another,
_REACH_PX = 1
#: and both are smoothed by this before, so that grain counts less, and parts of a pixel do.
_SMOOTH_PX = 0.8
#: which reaches less far than this.
_APART_PX = 4
#: What correlations lack to 1 counts by its logarithm, and a lack below this no further.
_LEAST_LACK = 0.003
#: Sizes that differ by more than this tell no more,
_MOST_UNEVEN = 0.5
#: and by more than this they are two sizes: that nothing repeats across them speaks for no hand.
ONE_SIZE = 0.3
#: No pair speaks more strongly for print, or against it, than by these log-odds.
MOST_ODDS = 6.0
#: Log-odds of two digits being print, chosen by looking at real pages and drawn ones: by a logarithm's step
#: of likeness, by their sizes' difference,
_LIKE, _UNEVEN = 3.0, -4.0
#: and by which digit it is: bare strokes are alike in every hand.
_BIASES = np.where(np.arange(10) == 1, -13.0, -10.0)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike each digit of a page is to others that are read alike.

    Attributes
    ----------
    odds : (N,) float64 ndarray
        Mean log-odds of print over its nearest mates; not below 0 where it has none of its size.
    mated : (N,) bool ndarray
        Whether there is another one of its kind and about its size.
    mates : (N, MATES) int64 ndarray
        The nearest ones, -1 where there are not so many.
    shares : (N, MATES) float64 ndarray
        How probably each of these is print together with it, 0 where there is none.
    """

    odds: NDArray[np.float64]
    mated: NDArray[np.bool_]
    mates: NDArray[np.int64]
    shares: NDArray[np.float64]


def likeness_of(glyphs: NDArray[np.uint8], labels: NDArray[np.int64], boxes: Sequence[Box]) -> Likeness:
    """Hold each digit of a page against the others that are read alike.

    Parameters
    ----------
    glyphs : (N, 28, 28) uint8 ndarray
        Normalized, ink = 255. Not modified.
    labels : (N,) int64 ndarray
        What each reads, 0..9.
    boxes : sequence of Box
        Where each stands, in px of the working page.

    Returns
    -------
    Likeness
        In their order.
    """
    count = len(glyphs)
    odds, mated = np.zeros(count), np.zeros(count, bool)
    mates, shares = np.full((count, MATES), -1, np.int64), np.zeros((count, MATES))
    sizes = np.array([(box.width, box.height) for box in boxes], np.float64).reshape(-1, 2)
    for digit in range(10):
        own = np.flatnonzero(labels == digit)
        if len(own) < 2:
            continue
        held = own
        if len(own) > MOST_COMPARED:
            held = own[np.linspace(0, len(own) - 1, MOST_COMPARED).astype(np.intp)]
        near, alike, uneven = nearest_of(glyphs, sizes, own, held)
        pair = np.clip(_LIKE * alike + _UNEVEN * uneven + _BIASES[digit], -MOST_ODDS, MOST_ODDS)
        best = np.argsort(-pair, axis=1, kind="stable")[:, :MATES]
        found, taken = np.take_along_axis(pair, best, axis=1), best.shape[1]
        mated[own] = (np.take_along_axis(uneven, best, axis=1) <= ONE_SIZE).any(axis=1)
        odds[own] = np.where(mated[own], found.mean(axis=1), np.maximum(0.0, found.mean(axis=1)))
        mates[own, :taken] = np.take_along_axis(near, best, axis=1)
        shares[own, :taken] = 1 / (1 + np.exp(-found))
    return Likeness(odds, mated, mates, shares)


def nearest_of(
    glyphs: NDArray[np.uint8],
    sizes: NDArray[np.float64],
    own: NDArray[np.intp],
    held: NDArray[np.intp],
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """Find for some glyphs of a page the most alike of others, and measure how alike they are.

    Parameters
    ----------
    glyphs : (K, 28, 28) uint8 ndarray
        Of the page, normalized, ink = 255. Not modified.
    sizes : (K, 2) float64 ndarray
        Width and height of each before it was normalized, in px of one page.
    own, held : (N,) and (M,) int ndarray
        Which ones look for others, and among which; at least two. None is held against itself.

    Returns
    -------
    near : (N, L) int ndarray
        The most alike at first sight; L is the same for all.
    alike : (N, L) float64 ndarray
        Minus the logarithm of what the best correlation lacks to 1.
    uneven : (N, L) float64 ndarray
        How much widths and heights differ together, over the larger height, bounded.
    """
    smooth = _smoothed(glyphs[own])
    theirs = smooth if own is held else _smoothed(glyphs[held])
    rows = _unit(smooth)
    sight = rows @ _unit(theirs).T
    sight[own[:, None] == held[None]] = -np.inf
    # Where all are held against one another one place in each row is taken by the glyph itself.
    first = np.argsort(-sight, axis=1, kind="stable")[:, : min(_LOOKED_AT, len(held) - 1)]
    best = np.full(first.shape, -1.0, np.float32)
    for down in range(-_REACH_PX, _REACH_PX + 1):
        for right in range(-_REACH_PX, _REACH_PX + 1):
            shifted = _unit(np.roll(theirs, (down, right), (1, 2)))
            np.maximum(best, np.einsum("np,nlp->nl", rows, shifted[first]), out=best)
    near = held[first]
    alike = -np.log(np.maximum(0.0, 1.0 - best.astype(np.float64)) + _LEAST_LACK)
    apart = np.abs(sizes[own][:, None] - sizes[near]).sum(axis=2)
    uneven = np.minimum(_MOST_UNEVEN, apart / np.maximum(sizes[own][:, None, 1], sizes[near][..., 1]))
    return near, alike, uneven


def _smoothed(glyphs: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Smooth all glyphs as one tall picture: a call for each would take longer than what it does."""
    count, side, across = glyphs.shape
    apart = np.zeros((count, side + _APART_PX, across), np.float32)
    apart[:, :side] = glyphs
    smooth = cv2.GaussianBlur(apart.reshape(-1, across), (0, 0), _SMOOTH_PX)
    return np.asarray(smooth.reshape(apart.shape)[:, :side], np.float32)


def _unit(glyphs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return each glyph as a row of mean 0 and length 1."""
    rows = glyphs.reshape(len(glyphs), -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-6), np.float32)
