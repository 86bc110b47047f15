"""One person with one pen: numbers -> ink, and ink -> its place on the page."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from model.synth.digits import DigitSource
from model.synth.handwriting import Paths, ink_paths
from model.synth.ink import press
from model.synth.ink_sorts import InkSort
from model.synth.paper import Paper, clear_ink
from model.synth.pens import INK_OPACITY, Hand, Ink, Pen, draw_glyphs

__all__ = ["Board", "Writer", "Written", "draw_paths", "number_width", "write_number"]

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

#: Ink that takes less of the light than this, of 255, is not seen.
LEAST_INK = 40


@dataclass(frozen=True)
class Written:
    """A number that was written: its text with its signs, each digit's convex hull, each digit's image."""

    text: str
    outlines: tuple[Floats, ...]
    images: tuple[int, ...]


@dataclass
class Board:
    """The page while it is being drawn: a layer for each sort of ink, the numbers written so far, typefaces.

    Attributes
    ----------
    layer : (H, W) or (H, W, 3) uint8 ndarray
        Where the writer's numbers go: what share of the light passes, 255 = all.
    rows : list of list of Written
        The numbers, from the top, and in each row from the left.
    fonts : tuple of Path
        TrueType files for printed words.
    others : dict of InkSort to ndarray
        Layers of ink that belongs to no number, as far as there is any.
    """

    layer: Bytes
    rows: list[list[Written]] = field(default_factory=list)
    fonts: tuple[Path, ...] = ()
    others: dict[InkSort, Bytes] = field(default_factory=dict)

    @classmethod
    def blank(cls, paper: Paper, width: float, height: float, fonts: Sequence[Path] = ()) -> "Board":
        """Return an empty page for that paper."""
        return cls(clear_ink(paper, (round(height), round(width))), fonts=tuple(fonts))

    def on(self, sort: InkSort) -> Bytes:
        """Return the layer for a sort of ink, to draw on."""
        if sort is InkSort.DIGIT:
            return self.layer
        if sort not in self.others:
            self.others[sort] = np.full_like(self.layer, 255)
        return self.others[sort]

    @property
    def ink(self) -> Bytes:
        """All ink of the page in one layer, as light passes one after the other."""
        ink = self.layer
        for other in self.others.values():
            ink = np.asarray(cv2.multiply(ink, other, scale=1 / 255), np.uint8)
        return ink

    @property
    def sorts(self) -> Bytes:
        """What each pixel's ink is: (H, W) uint8, 0 on paper, 1 + `InkSort` where there is ink."""
        darkest = 255 - _grey(self.layer)
        sorts = np.where(darkest >= LEAST_INK, 1 + InkSort.DIGIT, 0).astype(np.uint8)
        for sort, layer in self.others.items():
            darkness = 255 - _grey(layer)
            sorts[(darkness >= LEAST_INK) & (darkness > darkest)] = 1 + sort
            darkest = np.maximum(darkest, darkness)
        return sorts

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.layer.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.layer.shape[0])


@dataclass(frozen=True)
class Writer:
    """Who writes, with what, and how.

    Attributes
    ----------
    source : DigitSource
        The shapes of this person's digits.
    pen : Pen
        What they write with.
    hand : Hand
        How they bend the shapes.
    height_px : float
        Height of a digit.
    gap : float
        Clear space between digits of a number, as a share of the height.
    touching : float
        Share of neighbouring digits that run into each other.
    broken : float
        Share of digits whose strokes are interrupted.
    """

    source: DigitSource
    pen: Pen
    hand: Hand
    height_px: float
    gap: float = 0.15
    touching: float = 0.0
    broken: float = 0.0

    @property
    def stroke_px(self) -> float:
        """Width of the pen's stroke."""
        return max(1.3, self.pen.width * self.height_px)

    def draw(
        self, rng: np.random.Generator, texts: Sequence[str], *, widest_px: float | None = None
    ) -> list[list[Ink]]:
        """Return the ink of each number's digits; all of a page in one call, which is what makes it fast."""
        labels = [int(c) for text in texts for c in text]
        chosen = self.source.choose(rng, labels)
        images, origins = self.source.images[chosen], self.source.origins[chosen].tolist()
        drawn = draw_glyphs(rng, images, self.height_px, self.pen, self.hand, widest_px=widest_px)
        inks = [replace(ink, image=origin) for ink, origin in zip(drawn, origins, strict=True)]
        if self.broken > 0:
            hits = rng.random(len(inks)) < self.broken
            inks = [_broken(rng, ink) if hit else ink for ink, hit in zip(inks, hits, strict=True)]
        following = iter(inks)
        return [[next(following) for _ in text] for text in texts]

    def spacing(self, rng: np.random.Generator, inks: Sequence[Ink]) -> list[int]:
        """Return where each digit of a number begins, from the left end of the first."""
        lefts = [0]
        for before, after in pairwise(inks):
            if rng.random() < self.touching:
                step = _contact(before, after) - int(rng.integers(0, 1 + round(0.5 * self.stroke_px)))
            else:
                step = before.width + max(2, round(self.gap * self.height_px * rng.uniform(0.6, 1.4)))
            # Strokes that slant apart would slide into one another: two 1s must not become a V.
            lefts.append(lefts[-1] + max(step, round(0.7 * before.width)))
        return lefts


def number_width(lefts: Sequence[int], inks: Sequence[Ink]) -> int:
    """Return the width of a number whose digits begin at `lefts`."""
    return max(left + ink.width for left, ink in zip(lefts, inks, strict=True))


def write_number(
    board: Board, text: str, inks: Sequence[Ink], lefts: Sequence[float], bottoms: Sequence[float]
) -> Written:
    """Press a number's digits onto the page, each with its left edge and its foot where it belongs."""
    outlines = []
    for ink, left, bottom in zip(inks, lefts, bottoms, strict=True):
        x, y = round(left), round(bottom) - ink.height
        press(board.layer, ink, x, y)
        outlines.append(_outline(ink) + np.array((x - ink.box[0], y - ink.box[1]), np.float32))
    return Written(text, tuple(outlines), tuple(ink.image for ink in inks))


def draw_paths(
    board: Board,
    writer: Writer,
    paths: Paths,
    left: float,
    baseline: float,
    sort: InkSort = InkSort.HAND,
) -> float:
    """Draw paths with the writer's pen, their origin at a point; return how far right of it they reach."""
    ink, x, y = ink_paths(paths, writer.stroke_px, writer.pen)
    press(board.on(sort), ink, round(left) + x, round(baseline) + y)
    return float(x + ink.width)


def _grey(layer: Bytes) -> Bytes:
    """Return a layer's darkest channel."""
    return layer if layer.ndim == 2 else np.asarray(layer.min(axis=2), np.uint8)


def _outline(ink: Ink) -> Floats:
    """Return the corners of the convex hull of the ink, as (n, 2) pixels of its opacity."""
    points = cv2.findNonZero((ink.opacity >= 0.3 * float(ink.opacity.max())).view(np.uint8))
    left, top, right, bottom = ink.box
    if points is None:
        return np.array([(left, top), (right - 1, bottom - 1)], np.float32)
    hull = np.asarray(cv2.convexHull(points), np.float32)[:, 0]
    return np.clip(hull, (left, top), (right - 1, bottom - 1)).astype(np.float32)


def _contact(before: Ink, after: Ink) -> int:
    """Return the step from one digit to the next at which their strokes just meet, feet on one line."""
    rows = min(before.height, after.height)
    left_ink = _boxed(before)[-rows:] >= 0.3 * before.opacity.max()
    right_ink = _boxed(after)[-rows:] >= 0.3 * after.opacity.max()
    both = left_ink.any(axis=1) & right_ink.any(axis=1)
    if not both.any():
        return before.width
    reach = left_ink.shape[1] - left_ink[both, ::-1].argmax(axis=1)
    start = right_ink[both].argmax(axis=1)
    return int((reach - start).max())


def _boxed(ink: Ink) -> Bytes:
    """Return the opacity inside the ink's box."""
    left, top, right, bottom = ink.box
    return ink.opacity[top:bottom, left:right]


def _broken(rng: np.random.Generator, ink: Ink) -> Ink:
    """Return the ink with one or two short gaps in its strokes; its box stays."""
    points = cv2.findNonZero((ink.opacity >= INK_OPACITY).view(np.uint8))
    if points is None:
        return ink
    opacity = ink.opacity.copy()
    for _ in range(int(rng.integers(1, 3)) if ink.height > 40 else 1):
        x, y = (int(v) for v in points.reshape(-1, 2)[int(rng.integers(len(points)))])
        turn, reach = rng.uniform(0, np.pi), 0.10 * ink.height
        dx, dy = round(reach * np.cos(turn)), round(reach * np.sin(turn))
        width = max(2, round(ink.height * rng.uniform(0.05, 0.08)))
        cv2.line(opacity, (x - dx, y - dy), (x + dx, y + dy), 0, width, cv2.LINE_AA)
    return replace(ink, opacity=opacity)
