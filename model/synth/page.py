"""Draws whole pages of handwritten numbers, and tells what is on them to the pixel."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from model.synth.digits import DigitSource
from model.synth.forms import boxes, combs, grid, labelled
from model.synth.layouts import Layout, dense, lines, ruled, single, with_marks
from model.synth.paper import Paper, expose, random_paper, rough_paper
from model.synth.pens import random_hand, random_pen
from model.synth.warp import View, flat_view, photo_view, shown, sorts_shown, turned_view
from model.synth.writer import Board, Writer, Written

__all__ = ["KINDS", "SynthDigit", "SynthNumber", "SynthPage", "make_page"]

Bytes = npt.NDArray[np.uint8]
Box = tuple[int, int, int, int]
SynthDigit = tuple[int, Box]

#: Layouts that each kind of page may have, and how it can be told from the others.
_LAYOUTS: dict[str, tuple[Layout, ...]] = {
    "clean": (lines, lines, lines, single),
    "ruled": (ruled,),
    "grid": (grid,),
    "boxes": (boxes,),
    "combs": (combs,),
    "touching": (lines, lines, ruled),
    "broken": (lines, lines, ruled),
    "noisy": (lines, ruled, grid),
    "skewed": (lines, ruled, grid, boxes),
    "shadowed": (lines, ruled, grid),
    "pencil": (lines, ruled, grid, single),
    "dense": (dense,),
    "labelled": (labelled,),
    "marks": (with_marks,),
    "inverted": (lines, lines, grid, single),
    "photo": (lines, ruled, grid, labelled, boxes),
}

#: Every kind of page.
KINDS = tuple(_LAYOUTS)

#: Heights of digits in pixels, and of the writing on dense pages.
HEIGHTS_PX = (23.0, 84.0)
DENSE_HEIGHTS_PX = (21.0, 27.0)
#: Areas of pages in pixels, before they are turned.
AREAS_PX = (0.42e6, 2.1e6)
DENSE_AREAS_PX = (0.8e6, 1.3e6)
#: Widths of pages for one pixel of height: letters and notes, upright and across, and slips.
_ASPECTS = (0.707, 0.707, 0.75, 0.773, 1.0, 1.333, 1.414, 1.8)
_PENS = (
    "ballpoint",
    "ballpoint",
    "ballpoint",
    "gel",
    "gel",
    "fineliner",
    "fountain",
    "felt",
    "red",
    "pencil",
)


@dataclass(frozen=True)
class SynthNumber:
    """A number on a page.

    Attributes
    ----------
    text : str
        Its digits, and the signs in and before it.
    box : tuple of int
        Left, top, right, bottom of the ink of all its digits, half-open pixels of the page.
    digits : tuple of (int, box)
        Label and box of each digit, in the order of `text`; signs have none.
    images: tuple of int
        Which of the source's images each digit was written with.
    """

    text: str
    box: Box
    digits: tuple[SynthDigit, ...]
    images: tuple[int, ...]


@dataclass(frozen=True)
class SynthPage:
    """A page and what is written on it.

    Attributes
    ----------
    pixels : (H, W) or (H, W, 3) uint8 ndarray
        Grey, 0 = black, or blue, green and red.
    rows : list of list of SynthNumber
        From top to bottom, and in each row from left to right.
    kind : str
        One of `KINDS`.
    layout : str
        How the numbers are arranged: lines, ruled, grid, boxes, combs, dense, labelled, with_marks or single.
    """

    pixels: Bytes
    rows: list[list[SynthNumber]]
    kind: str
    layout: str
    sorts: Bytes | None = None

    @property
    def grey(self) -> Bytes:
        """The pixels as pages are read: (H, W) uint8, 0 = black."""
        if self.pixels.ndim == 2:
            return self.pixels
        return np.asarray(cv2.cvtColor(self.pixels, cv2.COLOR_BGR2GRAY), np.uint8)


def make_page(
    rng: np.random.Generator,
    source: DigitSource,
    kind: str,
    *,
    fonts: Sequence[Path] = (),
    around: Layout | None = None,
    layout: Layout | None = None,
) -> SynthPage:
    """Draw a page.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same page.
    source : DigitSource
        Digits to write with; a page takes a few variants of each, as one person writes them.
    kind : str
        One of `KINDS`.
    fonts : sequence of Path
        TrueType files for printed words, besides the faces that come with OpenCV.
    layout : Layout, optional
        How the numbers are arranged, instead of as on pages of that kind.

    Returns
    -------
    SynthPage
        0.4 to 2.5 megapixels.

    Raises
    ------
    ValueError
        There is no such kind, or a file is no font.
    """
    if kind not in _LAYOUTS:
        raise ValueError(f"pages are of the kinds {', '.join(KINDS)}; received {kind!r}")
    usual = _LAYOUTS[kind][int(rng.integers(len(_LAYOUTS[kind])))]
    layout = layout or usual
    paper = _paper(rng, kind)
    width, height = _extent(rng, kind)
    board = Board.blank(paper, width, height, fonts)
    writer = _writer(rng, source, kind, board)
    if layout is single and rng.random() < 0.4:
        writer = replace(writer, height_px=float(rng.uniform(0.2, 0.4)) * min(board.width, board.height))
    layout(rng, board, writer)
    view = _view(rng, kind, (board.width, board.height))
    sorts = None
    if around is not None:
        around(rng, board, writer)
        sorts = sorts_shown(board.sorts, view)
    pixels = expose(rng, paper, shown(rng, board.ink, view))
    rows = [[_number(written, view) for written in row] for row in board.rows]
    return SynthPage(pixels, rows, kind, layout.__name__, sorts)


def _extent(rng: np.random.Generator, kind: str) -> tuple[float, float]:
    """Pick width and height of a page in pixels."""
    low, high = DENSE_AREAS_PX if kind == "dense" else AREAS_PX
    area = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    aspect = float(rng.choice(_ASPECTS))
    return (area * aspect) ** 0.5, (area / aspect) ** 0.5


def _writer(rng: np.random.Generator, source: DigitSource, kind: str, board: Board) -> Writer:
    """Pick who writes: the hand, the pen, how large and how close together."""
    low, high = DENSE_HEIGHTS_PX if kind == "dense" else HEIGHTS_PX
    high = float(np.clip(min(board.height / 8, board.width / 9), low + 1, high))
    height = float(rng.uniform(low, high))
    pen = random_pen(rng, "pencil" if kind == "pencil" else _pen_kind(rng, height))
    return Writer(
        source=source.for_hand(rng, variants=int(rng.integers(3, 9))),
        pen=pen,
        hand=random_hand(rng),
        height_px=height,
        # Thick strokes come closer to each other than their middles do.
        gap=float(rng.uniform(0.10, 0.26)),
        touching=float(rng.uniform(0.4, 0.9)) if kind == "touching" else 0.0,
        broken=float(rng.uniform(0.3, 0.8)) if kind == "broken" else 0.0,
    )


def _pen_kind(rng: np.random.Generator, height_px: float) -> str:
    """Pick a pen that people write digits of that height with."""
    if height_px > 50 and rng.random() < 0.15:
        return "marker"
    return str(rng.choice(_PENS))


def _paper(rng: np.random.Generator, kind: str) -> Paper:
    """Pick the sheet, and how it is lit and taken."""
    if kind == "photo":
        return replace(rough_paper(rng, colour=True), inverted=False, gradient=float(rng.uniform(0.05, 0.35)))
    if kind == "noisy":
        rough = rough_paper(rng, strength=1.0)
        return replace(rough, noise=float(rng.uniform(8, 22)), shadow=0.0, inverted=False)
    plain = random_paper(rng)
    if kind == "shadowed":
        return replace(
            plain,
            tone=float(rng.uniform(200, 250)),
            shadow=float(rng.uniform(0.25, 0.6)),
            hard_shadow=bool(rng.random() < 0.4),
            gradient=float(rng.uniform(0.05, 0.3)),
            vignette=float(rng.uniform(0.0, 0.3)),
        )
    if kind == "inverted":
        return replace(plain, tone=float(rng.uniform(205, 250)), inverted=True)
    return plain


def _view(rng: np.random.Generator, kind: str, extent: tuple[int, int]) -> View:
    """Pick how the sheet lies before the camera or on the scanner."""
    if kind == "photo":
        return photo_view(rng, extent)
    if kind == "skewed":
        return turned_view(extent, float(rng.uniform(1.5, 6.0) * rng.choice([-1, 1])))
    if kind in {"clean", "dense"} or rng.random() < 0.5:
        return flat_view(extent)
    return turned_view(extent, float(rng.normal(0, 0.5)))


def _number(written: Written, view: View) -> SynthNumber:
    """Return a number as it is seen on the finished page."""
    digits = tuple(
        (int(digit), view.box(outline))
        for digit, outline in zip(filter(str.isdigit, written.text), written.outlines, strict=True)
    )
    return SynthNumber(written.text, _around([box for _, box in digits]), digits, written.images)


def _around(boxes: Sequence[Box]) -> Box:
    """Return the smallest box around boxes."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
