"""What people do to numbers that they wrote: cross them out, or fill what is free beside them."""

import cv2
import numpy as np
import numpy.typing as npt

from model.synth.handwriting import Paths
from model.synth.ink_sorts import InkSort
from model.synth.marks import mark_paths, strike_paths
from model.synth.surroundings import Surroundings, holds_ink
from model.synth.writer import Written, draw_paths

__all__ = ["fill_beside", "strike_out"]

Floats = npt.NDArray[np.float32]

#: Share of the numbers of a page that are crossed out, where any is,
STRUCK_NUMBERS = 0.25
#: and of those that have something beside them, so that nobody can add to them.
FILLED_NUMBERS = 0.5


def strike_out(around: Surroundings) -> None:
    """Cross numbers out: they are no numbers any more, and their ink is not that of digits."""
    board = around.board
    board.on(InkSort.HAND)
    for row in board.rows:
        struck = [number for number in row if around.rng.random() < STRUCK_NUMBERS]
        for number in struck:
            _strike(around, number)
        row[:] = [number for number in row if not any(number is other for other in struck)]
    board.rows[:] = [row for row in board.rows if row]


def _strike(around: Surroundings, number: Written) -> None:
    """Cross one number out, and move its ink to that of words by hand."""
    board = around.board
    points = np.concatenate(number.outlines)
    left, top = (max(0, int(v) - 1) for v in points.min(axis=0))
    right, bottom = (int(v) + 2 for v in points.max(axis=0))
    spot = (slice(top, bottom), slice(left, right))
    words = board.on(InkSort.HAND)
    words[spot] = cv2.multiply(words[spot], board.layer[spot], scale=1 / 255)
    board.layer[spot] = 255
    strokes = _strike_strokes(around.rng, float(right - left), float(bottom - top))
    draw_paths(board, around.writer, strokes, left, bottom)


def _strike_strokes(rng: np.random.Generator, width: float, height: float) -> Paths:
    """Return the strokes that cross out what is so wide and high: one or two level ones, or a scribble."""
    if rng.random() < 0.5:
        return strike_paths(rng, width, height)
    reach = height * float(rng.uniform(0.05, 0.5))
    levels = -height * rng.uniform(0.3, 0.7, int(rng.integers(1, 3)))
    return [
        np.array([(-reach, y), (width + reach, y + height * rng.normal(0, 0.08))], np.float32) for y in levels
    ]


def fill_beside(around: Surroundings) -> None:
    """Fill what is free before or after numbers: a dash that may touch the first digit, or crosses."""
    crosses, before = around.rng.random() < 0.4, around.rng.random() < 0.75
    for row in around.board.rows:
        for number in row:
            if around.rng.random() <= FILLED_NUMBERS:
                _fill(around, np.concatenate(number.outlines), crosses=crosses, before=before)


def _fill(around: Surroundings, points: Floats, *, crosses: bool, before: bool) -> None:
    """Fill what is free beside the number whose ink has these points."""
    board, rng = around.board, around.rng
    low, high = points.min(axis=0), points.max(axis=0)
    tall = float(high[1] - low[1])
    length = tall * float(rng.uniform(0.5, 2.5))
    gap = tall * float(rng.uniform(-0.08, 0.5))
    start = float(low[0]) - gap - length if before else float(high[0]) + gap
    across = slice(max(0, round(start)), max(0, round(start + 0.9 * length)))
    spot = board.layer[int(low[1]) : int(high[1]), across]
    if spot.size and not holds_ink(spot):
        strokes = _crosses(rng, length, tall) if crosses else _dashes(rng, length, tall)
        draw_paths(board, around.writer, strokes, start, float(high[1]))


def _crosses(rng: np.random.Generator, length: float, tall: float) -> Paths:
    """Return crosses from the origin to the right, as many as there is room for."""
    size = tall * float(rng.uniform(0.6, 1.0))
    return [
        path + np.array((k * 1.4 * size, 0), np.float32)
        for k in range(max(1, round(length / (1.4 * size))))
        for path in mark_paths(rng, "cross", size)
    ]


def _dashes(rng: np.random.Generator, length: float, tall: float) -> Paths:
    """Return a dash from the origin to the right, now and then two below each other."""
    level = -tall * float(rng.uniform(0.3, 0.65))
    ends = [(0.0, level), (length, level + tall * float(rng.normal(0, 0.06)))]
    count = int(rng.choice([1, 1, 1, 2]))
    return [np.array(ends, np.float32) + np.array((0, 0.18 * k * tall), np.float32) for k in range(count)]
