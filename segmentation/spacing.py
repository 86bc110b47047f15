"""What a page's own spacing says of each gap between two digits: inside a number, or between two.

Spacings follow one law on a page, whose parameters nobody knows beforehand: digits of a number
stand a usual distance apart, evenly or not so evenly; numbers stand farther apart by some factor;
a line may be written wider or closer than others. Each set of parameters on a grid is weighed by
how well it explains all spacings of the page, and what a gap is follows from all of them by their
weight. Nothing is decided here by a fixed gap, and a page of even spacing has no second kind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

__all__ = ["between_numbers"]

_Floats = NDArray[np.float64]

#: Spacings are told apart by their logarithm in steps of this size, between these two.
STEP, NARROWEST, WIDEST = 0.05, float(np.log(0.25)), float(np.log(12.0))
#: Usual spacings within numbers, as logarithms of shares of the height.
USUAL = np.arange(np.log(0.45), np.log(3.0), 0.1)
#: They are about this on most pages, and spread so far (as logarithm);
COMMON, COMMON_SPREAD = float(np.log(0.85)), 0.25
#: on this share of pages digits are spaced widely, about so, and spread so far.
WIDE_SHARE, WIDE, WIDE_SPREAD = 0.25, float(np.log(1.7)), 0.35
#: How unevenly digits of a number stand: spread of the logarithm, and how usual each is.
UNEVEN = {0.07: 0.3, 0.12: 0.4, 0.2: 0.2, 0.3: 0.1}
#: How much farther apart numbers stand than digits, as logarithm of the factor, and how usual each is.
FARTHER = {0.45: 0.1, 0.65: 0.15, 0.9: 0.25, 1.2: 0.25, 1.6: 0.25}
#: Spread of the spacing between numbers, and its share that may be any wider.
BETWEEN_SPREAD, ANY_WIDER = 0.16, 0.25
#: Share of the gaps of a page that part numbers, nearly all where digits stand alone, and how usual each is.
PARTING = {0.02: 0.4, 0.2: 0.35, 0.5: 0.23, 0.95: 0.02}
#: How far lines follow the page: most closely, this share of them loosely.
LINE_SPREAD, LOOSE_SHARE, LOOSE_SPREAD = 0.08, 0.1, 0.4
#: This share of spacings within a number is narrower than the others, as digits that touch are.
ANY_NARROWER = 0.04


@dataclass(frozen=True, slots=True)
class _Law:
    """What the grid of parameters says of each step of spacing.

    Attributes
    ----------
    likelihood : (steps, usual, others) float64 ndarray
        Logarithm of how probable a spacing is, for each usual spacing and all other parameters.
    parts : (steps, usual, others) float64 ndarray
        Probability that such a spacing lies between two numbers.
    page : (usual, others) float64 ndarray
        Logarithm of how usual the parameters are on pages.
    line : (usual, usual) float64 ndarray
        Probability of a line's usual spacing, given that of the page: rows are pages.
    """

    likelihood: _Floats
    parts: _Floats
    page: _Floats
    line: _Floats


def _bell(x: _Floats, spread: float | _Floats) -> _Floats:
    return np.asarray(np.exp(-0.5 * (x / spread) ** 2) / (spread * np.sqrt(2 * np.pi)))


def _shares(weights: _Floats) -> _Floats:
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


@cache
def _law() -> _Law:
    """Spread the grid out; it is the same for all pages."""
    steps = np.arange(NARROWEST, WIDEST + STEP, STEP)[:, None, None]
    usual = USUAL[None, :, None]
    others = np.array(list(product(UNEVEN.items(), FARTHER.items(), PARTING.items())))
    uneven, farther, parting = (others[None, None, :, k, 0].reshape(1, 1, -1) for k in range(3))
    narrower = (steps < usual) / np.maximum(usual - NARROWEST, STEP)
    wider = (steps > usual + farther) / np.maximum(WIDEST - usual - farther, STEP)
    within = (1 - ANY_NARROWER) * _bell(steps - usual, uneven) + ANY_NARROWER * narrower
    spread = np.hypot(BETWEEN_SPREAD, uneven)
    between = (1 - ANY_WIDER) * _bell(steps - usual - farther, spread) + ANY_WIDER * wider
    # Density is never nought: one odd spacing must not rule a page's law out.
    between, within = parting * (between + 1e-4), (1 - parting) * (within + 1e-4)
    pages = (1 - WIDE_SHARE) * _bell(USUAL - COMMON, COMMON_SPREAD)
    pages = _shares(pages + WIDE_SHARE * _bell(USUAL - WIDE, WIDE_SPREAD))
    apart = USUAL[:, None] - USUAL[None, :]
    line = (1 - LOOSE_SHARE) * _shares(_bell(apart, LINE_SPREAD))
    line += LOOSE_SHARE * _shares(_bell(apart, LOOSE_SPREAD))
    weights = others[:, :, 1].prod(axis=1)
    return _Law(
        np.log(within + between),
        # Narrower than usual is never a gap between numbers.
        np.where(steps > usual, between / (within + between), 0.0),
        np.log(pages)[:, None] + np.log(weights)[None, :],
        line,
    )


def between_numbers(lines: Sequence[_Floats]) -> list[_Floats]:
    """Tell how probable it is that each gap of a page lies between two numbers.

    Parameters
    ----------
    lines : sequence of (N,) float64 ndarray
        The spacings of each line, from one digit to the next, as shares of the digits' height:
        about 0.6 where digits of usual width touch.

    Returns
    -------
    list of (N,) float64 ndarray
        A probability for each spacing.
    """
    law = _law()
    held = [line for line in lines if len(line)]
    if not held:
        return [np.zeros(0) for _ in lines]
    places = [_places(line, len(law.likelihood)) for line in lines]
    counts = np.stack([np.bincount(place, minlength=len(law.likelihood)) for place in places if len(place)])
    steps, usual, others = law.likelihood.shape
    own = (counts @ law.likelihood.reshape(steps, -1)).reshape(-1, usual, others)
    peak = own.max(axis=1, keepdims=True)
    scaled = np.exp(own - peak)
    # Of each line under each law of the page, its own usual spacing summed out.
    explained = law.line @ scaled
    page = law.page + (np.log(explained) + peak).sum(axis=0)
    weights = np.exp(page - page.max())
    weights /= weights.sum()
    # Of each line's own usual spacing, what the page's law and the line's spacings say together.
    owned = (law.line.T @ (weights / explained)) * scaled
    found = iter(owned.reshape(len(owned), -1) @ law.parts.reshape(steps, -1).T)
    return [next(found)[place] if len(place) else np.zeros(0) for place in places]


def _places(spacings: _Floats, steps: int) -> NDArray[np.int64]:
    """Return the step that each spacing falls on."""
    logs = np.log(np.maximum(spacings, np.exp(NARROWEST)))
    return np.asarray(np.clip(np.rint((logs - NARROWEST) / STEP), 0, steps - 1), np.int64)
