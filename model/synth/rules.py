"""Printed lines: rules, boxes, combs and tables, whole, dashed, dotted or broken."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["RULE_STYLES", "RulePen", "draw_box", "draw_rule", "random_rule_pen"]

Bytes = npt.NDArray[np.uint8]
Point = tuple[float, float]

RULE_STYLES = ("solid", "dashed", "dotted", "broken")

#: Colours that forms are printed in.
_COLOURS = (
    (30, 30, 30),
    (60, 60, 60),
    (110, 110, 110),
    (170, 120, 60),
    (60, 60, 190),
    (90, 150, 60),
    (190, 150, 110),
)


@dataclass(frozen=True, slots=True)
class RulePen:
    """How a form's lines are printed; `darkness` runs from 0 (invisible) to 1."""

    thickness_px: int
    style: str
    colour_bgr: tuple[int, int, int]
    darkness: float

    def passes(self, layer: Bytes) -> tuple[int, ...]:
        """Return the value that a line has on that layer, one for each channel."""
        shares = [round(255 - self.darkness * (255 - value)) for value in self.colour_bgr]
        return (
            tuple(shares)
            if layer.ndim == 3
            else (round(0.11 * shares[0] + 0.59 * shares[1] + 0.30 * shares[2]),)
        )


def random_rule_pen(rng: np.random.Generator, height_px: float, style: str | None = None) -> RulePen:
    """Pick how lines are printed on a page with writing of that height."""
    likely = str(rng.choice(RULE_STYLES, p=(0.7, 0.1, 0.1, 0.1)))
    return RulePen(
        thickness_px=int(rng.integers(1, max(2, round(0.07 * height_px) + 1))),
        style=style or likely,
        colour_bgr=_COLOURS[int(rng.integers(len(_COLOURS)))],
        darkness=float(rng.uniform(0.45, 1.0)),
    )


def draw_rule(rng: np.random.Generator, layer: Bytes, pen: RulePen, start: Point, end: Point) -> None:
    """Draw one line in place, from a point to a point."""
    length = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    if length < 1:
        return
    direction = np.array([end[0] - start[0], end[1] - start[1]]) / length
    colour = pen.passes(layer)
    for begin, stop in _pieces(rng, pen, length):
        ends = [
            tuple(round(float(v)) for v in np.asarray(start) + direction * at)
            for at in (begin, min(stop, length))
        ]
        cv2.line(layer, ends[0], ends[1], colour, pen.thickness_px, cv2.LINE_AA)


def draw_box(
    rng: np.random.Generator, layer: Bytes, pen: RulePen, box: tuple[float, float, float, float]
) -> None:
    """Draw the four sides of a box (left, top, right, bottom) in place."""
    left, top, right, bottom = box
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    for start, end in pairwise(corners):
        draw_rule(rng, layer, pen, start, end)


def _pieces(rng: np.random.Generator, pen: RulePen, length: float) -> list[tuple[float, float]]:
    """Return from where to where the line is drawn."""
    if pen.style == "solid":
        return [(0, length)]
    if pen.style == "dashed":
        dash = 6.0 + 3 * pen.thickness_px
        return [(at, at + 0.6 * dash) for at in np.arange(0, length, dash)]
    if pen.style == "dotted":
        return [(at, at) for at in np.arange(0, length, 3.0 + 2 * pen.thickness_px)]
    cuts = np.sort(rng.uniform(0, length, int(rng.integers(1, 2 + int(length / 150)))))
    edges = np.concatenate([[0], cuts, [length]])
    return [(a + 3, b) for a, b in pairwise(edges) if b > a + 3]
