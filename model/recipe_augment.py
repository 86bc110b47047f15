"""Digits to train on, changed anew each epoch: bent, turned, moved, and some written with another pen.

The pen is that of the page maker: :mod:`model.synth.strokes` turns a digit into a field that tells how deep
each point lies in the stroke, and the field is inked as wide as wanted. All steps take a block of digits at a
time, laid out side by side, so that one core draws as fast as another trains.
"""

from collections.abc import Callable
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from model.contract import GLYPH_SIDE
from model.fitting import never
from model.synth.strokes import stroke_fields

__all__ = ["PENS", "REWRITTEN", "bent", "changed", "rewritten", "with_other_pens"]

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

_Value = TypeVar("_Value", np.uint8, np.float32)

#: Digits a block, and how many of them lie side by side.
BLOCK, ACROSS = 1024, 32
#: Share of the digits that are written anew with another pen.
REWRITTEN = 0.25
#: Pens that each digit is written with beforehand where it is changed many times.
PENS = 3
#: By how much their strokes are narrowed or widened on each side, in px, at most.
NARROWER_PX, WIDER_PX = 0.45, 0.55
#: No stroke loses more than this share of its half width.
MOST_LOST = 0.5
#: Turned by up to so many degrees, and slanted by up to so many px a px.
TURN_DEG, SLANT = 12.0, 0.18
#: Width and height each change by up to this share, and the place by up to so many px.
STRETCH, MOVE_PX = 0.13, 1.6
#: Knots of the bending a side; how far each is moved, px (1 sigma); how far that is felt, in knots.
KNOTS, BEND_PX, REACH = 7, 0.75, 0.7
#: Tile pixels for one pixel of the image when it is written anew.
ZOOM = 2

_MIDDLE = (GLYPH_SIDE - 1) / 2


def changed(
    rng: np.random.Generator, images: Bytes, pens: Bytes | None = None, *, strength: float = 1.0
) -> Bytes:
    """Return every digit in another shape.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same bytes.
    images : (N, 28, 28) uint8 ndarray
        0 = paper, 255 = ink. Not modified.
    pens : (P, N, 28, 28) uint8 ndarray, optional
        The same digits as :func:`with_other_pens` wrote them, to choose among; without it, those
        that get another pen are written anew, which takes two thirds of the time.
    strength : float
        Less than 1 changes them less far, and fewer of them get another pen.

    Returns
    -------
    (N, 28, 28) uint8 ndarray
        In the same order.
    """
    result = np.empty_like(images)
    for start in range(0, len(images), BLOCK):
        block = images[start : start + BLOCK].copy()
        chosen = np.flatnonzero(rng.random(len(block)) < strength * REWRITTEN)
        if pens is not None:
            block[chosen] = pens[rng.integers(0, len(pens), len(chosen)), start + chosen]
        elif len(chosen):
            block[chosen] = _with_another_pen(rng, block[chosen])
        result[start : start + BLOCK] = _warped(block, *_maps(rng, len(block), strength))
    return result


def bent(rng: np.random.Generator, images: Bytes, *, share: float) -> Bytes:
    """Return digits of which some are bent, turned and moved, all with the pen they were written with.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same bytes.
    images : (N, 28, 28) uint8 ndarray
        0 = paper, 255 = ink. Not modified.
    share : float
        How many of them, 0..1.

    Returns
    -------
    (N, 28, 28) uint8 ndarray
        In the same order.
    """
    result = images.copy()
    chosen = np.flatnonzero(rng.random(len(images)) < share)
    for start in range(0, len(chosen), BLOCK):
        block = chosen[start : start + BLOCK]
        result[block] = _warped(images[block], *_maps(rng, len(block)))
    return result


def with_other_pens(rng: np.random.Generator, images: Bytes, stopped: Callable[[], bool] = never) -> Bytes:
    """Write every digit with several other pens.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same bytes.
    images : (N, 28, 28) uint8 ndarray
        0 = paper, 255 = ink. Not modified.
    stopped : callable
        Asked again and again whether to stop, which ends in KeyboardInterrupt: many digits take a minute.

    Returns
    -------
    (PENS, N, 28, 28) uint8 ndarray
        In the same order, each at its place.
    """
    written = np.empty((PENS, *images.shape), np.uint8)
    for pen in written:
        for start in range(0, len(images), BLOCK):
            if stopped():
                raise KeyboardInterrupt
            pen[start : start + BLOCK] = _with_another_pen(rng, images[start : start + BLOCK])
    return written


def _with_another_pen(rng: np.random.Generator, images: Bytes) -> Bytes:
    by = rng.uniform(-NARROWER_PX, WIDER_PX, len(images))
    return rewritten(images, by.astype(np.float32))


def rewritten(images: Bytes, wider_px: Floats) -> Bytes:
    """Ink digits anew, with strokes that are wider or narrower on each side.

    Parameters
    ----------
    images : (K, 28, 28) uint8 ndarray
        0 = paper, 255 = ink, K > 0. Not modified.
    wider_px : (K,) float32 ndarray
        By how much on each side, in pixels of the image; negative for narrower.

    Returns
    -------
    (K, 28, 28) uint8 ndarray
        Each at its place.
    """
    fields = stroke_fields(images, zoom=ZOOM)
    least = -MOST_LOST * fields.half_width
    by = np.maximum(wider_px * ZOOM, least)[:, None, None]
    coverage = np.clip(fields.edge + by + np.float32(0.5), 0, 1)
    border = (coverage.shape[1] - ZOOM * GLYPH_SIDE) // 2
    inner = coverage[:, border:-border, border:-border]
    small = inner.reshape(len(images), GLYPH_SIDE, ZOOM, GLYPH_SIDE, ZOOM).mean(axis=(2, 4))
    return np.asarray(np.round(255 * small), np.uint8)


def _maps(rng: np.random.Generator, count: int, strength: float = 1.0) -> tuple[Floats, Floats]:
    """Draw, for each pixel of each digit, the column and the row that it is taken from: (K, 28, 28) each."""
    turn = strength * np.deg2rad(rng.uniform(-TURN_DEG, TURN_DEG, count))
    slant = strength * rng.uniform(-SLANT, SLANT, count)
    wide, high = 1 + strength * rng.uniform(-STRETCH, STRETCH, (2, count))
    columns = np.stack([np.cos(turn) / wide, (np.sin(turn) + slant) / wide], axis=1)
    rows = np.stack([-np.sin(turn) / high, np.cos(turn) / high], axis=1)
    place = np.arange(GLYPH_SIDE) - _MIDDLE
    bends = strength * _bends(rng, 2 * count).reshape(2, count, GLYPH_SIDE, GLYPH_SIDE)
    moves = _MIDDLE + strength * rng.uniform(-MOVE_PX, MOVE_PX, (2, count, 1, 1))
    return (
        (columns[:, :1, None] * place + columns[:, 1:, None] * place[:, None] + bends[0] + moves[0]).astype(
            np.float32
        ),
        (rows[:, :1, None] * place + rows[:, 1:, None] * place[:, None] + bends[1] + moves[1]).astype(
            np.float32
        ),
    )


def _bends(rng: np.random.Generator, count: int) -> Floats:
    """Draw smooth displacements in px: (count, 28, 28)."""
    knots = np.linspace(0, GLYPH_SIDE - 1, KNOTS)
    away = (np.arange(GLYPH_SIDE)[:, None] - knots) / (knots[1] * REACH)
    felt = np.exp(-0.5 * away**2)
    # A displacement is as far in the middle between knots as at one.
    felt = (felt / np.sqrt((felt**2).sum(axis=1, keepdims=True))).astype(np.float32)
    moved = BEND_PX * rng.standard_normal((count, KNOTS, KNOTS), np.float32)
    return np.asarray(felt @ moved @ felt.T, np.float32)


def _warped(images: Bytes, columns: Floats, rows: Floats) -> Bytes:
    """Take each pixel from elsewhere in its own digit; what lies beyond it is paper."""
    count, side = len(images), GLYPH_SIDE
    down = -(-count // ACROSS)
    number = np.arange(count)[:, None, None]
    # A digit's outermost pixels are paper: whoever looks beyond them must not see the neighbour.
    left = np.clip(columns, 0, side - 1) + np.float32(side) * (number % ACROSS)
    top = np.clip(rows, 0, side - 1) + np.float32(side) * (number // ACROSS)
    across, along = (_laid_out(part.astype(np.float32), down) for part in (left, top))
    seen = np.asarray(cv2.remap(_laid_out(images, down), across, along, cv2.INTER_LINEAR))
    tiles = seen.reshape(down, side, ACROSS, side).swapaxes(1, 2).reshape(-1, side, side)
    return np.asarray(tiles[:count], np.uint8)


def _laid_out(tiles: npt.NDArray[_Value], down: int) -> npt.NDArray[_Value]:
    """Lay tiles out in rows; what is missing in the last row is zero."""
    side = GLYPH_SIDE
    whole = np.zeros((down * ACROSS, side, side), tiles.dtype)
    whole[: len(tiles)] = tiles
    return whole.reshape(down, ACROSS, side, side).swapaxes(1, 2).reshape(down * side, ACROSS * side)
