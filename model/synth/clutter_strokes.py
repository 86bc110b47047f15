"""Strokes that are no numbers: marks, tallies and fillers by hand, and rules, drawn or printed."""

import numpy as np

from model.synth.handwriting import Paths
from model.synth.ink_sorts import InkSort
from model.synth.marks import MARKS, mark_paths
from model.synth.rules import draw_box, draw_rule, random_rule_pen
from model.synth.surroundings import Surroundings

__all__ = ["fillers", "marks", "rules", "tallies"]

Strokes = list[list[tuple[float, float]]]

#: What the corner of a box looks like belongs to boxes.
_MARKS = tuple(name for name in MARKS if name not in {"corner"})
#: How high marks are, in writing heights, and how high signatures.
MARK_SIZES, SIGNATURE_SIZES = (0.5, 1.6), (0.5, 4.0)


def marks(around: Surroundings) -> None:
    """Make one mark by hand, or a row of the same."""
    rng = around.rng
    name = str(rng.choice(_MARKS))
    height = around.times_height(*(SIGNATURE_SIZES if name == "signature" else MARK_SIZES))
    paths: Paths = []
    start = 0.0
    for _ in range(int(rng.integers(1, 7)) if rng.random() < 0.4 else 1):
        mark = [path + np.array((start, 0), np.float32) for path in mark_paths(rng, name, height)]
        start = max(float(path[:, 0].max()) for path in mark) + float(rng.uniform(0.1, 0.8)) * height
        paths += mark
    around.draw_free(paths)


def tallies(around: Surroundings) -> None:
    """Count with strokes: fives, or boxes drawn stroke by stroke."""
    height = around.times_height(0.6, 1.3)
    rng = around.rng
    strokes_of = _box_of_five if rng.random() < 0.4 else _bundle_of_five
    paths: Paths = []
    start = 0.0
    for _ in range(int(rng.integers(1, 9))):
        strokes = strokes_of(rng, height)
        shaking = rng.normal(0, 0.03 * height, (len(strokes), 2, 2))
        paths += list((np.array(strokes) + np.array((start, 0.0)) + shaking).astype(np.float32))
        start += height * float(rng.uniform(1.15, 1.6))
    around.draw_free(paths)


def _box_of_five(rng: np.random.Generator, height: float) -> Strokes:
    """Return three or all four sides of a box, and its diagonal."""
    side = 0.8 * height
    corners = [(0.0, 0.0), (0.0, -side), (side, -side), (side, 0.0), (0.0, 0.0)]
    sides = [[corners[i], corners[i + 1]] for i in range(int(rng.integers(3, 5)))]
    return [*sides, [(0.0, 0.0), (side, -side)]]


def _bundle_of_five(rng: np.random.Generator, height: float) -> Strokes:
    """Return four upright strokes, and one across."""
    pitch = 0.25 * height
    upright = [[(pitch * i, 0.0), (pitch * i + float(rng.normal(0, 2)), -height)] for i in range(4)]
    return [*upright, [(-0.1 * height, -0.25 * height), (pitch * 3.6, -0.8 * height)]]


def fillers(around: Surroundings) -> None:
    """Print dots or dashes to be written on, or draw dashes by hand to fill a field."""
    if around.rng.random() < 0.5:
        _printed_leader(around)
    else:
        _dashes_by_hand(around)


def _printed_leader(around: Surroundings) -> None:
    """Print a row of dots or dashes."""
    rng, height = around.rng, around.height_px
    length = around.times_height(2, 12)
    place = around.free_place(length, 0.5 * height)
    if place is None:
        return
    pen = random_rule_pen(rng, height, str(rng.choice(["dotted", "dashed"])))
    (left, top), layer = place, around.board.on(InkSort.OTHER)
    draw_rule(rng, layer, pen, (left, top + 0.25 * height), (left + length, top + 0.25 * height))


def _dashes_by_hand(around: Surroundings) -> None:
    """Draw a few dashes beside each other."""
    rng, height = around.rng, around.height_px
    paths: Paths = []
    start = 0.0
    for _ in range(int(rng.integers(1, 6))):
        wide = around.times_height(0.3, 1.5)
        levels = [rng.normal(0, 0.04) * height for _ in range(2)]
        paths.append(np.array([(start, levels[0]), (start + wide, levels[1])], np.float32))
        start += wide + around.times_height(0.15, 0.5)
    around.draw_free(paths)


def rules(around: Surroundings) -> None:
    """Draw a rule somewhere, steep or level, also through writing; or a box, or a small grid."""
    rng = around.rng
    pen = random_rule_pen(rng, around.height_px)
    layer, kind = around.board.on(InkSort.OTHER), rng.random()
    if kind < 0.4:
        (x, y), (across, down) = _middle_and_reach(rng, around.board.width, around.board.height)
        draw_rule(rng, layer, pen, (x - across, y - down), (x + across, y + down))
        return
    wide, high = (around.times_height(0.8, 9) for _ in range(2))
    place = around.free_place(wide, high)
    if place is None:
        return
    left, top = place
    draw_box(rng, layer, pen, (left, top, left + wide, top + high))
    for k in range(1, int(rng.integers(1, 6)) if kind < 0.75 else 1):
        x = left + k * wide / 5
        draw_rule(rng, layer, pen, (x, top), (x, top + high))


def _middle_and_reach(
    rng: np.random.Generator, width: int, height: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Pick where the middle of a rule lies, and how far it goes from there across and down."""
    x, y, tilt = rng.uniform(0, width), rng.uniform(0, height), rng.normal(0, 0.03)
    half = float(rng.uniform(0.1, 1.0)) * width
    return (x, y), ((half, half * tilt) if rng.random() < 0.5 else (half * tilt, half))
