"""Glyph images -> ink as a pen would lay it down, at any height.

A `Pen` says how wide, how dark, what colour; a `Hand` says how one writer bends the shapes. The result is an
opacity for every pixel, with the exact box of its ink.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from model.synth.strokes import TILES_ACROSS, StrokeFields, stroke_fields

__all__ = ["PEN_KINDS", "PLAIN_HAND", "Hand", "Ink", "Pen", "draw_glyphs", "random_hand", "random_pen"]

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Colour = tuple[int, int, int]

#: Opacity (of 255, before grain and darkness) from which a pixel counts as ink.
INK_OPACITY = 100
#: No stroke is thinner than this: a scanner would lose it.
THINNEST_PX = 1.3
#: Ink this deep under its edge, in pixels of a glyph image, is no stroke but a loop that has run full.
BLOT_DEPTH_PX = 1.8
#: The same in half widths of the glyph's stroke: what is bold throughout has no blots.
BLOT_SHARE = 1.15
#: Pixels kept around the ink for its soft edge.
MARGIN_PX = 2
#: Ink height of a digit in a 28-pixel image: 20 of 28.
DIGIT_SHARE = 20 / 28
#: Side in pixels of the grain that is laid over strokes.
GRAIN_PX = 192


@dataclass(frozen=True, slots=True)
class PenKind:
    """What pens of one kind have in common; ranges are inclusive bounds of an even draw."""

    width: tuple[float, float]  # of the writing height
    modulation: tuple[float, float]
    darkness: tuple[float, float]
    grain: tuple[float, float]
    colours_bgr: tuple[Colour, ...]


_BLACKS: tuple[Colour, ...] = ((25, 22, 20), (45, 40, 38), (60, 45, 45))
_BLUES: tuple[Colour, ...] = ((140, 60, 25), (115, 45, 30), (165, 85, 45), (120, 40, 60))

PEN_KINDS: dict[str, PenKind] = {
    "ballpoint": PenKind((0.055, 0.10), (0.0, 0.35), (0.72, 0.95), (0.10, 0.35), _BLUES + _BLACKS),
    "fineliner": PenKind((0.035, 0.06), (0.0, 0.15), (0.80, 1.0), (0.0, 0.12), _BLACKS + _BLUES),
    "gel": PenKind((0.07, 0.12), (0.1, 0.5), (0.85, 1.0), (0.0, 0.10), _BLACKS + _BLUES),
    "fountain": PenKind((0.07, 0.13), (0.5, 0.9), (0.75, 1.0), (0.0, 0.15), _BLUES + _BLACKS),
    "felt": PenKind(
        (0.10, 0.17), (0.3, 0.9), (0.85, 1.0), (0.0, 0.10), (*_BLACKS, (150, 60, 220), (50, 40, 185))
    ),
    "marker": PenKind(
        (0.15, 0.22), (0.2, 0.7), (0.85, 1.0), (0.0, 0.08), (*_BLACKS, (140, 60, 25), (55, 105, 30))
    ),
    "pencil": PenKind((0.045, 0.10), (0.0, 0.4), (0.45, 0.80), (0.45, 0.85), ((75, 75, 75), (95, 92, 90))),
    "red": PenKind((0.055, 0.12), (0.0, 0.5), (0.75, 0.95), (0.05, 0.3), ((45, 40, 190), (60, 50, 215))),
}


@dataclass(frozen=True, slots=True)
class Pen:
    """One pen.

    Attributes
    ----------
    kind : str
        A key of `PEN_KINDS`.
    width : float
        Stroke width as a share of the writing height.
    modulation : float
        0 = the same width everywhere, 1 = as wide at each place as the glyph image has it.
    darkness : float
        Opacity where the pen pressed, 0..1.
    grain : float
        Share of that which the roughness of the paper takes away again, 0..1.
    colour_bgr : tuple of int
        Colour of the ink.
    """

    kind: str
    width: float
    modulation: float
    darkness: float
    grain: float
    colour_bgr: Colour


@dataclass(frozen=True, slots=True)
class Hand:
    """How a writer bends the shapes: means for the hand, and how far single glyphs stray from them."""

    slant: float = 0.0  # shear: shift to the right for one pixel up
    slant_spread: float = 0.04
    rotation_spread_deg: float = 2.5
    aspect: float = 1.0  # width for one pixel of height, against the glyph image
    aspect_spread: float = 0.05
    size_spread: float = 0.05
    tremor_px: float = 0.35  # in pixels of the glyph image


#: The hand of a writer about whom nothing is known.
PLAIN_HAND = Hand()


@dataclass(frozen=True, slots=True)
class Ink:
    """Ink of one glyph: `opacity` (h, w) uint8 with a margin; the box of the ink inside it; its colour."""

    opacity: Bytes
    box: tuple[int, int, int, int]
    colour_bgr: Colour = field(default=(0, 0, 0))
    image: int = -1  # of a source, that it was drawn from

    @property
    def width(self) -> int:
        """Width of the ink in pixels."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        """Height of the ink in pixels."""
        return self.box[3] - self.box[1]


def random_pen(rng: np.random.Generator, kind: str | None = None) -> Pen:
    """Pick a pen, of any kind unless one is named."""
    name = kind or str(rng.choice(list(PEN_KINDS)))
    spec = PEN_KINDS[name]
    return Pen(
        kind=name,
        width=float(rng.uniform(*spec.width)),
        modulation=float(rng.uniform(*spec.modulation)),
        darkness=float(rng.uniform(*spec.darkness)),
        grain=float(rng.uniform(*spec.grain)),
        colour_bgr=spec.colours_bgr[int(rng.integers(len(spec.colours_bgr)))],
    )


def random_hand(rng: np.random.Generator) -> Hand:
    """Pick a writer's hand."""
    return Hand(
        slant=float(rng.normal(0.05, 0.12)),
        aspect=float(rng.uniform(0.85, 1.15)),
        size_spread=float(rng.uniform(0.02, 0.08)),
        tremor_px=float(rng.uniform(0.1, 0.5)),
    )


def draw_glyphs(
    rng: np.random.Generator,
    images: Bytes,
    heights_px: npt.ArrayLike,
    pens: Pen | Sequence[Pen],
    hand: Hand = PLAIN_HAND,
    *,
    widest_px: float | None = None,
) -> list[Ink]:
    """Write glyphs with a pen.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of every variation.
    images : (K, S, S) uint8 ndarray
        0 = paper, 255 = ink. Not modified.
    heights_px : float or (K,) array
        Height of the writing; flat marks stay in proportion to it.
    pens : Pen or K pens
        The pen of all glyphs, or of each.
    hand : Hand
        The writer.
    widest_px : float, optional
        No glyph is wider than this; what would be is drawn smaller.

    Returns
    -------
    list of Ink
        In the order of `images`.
    """
    count = len(images)
    if not count:
        return []
    heights = np.broadcast_to(np.asarray(heights_px, np.float32), (count,))
    zoom = 2 if heights.max() < 120 else 4
    # Two and a half nodes a tile, either way: strokes sway, they do not shiver.
    nodes = (3 + 5 * (count // TILES_ACROSS) // 2, 2 + 5 * min(count, TILES_ACROSS) // 2, 2)
    tremor = rng.normal(0, hand.tremor_px, nodes).astype(np.float32)
    fields = stroke_fields(images, zoom=zoom, warp=tremor if hand.tremor_px > 0 else None)
    pen_list = [pens] * count if isinstance(pens, Pen) else list(pens)
    grain = _grain(rng)
    bends = rng.standard_normal((count, 4)).astype(np.float32)
    offsets = rng.integers(0, 2**31, (count, 2))
    digit_px = images.shape[1] * DIGIT_SHARE * zoom
    inks = []
    for i, pen in enumerate(pen_list):
        fit = _fit(fields.ink[i], float(heights[i]), pen, _bend(hand, bends[i]), digit_px, widest_px)
        inks.append(_ink_one(fields, i, fit, pen, grain, offsets[i]) if fit else _no_ink(pen))
    return inks


@dataclass(frozen=True, slots=True)
class _Fit:
    """How a tile comes onto the page; `scale` is page pixels for one tile pixel."""

    matrix: Floats
    extent: tuple[int, int]
    stroke_px: float
    scale: float


def _no_ink(pen: Pen) -> Ink:
    """Return the ink of an empty image: one clear pixel."""
    return Ink(np.zeros((1, 1), np.uint8), (0, 0, 1, 1), pen.colour_bgr)


def _bend(hand: Hand, draw: Floats) -> Floats:
    """Return the 2x2 matrix that one glyph of this hand gets; size is included as a factor."""
    size = 1 + hand.size_spread * float(draw[0])
    aspect = hand.aspect * (1 + hand.aspect_spread * float(draw[1]))
    shear = hand.slant + hand.slant_spread * float(draw[2])
    turn = np.deg2rad(hand.rotation_spread_deg * float(draw[3]))
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return np.asarray(rotation @ np.array([[aspect, -shear], [0.0, 1.0]]) * max(size, 0.5), np.float32)


def _fit(
    ink: Bytes, height_px: float, pen: Pen, bend: Floats, digit_px: float, widest_px: float | None
) -> _Fit | None:
    """Find the matrix that brings a tile to the wanted height; None where the glyph has no ink."""
    points = cv2.findNonZero(ink)
    if points is None:
        return None
    corners = cv2.convexHull(points)[:, 0].astype(np.float32) @ bend.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    size = float(np.sqrt(abs(np.linalg.det(bend))))
    across, down = (high - low) / size
    # Not the ink's own height alone: a dash blown up to the height of a digit would be a bar.
    scale = height_px / max(down, 0.75 * across, 0.4 * digit_px)
    stroke_px = max(pen.width * height_px, THINNEST_PX)
    if widest_px is not None:
        scale = min(scale, max(widest_px - stroke_px, 1.0) / (across * size))
    pad = MARGIN_PX + int(np.ceil(0.5 * stroke_px))
    extent = np.ceil((high - low) * scale).astype(int) + 2 * pad
    matrix = np.hstack([bend * scale, (pad - low * scale)[:, None]])
    return _Fit(matrix, (int(extent[0]), int(extent[1])), stroke_px, scale * size)


def _ink_one(
    fields: StrokeFields, index: int, fit: _Fit, pen: Pen, grain: Floats, offset: npt.NDArray[np.int64]
) -> Ink:
    """Warp one glyph's field to its size and ink it."""
    mix = (pen.modulation - 1) * fields.centre[index]
    mix += pen.modulation * (fields.edge[index] - fields.half_width[index])
    # A pen that thins out still leaves a line: a modulated stroke never narrows below a third.
    np.maximum(mix, -fields.centre[index] - fit.stroke_px / (3 * fit.scale), out=mix)
    # Loops that have run full stay full: thinned to a line, such a 9 would be a 7.
    blot = max(BLOT_DEPTH_PX * fields.zoom, BLOT_SHARE * float(fields.half_width[index]))
    np.maximum(mix, fields.edge[index] - blot, out=mix)
    depth = cv2.warpAffine(
        mix, fit.matrix, fit.extent, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    # depth is in tile pixels below the surface of the stroke; in page pixels it grows with the scale.
    coverage = np.clip(depth * fit.scale + (0.5 * fit.stroke_px + 0.5), 0, 1)
    solid = (coverage * 255).astype(np.uint8)
    left, top, width, height = cv2.boundingRect((solid >= INK_OPACITY).view(np.uint8))
    if not width:
        left, top, width, height = 0, 0, *fit.extent
    if pen.grain > 0:
        coverage *= 1 - pen.grain * _grain_crop(grain, offset, coverage.shape)
    opacity = (coverage * (255 * pen.darkness)).astype(np.uint8)
    return Ink(opacity, (left, top, left + width, top + height), pen.colour_bgr)


def _grain(rng: np.random.Generator) -> Floats:
    """Draw the roughness of paper: 0 where the pen touches, towards 1 where it skips; mean near 0.3."""
    fine = np.frombuffer(rng.bytes(GRAIN_PX * GRAIN_PX), np.uint8).reshape(GRAIN_PX, GRAIN_PX)
    rough = cv2.GaussianBlur(fine.astype(np.float32), (0, 0), 0.8)
    slow = cv2.GaussianBlur(fine.astype(np.float32), (0, 0), 5.0)
    mix = (rough - 127.5) / rough.std() + 0.7 * (slow - 127.5) / slow.std()
    return np.asarray(np.clip(0.3 + 0.3 * mix, 0, 1), np.float32)


def _grain_crop(grain: Floats, offset: npt.NDArray[np.int64], shape: tuple[int, ...]) -> Floats:
    """Cut a piece of the given shape out of the grain, enlarged when the piece is larger."""
    height, width = shape
    if height >= GRAIN_PX or width >= GRAIN_PX:
        side = max(height, width)
        return np.asarray(cv2.resize(grain, (side, side))[:height, :width], np.float32)
    top, left = int(offset[0] % (GRAIN_PX - height)), int(offset[1] % (GRAIN_PX - width))
    return grain[top : top + height, left : left + width]
