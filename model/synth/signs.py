"""Signs in and before numbers as the paths of a pen: points, commas, dashes, slashes, colons, pluses."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from model.synth.handwriting import Paths, smooth_path

__all__ = ["SIGNS", "sign_paths"]

#: Every sign that is written between or before digits.
SIGNS = ".,-/:+"


def _path(*points: tuple[float, float]) -> npt.NDArray[np.float32]:
    return smooth_path(np.array(points, np.float32))


def _point(rng: np.random.Generator) -> Paths:
    """Return a dot: a pen set down, and hardly moved."""
    return [_path((0, -3), (float(rng.uniform(0.5, 5)), -3 + float(rng.uniform(-2, 2))))]


def _comma(rng: np.random.Generator) -> Paths:
    """Return a short stroke that begins on the baseline and hangs below it."""
    top, foot, lean = rng.uniform(-10, 1), rng.uniform(11, 27), rng.uniform(0, 12)
    return [_path((lean, top), (0.8 * lean, 0.4 * foot), (0, foot))]


def _dash(rng: np.random.Generator) -> Paths:
    """Return a level stroke at half height."""
    wide, level, fall = rng.uniform(22, 55), rng.uniform(-60, -38), rng.normal(0, 2.5)
    return [_path((0, level), (wide / 2, level + rng.normal(0, 1.5)), (wide, level + fall))]


def _slash(rng: np.random.Generator) -> Paths:
    """Return a stroke that leans to the right, as high as the digits or a little more."""
    wide, top, foot = rng.uniform(25, 55), rng.uniform(-118, -98), rng.uniform(0, 16)
    return [_path((0, foot), (wide / 2 + rng.normal(0, 2), (top + foot) / 2), (wide, top))]


def _colon(rng: np.random.Generator) -> Paths:
    """Return two dots, one above the other."""
    low, high = rng.uniform(-24, -4), rng.uniform(-72, -48)
    return [level + np.array((0, y), np.float32) for y in (high, low) for level in _point(rng)]


def _plus(rng: np.random.Generator) -> Paths:
    """Return a level and an upright stroke across each other."""
    arm, level = rng.uniform(18, 32), rng.uniform(-55, -40)
    high = arm * rng.uniform(0.85, 1.2)
    return [
        _path((0, level), (2 * arm, level + rng.normal(0, 2))),
        _path((arm + rng.normal(0, 2), level - high), (arm, level + high)),
    ]


_SHAPES: dict[str, Callable[[np.random.Generator], Paths]] = {
    ".": _point,
    ",": _comma,
    "-": _dash,
    "/": _slash,
    ":": _colon,
    "+": _plus,
}


def sign_paths(rng: np.random.Generator, sign: str, height_px: float, slant: float = 0.0) -> Paths:
    """Return the strokes of a sign in pixels: the baseline is y = 0, it begins at x = 0.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of every variation.
    sign : str
        One of :data:`SIGNS`.
    height_px : float
        Height of a digit.
    slant : float
        Shift to the right for one pixel up.
    """
    paths = [path * np.float32(height_px / 100) for path in _SHAPES[sign](rng)]
    for path in paths:
        path[:, 0] -= slant * path[:, 1]
    left = min(float(path[:, 0].min()) for path in paths)
    return [path - np.array((left, 0), np.float32) for path in paths]
