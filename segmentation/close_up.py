"""Close-ups: pictures that a symbol or two fill, put on white paper to look like a page.

On a page the paper is what most pixels show, strokes are thin beside it, and writing keeps away from the
edges. A picture of one digit breaks all of this, down to bitmaps of 16 px without a margin. What is found
here is recognized by a few, large pieces of ink on paper whose light goes over smoothly from side to side;
it is then flattened, enlarged where it is small, and given a margin.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from segmentation.labelling import labelled
from segmentation.resizing import glimpsed, reduced, scaled
from segmentation.scale import lie_in_margins

__all__ = ["CloseUp", "find_close_up"]

#: Longer side, in px, of what a close-up is recognized on, and of what is read of a large one.
LOOK_SIDE_PX, MOST_SIDE_PX = 96, 320
#: The tallest piece of ink reaches over this share of the picture's longer side,
LEAST_TALL = 0.3
#: there are at most so many pieces,
MOST_PIECES = 8
#: and the thickest stroke is at most this share of the tallest piece: a shadow is thicker.
MOST_STROKE = 0.6
#: Ink stands out from the paper by this many levels of 255, and this many deviations of the paper's grain.
LEAST_LEVELS, LEAST_SIGMAS = 12.0, 12.0
#: Times that paper and ink are told apart, each time with a better idea of the light.
ROUNDS = 3
#: The light is fitted to what is a pixel off all ink, if that is more than this share of the picture.
LEAST_PAPER = 0.05
#: How much the light may tilt and bend, as the weight of that against the paper's pixels.
DAMPING = 0.01
#: Ink lower than this is enlarged to it, in px, at most this many times.
WORKING_HEIGHT_PX, MOST_ENLARGED = 48.0, 4.0
#: The margin, as a share of the tallest piece.
MARGIN = 1.2
#: Level that ink gets on the white paper, of 255, and deviations of the paper's grain that become white.
INK_LEVEL, WHITE_SIGMAS = 230.0, 3.0
#: The background is looked for in windows of so many strokes.
WINDOW_STROKES = 3.0


@dataclass(frozen=True, slots=True)
class CloseUp:
    """A close-up on white paper.

    Attributes
    ----------
    pixels : (H, W) uint8 ndarray
        Dark on white.
    scale : float
        Px of `pixels` a px of the picture.
    margin_px : int
        Width of the margin, in px of the picture.
    stroke_px : float
        Width of the thickest stroke, in px of `pixels`.
    inverted : bool
        True where the picture is light on dark.
    """

    pixels: NDArray[np.uint8]
    scale: float
    margin_px: int
    stroke_px: float
    inverted: bool

    @property
    def window(self) -> float:
        """Share of the longer side that the window has to have in which the background is looked for."""
        return float(WINDOW_STROKES * self.stroke_px / max(self.pixels.shape))


@dataclass(frozen=True, slots=True)
class _Look:
    """What a picture shows: how much darker than its paper it is, 0..255, and what of that is ink."""

    darker: NDArray[np.uint8]
    grain: float
    ink: float
    tallest_px: int
    stroke_px: float


def find_close_up(pixels: NDArray[np.uint8]) -> CloseUp | None:
    """Put a close-up on white paper.

    Parameters
    ----------
    pixels : (H, W) uint8 ndarray
        The picture, 0 = black. Not modified.

    Returns
    -------
    CloseUp or None
        None for ordinary pages, and where there is no ink.
    """
    inverted = _polarity(glimpsed(pixels, LOOK_SIDE_PX))
    if inverted is None:
        return None
    small = reduced(pixels, MOST_SIDE_PX)
    look = _look(small, inverted=inverted)
    if look is None:
        return None
    white = WHITE_SIGMAS * look.grain
    flat = np.clip((look.darker - white) * (INK_LEVEL / (look.ink - white)), 0, 255)
    enlarged = max(1.0, min(MOST_ENLARGED, WORKING_HEIGHT_PX / look.tallest_px))
    scale = enlarged * max(small.shape) / max(pixels.shape)
    margin = round(MARGIN * look.tallest_px * enlarged / scale)
    page = scaled(255 - flat.astype(np.uint8), enlarged)
    mounted = np.pad(page, round(margin * scale), constant_values=255)
    return CloseUp(mounted, scale, margin, look.stroke_px * enlarged, inverted)


def _polarity(small: NDArray[np.uint8]) -> bool | None:
    """Tell whether a close-up is light on dark; None where this is no close-up."""
    return next((inverted for inverted in (False, True) if _look(small, inverted=inverted)), None)


def _look(pixels: NDArray[np.uint8], *, inverted: bool) -> _Look | None:
    """Measure paper and ink; None where this is no close-up."""
    small = (cv2.bitwise_not(pixels) if inverted else pixels).astype(np.float32)
    light = _Light(small.shape)
    on_paper = np.ones(small.shape, bool)
    for _ in range(ROUNDS):
        paper = light.fitted(small, on_paper)
        darker = _darker(paper, small)
        level, _ = cv2.threshold(darker, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        ink = darker > level
        on_paper = cv2.dilate(ink.view(np.uint8), np.ones((3, 3), np.uint8)) == 0
        if np.count_nonzero(on_paper) < LEAST_PAPER * on_paper.size:
            on_paper = ~ink
    size = _size(ink) if ink.any() else None
    if size is None or _holds_the_rim(ink):
        return None
    # Quantiles, because soft edges that reach into the paper are no grain, and those of the ink no ink.
    grain, strength = (float(np.quantile(darker[part], 0.75)) for part in (on_paper, ink))
    if strength < max(LEAST_LEVELS, LEAST_SIGMAS * grain):
        return None
    return _Look(darker, grain, strength, *size)


def _darker(paper: NDArray[np.float32], pixels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return how much darker than the paper pixels are, as a share of it, 0..255."""
    share = (paper - pixels) / np.maximum(paper, 1.0)
    return np.asarray(np.rint(np.clip(255.0 * share, 0, 255)), np.uint8)


def _holds_the_rim(ink: NDArray[np.bool_]) -> bool:
    """Tell whether it is rather the ground around light writing: most of the picture, and most of its rim."""
    rim = np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]])
    return float(rim.mean()) + float(ink.mean()) > 1.0


def _size(ink: NDArray[np.bool_]) -> tuple[int, float] | None:
    """Return the height of the tallest piece and the thickest stroke; None where this is no close-up.

    What lies along a side is no symbol that fills the picture, but what a sheet lies on.
    """
    labels, stats, _ = labelled(ink)
    inner = stats[1:][~lie_in_margins(labels, stats[1:])]
    tallest = int(inner[:, cv2.CC_STAT_HEIGHT].max(initial=0))
    if len(stats) - 1 > MOST_PIECES or tallest < LEAST_TALL * max(ink.shape):
        return None
    framed = cv2.copyMakeBorder(ink.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    stroke = 2 * float(cv2.distanceTransform(framed, cv2.DIST_L2, 5).max())
    return None if stroke > MOST_STROKE * tallest else (tallest, stroke)


class _Light:
    """Smooth light over a picture: a quadratic surface, fitted to its paper."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        y, x = (np.linspace(-1, 1, n, dtype=np.float32) for n in shape)
        columns, rows = np.meshgrid(x, y)
        self._terms = np.stack(
            [np.ones_like(columns), columns, rows, columns**2, columns * rows, rows**2], axis=-1
        )

    def fitted(self, small: NDArray[np.float32], on_paper: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Return the light on every pixel, from those on paper."""
        terms = self._terms[on_paper]
        # What is hardly seen on the paper, as its bend on a small bitmap, is taken for flat.
        damping = DAMPING * len(terms) * np.diag([0, 1, 1, 1, 1, 1])
        solved = np.linalg.solve(terms.T @ terms + damping, terms.T @ small[on_paper])
        return np.asarray(self._terms @ solved.astype(np.float32), np.float32)
