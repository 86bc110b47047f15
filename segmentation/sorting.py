"""What sort of ink lies where: numbers, words, print, rules, by a network that somebody hands over.

The network sees the whole ink of a page, scaled so that the writing always has one height, and says for
each small square of it what the ink there belongs to. It is asked coarsely, so that it costs little; where a
stroke ends is told by the ink itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.clean import Ink
from segmentation.geometry import Box
from segmentation.medians import quantile_within

__all__ = [
    "OTHER",
    "PRINTED_SORTS",
    "SORTED_HEIGHT_PX",
    "SORTS",
    "SQUARE_PX",
    "InkNetwork",
    "SortedInk",
    "ink_planes",
    "sort_ink",
]

#: Height that the writing has where its sorts are told, in px.
SORTED_HEIGHT_PX = 16.0
#: Side of the squares that are told apart there, in px.
SQUARE_PX = 4
#: Sorts of ink: digits by hand, printed digits, words by hand, printed words, and what is none of these.
SORTS = 5
#: How many of them, the first ones, are digits: by hand, and printed.
DIGIT_SORTS = 2
#: The last of them, neither digits nor words: rules, stains, edges.
OTHER = SORTS - 1
#: Those that are printed: digits, and words.
PRINTED_SORTS = [1, 3]
#: Planes that the network sees: how much ink there is, and how dark it is.
PLANES = 2
#: Share of a page's ink that is darker than what counts as dark,
DARK_SHARE = 0.1
#: and the level that such ink has in the second plane.
DARK_LEVEL = 200.0
#: A square counts as inked by this share even where it is blank, so that every share has a divisor.
LEAST_INK = 1e-3

#: From (H, W, 2) uint8 planes, sides divisible by `SQUARE_PX`, to (H / 4, W / 4, SORTS) probabilities.
InkNetwork = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class SortedInk:
    """What the ink of a page belongs to.

    Attributes
    ----------
    digits : (h, w) float32 ndarray
        How probably the ink of each square belongs to digits.
    sums : (h + 1, w + 1, SORTS + 1) float64 ndarray
        Summed-area table (Crow, 1984) of the ink of each sort, and of all ink.
    ruled : (h, w) float64 ndarray
        Which share of the ink of each square is a rule, a stain or an edge.
    square_px : float
        Side of a square on the working page, in px.
    """

    digits: NDArray[np.float32]
    sums: NDArray[np.float64]
    ruled: NDArray[np.float64]
    square_px: float

    def digits_at(self, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """Return how probably ink belongs to digits at each pixel: (H, W) float32.

        Between the middles of squares the probability changes evenly.

        Parameters
        ----------
        shape : (int, int)
            Height and width of the working page, in px.
        """
        # A square more than there are, because rounding may have taken a few px off the last.
        squares = cv2.copyMakeBorder(self.digits, 0, 1, 0, 1, cv2.BORDER_REPLICATE)
        side = self.square_px
        probable = cv2.resize(squares, None, fx=side, fy=side, interpolation=cv2.INTER_LINEAR)
        return np.asarray(probable[: shape[0], : shape[1]], np.float32)

    def shares(self, boxes: Sequence[Box]) -> NDArray[np.float32]:
        """Return which share of the ink in each box belongs to each sort.

        Parameters
        ----------
        boxes : sequence of Box
            In px of the working page.

        Returns
        -------
        (len(boxes), SORTS) float32 ndarray
            Rows sum to 1.
        """
        edges = np.array([(b.left, b.top, b.right, b.bottom) for b in boxes], np.float64).reshape(-1, 4)
        edges /= self.square_px
        down, across = self.sums.shape[0] - 1, self.sums.shape[1] - 1
        left = np.clip(np.floor(edges[:, 0]), 0, across - 1).astype(int)
        top = np.clip(np.floor(edges[:, 1]), 0, down - 1).astype(int)
        right = np.clip(np.ceil(edges[:, 2]), left + 1, across).astype(int)
        bottom = np.clip(np.ceil(edges[:, 3]), top + 1, down).astype(int)
        inside = (
            self.sums[bottom, right] - self.sums[top, right] - self.sums[bottom, left] + self.sums[top, left]
        )
        return np.asarray(inside[:, :SORTS] / inside[:, SORTS:], np.float32)

    def digit_shares(self, boxes: Sequence[Box]) -> NDArray[np.float32]:
        """Return which share of the ink in each box belongs to digits, by hand or printed: (N,) float32."""
        return np.asarray(self.shares(boxes)[:, :DIGIT_SORTS].sum(axis=1), np.float32)

    def ruled_share(self, x: NDArray[np.int64], y: NDArray[np.int64]) -> float:
        """Return how probably ink at some pixels of the working page is a rule, a stain or an edge, 0..1."""
        down, across = self.digits.shape
        rows = np.minimum((y / self.square_px).astype(np.intp), down - 1)
        columns = np.minimum((x / self.square_px).astype(np.intp), across - 1)
        return float(self.ruled[rows, columns].mean())

    def likeliest(self, box: Box) -> NDArray[np.uint8]:
        """Return the likeliest sort at each pixel of a box, if there is ink: (h, w) uint8, below `SORTS`."""
        squares = np.diff(np.diff(self.sums[..., :SORTS], axis=0), axis=1).argmax(axis=-1)
        rows, columns = (
            np.minimum(np.arange(first, last) / self.square_px, count - 1).astype(int)
            for first, last, count in zip(
                (box.top, box.left), (box.bottom, box.right), squares.shape, strict=True
            )
        )
        return np.asarray(squares[np.ix_(rows, columns)], np.uint8)

    def is_printed(self, boxes: Sequence[Box]) -> bool:
        """Tell whether the digits in some boxes look printed rather than written, taken together."""
        by_hand, printed = self.shares(boxes)[:, :DIGIT_SORTS].sum(axis=0)
        return bool(printed > by_hand)


def ink_planes(ink: Ink, height_px: float) -> NDArray[np.uint8]:
    """Scale a page's ink to where its sorts are told.

    Parameters
    ----------
    ink : Ink
        Of the working page.
    height_px : float
        Of the writing there.

    Returns
    -------
    (H, W, 2) uint8 ndarray
        How much of each pixel is ink, 255 = all; and how dark it is, against the page's dark ink. Sides are
        divisible by `SQUARE_PX`; what was added to them is blank.
    """
    scale = SORTED_HEIGHT_PX / height_px
    size = (max(1, round(ink.mask.shape[1] * scale)), max(1, round(ink.mask.shape[0] * scale)))
    dark = quantile_within(ink.contrast, ink.mask, 1 - DARK_SHARE) if ink.mask.any() else 1.0
    darkness = cv2.convertScaleAbs(ink.contrast, alpha=DARK_LEVEL / max(1.0, dark))
    # Both at once: where a pixel goes is worked out only once.
    both = cv2.merge([ink.mask.view(np.uint8) * np.uint8(255), darkness])
    planes = cv2.resize(both, size, interpolation=cv2.INTER_AREA)
    below, right = -size[1] % SQUARE_PX, -size[0] % SQUARE_PX
    padded = cv2.copyMakeBorder(planes, 0, below, 0, right, cv2.BORDER_CONSTANT, value=(0, 0))
    return np.asarray(padded, np.uint8)


def sort_ink(ink: Ink, height_px: float, network: InkNetwork) -> SortedInk:
    """Tell what the ink of a page belongs to.

    Parameters
    ----------
    ink : Ink
        Of the working page, rules and all.
    height_px : float
        Of the writing there.
    network : callable
        Told the planes of :func:`ink_planes`.

    Returns
    -------
    SortedInk
        Of the working page.
    """
    planes = ink_planes(ink, height_px)
    sorts = network(planes).astype(np.float64)
    down, across = sorts.shape[:2]
    inked = planes[..., 0].reshape(down, SQUARE_PX, across, SQUARE_PX).mean(axis=(1, 3)) / 255 + LEAST_INK
    layers = np.concatenate([sorts * inked[..., None], inked[..., None]], axis=-1)
    sums = np.zeros((down + 1, across + 1, SORTS + 1))
    sums[1:, 1:] = layers.cumsum(axis=0).cumsum(axis=1)
    digits = np.asarray(sorts[..., :DIGIT_SORTS].sum(axis=-1), np.float32)
    other, all_ink = (
        s[1:, 1:] - s[:-1, 1:] - s[1:, :-1] + s[:-1, :-1] for s in (sums[..., OTHER], sums[..., SORTS])
    )
    return SortedInk(digits, sums, other / all_ink, SQUARE_PX * height_px / SORTED_HEIGHT_PX)
