"""Glyph images -> fields that tell, at every point, how far it lies inside the stroke.

A field can be warped, scaled and then inked by a pen of any width, with a smooth edge at any size; a picture
of 28 by 28 pixels cannot. All glyphs of a batch lie in one mosaic, so that each step is a single call.
"""

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["TILES_ACROSS", "StrokeFields", "glyph_ink", "stroke_fields"]

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

_Value = TypeVar("_Value", bound=np.generic)

#: Tiles in one row of the mosaic: keeps both sides below the 32,767 pixels that cv2.remap can take.
TILES_ACROSS = 16
#: Blank border around a glyph image, in its own pixels: neighbours must not bleed into each other.
BORDER_PX = 4
#: Share of the darkest pixel nearby from which a pixel counts as ink: faint strokes are strokes, too.
INK_SHARE = 0.4
#: Grey value (of 255) that nothing counts as ink below.
LEAST_INK_LEVEL = 30
#: Blur of the fields in mosaic pixels; hides the stairs of a skeleton drawn on pixels.
SMOOTH_PX = 1.3


@dataclass(frozen=True)
class StrokeFields:
    """The fields of a batch of glyphs, in pixels of a tile.

    Attributes
    ----------
    centre : (K, T, T) float32 ndarray
        Distance to the middle of the stroke.
    edge : (K, T, T) float32 ndarray
        Signed distance to the edge of the stroke, positive inside.
    half_width : (K,) float32 ndarray
        Typical half width of each glyph's own stroke.
    ink : (K, T, T) uint8 ndarray
        255 where the glyph image has ink.
    zoom : int
        Pixels of a tile for one pixel of the glyph image.
    """

    centre: Floats
    edge: Floats
    half_width: Floats
    ink: Bytes
    zoom: int


def stroke_fields(images: Bytes, *, zoom: int = 2, warp: Floats | None = None) -> StrokeFields:
    """Turn glyph images into stroke fields.

    Parameters
    ----------
    images : (K, S, S) uint8 ndarray
        0 = paper, 255 = ink. Not modified.
    zoom : int
        Tile pixels for one image pixel.
    warp : (h, w, 2) float32 ndarray, optional
        Coarse displacements in image pixels, stretched over the whole mosaic: the tremor of a hand.

    Returns
    -------
    StrokeFields
        With tiles of ``(S + 2 * border) * zoom`` pixels a side.
    """
    mosaic = _mosaic(images, zoom)
    if warp is not None:
        mosaic = _warped(mosaic, warp * zoom)
    ink = _ink_of(mosaic, zoom)
    inside = _distance_to_zero(ink)
    edge = _smooth(inside - _distance_to_zero(255 - ink))
    line = _skeleton(ink)
    centre = _unbiased(_smooth(_distance_to_zero(255 - line)))
    tile = (images.shape[1] + 2 * BORDER_PX) * zoom
    count = len(images)
    half_width = _half_widths(_tiles(line, tile, count), _tiles(inside, tile, count))
    return StrokeFields(
        centre=_tiles(centre, tile, count),
        edge=_tiles(edge, tile, count),
        half_width=half_width,
        ink=_tiles(ink, tile, count),
        zoom=zoom,
    )


def glyph_ink(images: Bytes) -> Bytes:
    """Return which pixels of glyph images become strokes, at twice their size: (K, 2 S, 2 S), 255 = ink."""
    tiles = _tiles(_ink_of(_mosaic(images, 2), 2), 2 * (images.shape[1] + 2 * BORDER_PX), len(images))
    return np.ascontiguousarray(tiles[:, 2 * BORDER_PX : -2 * BORDER_PX, 2 * BORDER_PX : -2 * BORDER_PX])


def _half_widths(lines: Bytes, inside: Floats) -> Floats:
    """Return how deep the ink is along each tile's line: the harmonic mean, in which a blot hardly counts."""
    tiles, rows, columns = np.nonzero(lines)
    inverse = 1 / np.maximum(inside[tiles, rows, columns], 0.5)
    sums = np.bincount(tiles, inverse, len(lines))
    return (np.bincount(tiles, minlength=len(lines)) / np.maximum(sums, 1e-6)).astype(np.float32)


def _ink_of(mosaic: Bytes, zoom: int) -> Bytes:
    """Return 255 where the mosaic has ink, by what is darkest within two image pixels or so."""
    reach = 3 * zoom + 1
    darkest = cv2.dilate(mosaic, np.ones((reach, reach), np.uint8))
    level = np.maximum(cv2.convertScaleAbs(darkest, alpha=INK_SHARE), np.uint8(LEAST_INK_LEVEL))
    return np.asarray(cv2.compare(mosaic, level, cv2.CMP_GT), np.uint8)


def _distance_to_zero(mask: Bytes) -> Floats:
    """Return the Euclidean distance of each pixel to the nearest zero."""
    return np.asarray(cv2.distanceTransform(mask, cv2.DIST_L2, 5), np.float32)


def _smooth(field: Floats) -> Floats:
    """Blur a field by `SMOOTH_PX`."""
    return np.asarray(cv2.GaussianBlur(field, (0, 0), SMOOTH_PX), np.float32)


def _unbiased(blurred: Floats) -> Floats:
    """Undo what the blur added to a distance close to the middle of the stroke (mean of ``|x|``)."""
    floor = np.float32(2 / np.pi * SMOOTH_PX**2)
    return np.asarray(np.sqrt(np.maximum(blurred * blurred - floor, 0)), np.float32)


def _mosaic(images: Bytes, zoom: int) -> Bytes:
    """Lay the images out in rows of tiles, enlarged smoothly."""
    count, side = images.shape[0], images.shape[1] + 2 * BORDER_PX
    across, down = _mosaic_shape(count)
    canvas = np.zeros((down * across, side, side), np.uint8)
    canvas[:count, BORDER_PX:-BORDER_PX, BORDER_PX:-BORDER_PX] = images
    flat = canvas.reshape(down, across, side, side).swapaxes(1, 2).reshape(down * side, across * side)
    large = cv2.resize(flat, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.GaussianBlur(large, (0, 0), 0.35 * zoom), np.uint8)


def _tiles(mosaic: npt.NDArray[_Value], tile: int, count: int) -> npt.NDArray[_Value]:
    """Cut the mosaic back into its first `count` tiles."""
    down, across = mosaic.shape[0] // tile, mosaic.shape[1] // tile
    stack = mosaic.reshape(down, tile, across, tile).swapaxes(1, 2).reshape(-1, tile, tile)
    return np.ascontiguousarray(stack[:count])


def _mosaic_shape(count: int) -> tuple[int, int]:
    """Return tiles across and down."""
    across = max(1, min(TILES_ACROSS, count))
    return across, -(-count // across)


def _warped(mosaic: Bytes, warp: Floats) -> Bytes:
    """Shift every pixel by the coarse displacement field stretched over the mosaic."""
    height, width = mosaic.shape
    shift = cv2.resize(warp, (width, height), interpolation=cv2.INTER_CUBIC)
    across = shift[..., 0] + np.arange(width, dtype=np.float32)
    down = shift[..., 1] + np.arange(height, dtype=np.float32)[:, None]
    return np.asarray(cv2.remap(mosaic, across, down, cv2.INTER_LINEAR), np.uint8)


def _thinning_tables() -> tuple[Bytes, Bytes]:
    """Build the two deletion tables of Zhang and Suen, indexed by the eight neighbours as bits."""
    codes = np.arange(256)
    # Bit 0 is the northern neighbour, the others follow clockwise.
    ring = (codes[:, None] >> np.arange(8)) & 1
    neighbours = ring.sum(axis=1)
    rises = ((ring == 0) & (np.roll(ring, -1, axis=1) == 1)).sum(axis=1)
    north, east, south, west = (ring[:, i] for i in (0, 2, 4, 6))
    candidate = (neighbours >= 2) & (neighbours <= 6) & (rises == 1)
    first = candidate & (north * east * south == 0) & (east * south * west == 0)
    second = candidate & (north * east * west == 0) & (north * south * west == 0)
    return first.astype(np.uint8), second.astype(np.uint8)


_TABLES = _thinning_tables()
#: Weights that turn a neighbourhood into the index of the tables.
_RING_KERNEL = np.array([[128, 1, 2], [64, 0, 4], [32, 16, 8]], np.float32)


def _skeleton(ink: Bytes, *, rounds: int = 12) -> Bytes:
    """Thin strokes to a middle line one pixel wide (255 = line).

    References
    ----------
    .. [1] T. Y. Zhang, C. Y. Suen, "A fast parallel algorithm for thinning digital patterns",
       Communications of the ACM 27(3), 1984.
    """
    line = ink // 255
    for _ in range(rounds):
        before = int(cv2.countNonZero(line))
        for table in _TABLES:
            codes = cv2.filter2D(line, cv2.CV_8U, _RING_KERNEL, borderType=cv2.BORDER_CONSTANT)
            line = np.asarray(cv2.subtract(line, cv2.LUT(codes, table)), np.uint8)
        if int(cv2.countNonZero(line)) == before:
            break
    return line * np.uint8(255)
