"""What nobody wrote or printed: specks, staples, holes, blots, solid bars, and the dark beside the sheet."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from model.synth.ink_sorts import InkSort
from model.synth.surroundings import Surroundings, lay, print_colour

__all__ = ["edges", "stains"]

Bytes = npt.NDArray[np.uint8]


def stains(around: Surroundings) -> None:
    """Leave specks, a staple, a hole or a blot."""
    rng, height = around.rng, around.height_px
    place = around.free_place(2 * height, 2 * height)
    if place is None:
        return
    canvas = np.zeros((round(2 * height) + 2,) * 2, np.uint8)
    kind = rng.random()
    draw = next(drawing for below, drawing in _STAINS if kind < below)
    draw(rng, canvas, height)
    opacity = cv2.convertScaleAbs(canvas, alpha=float(rng.uniform(0.4, 1.0)))
    layer = around.board.on(InkSort.OTHER)
    lay(layer, np.asarray(opacity, np.uint8), *place, print_colour(rng))


def _specks(rng: np.random.Generator, canvas: Bytes, height: float) -> None:
    for _ in range(int(rng.integers(1, 12))):
        x, y = (int(v) for v in rng.integers(0, canvas.shape[0], 2))
        long, short = (int(v) for v in rng.integers(1, max(2, round(0.14 * height)), 2))
        turn_deg = float(rng.uniform(0, 180))
        cv2.ellipse(canvas, (x, y), (long, short), turn_deg, 0, 360, 255, -1, cv2.LINE_AA)


def _staple(rng: np.random.Generator, canvas: Bytes, height: float) -> None:
    start, end = rng.integers(0, canvas.shape[0], (2, 2)).tolist()
    wide = max(1, round(height * rng.uniform(0.04, 0.3)))
    cv2.line(canvas, start, end, 255, wide, cv2.LINE_AA)


def _hole(rng: np.random.Generator, canvas: Bytes, height: float) -> None:
    """Draw a ring or a disc."""
    radius = round(height * rng.uniform(0.3, 0.95))
    middle = (canvas.shape[0] // 2,) * 2
    wide = -1 if rng.random() < 0.4 else max(1, round(0.06 * height))
    cv2.circle(canvas, middle, radius, 255, wide, cv2.LINE_AA)


def _blot(rng: np.random.Generator, canvas: Bytes, height: float) -> None:
    """Draw something with a few corners."""
    del height  # it is as large as the place
    points = rng.integers(0, canvas.shape[0], (int(rng.integers(3, 7)), 2)).astype(np.int32)
    cv2.fillPoly(canvas, [points], 255, cv2.LINE_AA)


#: What is left, each below a value that is drawn evenly from 0 to 1.
_STAINS: tuple[tuple[float, Callable[[np.random.Generator, Bytes, float], None]], ...] = (
    (0.5, _specks),
    (0.75, _staple),
    (0.9, _hole),
    (1.0, _blot),
)


def edges(around: Surroundings) -> None:
    """Show what lies beside the sheet: a dark margin along an edge, straight or not."""
    rng, board = around.rng, around.board
    layer = board.on(InkSort.OTHER)
    canvas = np.zeros(layer.shape[:2], np.uint8)
    outline = _margin(rng, around.times_height(0.05, 0.8), max(board.width, board.height))
    side = int(rng.integers(4))
    if side % 2:
        outline = outline[:, ::-1]
    if side >= 2:
        outline = np.array([board.width, board.height]) - outline
    cv2.fillPoly(canvas, [np.round(outline).astype(np.int32)], 255, cv2.LINE_AA)
    blurred = cv2.GaussianBlur(canvas, (0, 0), float(rng.uniform(0.5, 4)))
    lay(layer, np.asarray(blurred, np.uint8), 0, 0, print_colour(rng))


def _margin(rng: np.random.Generator, depth: float, length: float) -> npt.NDArray[np.float64]:
    """Return the corners of a margin so deep, more or less, along the upper edge."""
    count = int(rng.integers(2, 9))
    depths = depth * (1 + rng.normal(0, 0.35, count))
    edge = np.stack([np.linspace(-5, length + 5, count), depths], axis=1)
    return np.concatenate([edge, [(length + 5, -5), (-5, -5)]])
