"""Draws pages on which nothing is written by hand: every digit that is read there, nobody wrote.

What the pages hold is drawn by code of its own, not by that which draws what the network of ink is trained
on: print in faces that it never saw among others (text, tables, forms, lists, calendars), ruled and squared
paper, noise, bare paper, and the dark edges, holes and staples of scans.
"""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from bench.nothing_print import PRINTED, Drawn, Faces
from bench.typefaces import random_typeface
from model.synth.paper import Paper, clear_ink, expose, random_paper, rough_paper
from model.synth.rules import draw_rule, random_rule_pen
from model.synth.warp import flat_view, shown, turned_view
from model.synth.write import encoded, page_rng, write_truth

__all__ = ["PAGES_PER_SORT", "SORTS", "draw_page", "write_nothing"]

Bytes = npt.NDArray[np.uint8]
Rng = np.random.Generator

PAGES_PER_SORT = 10
#: Areas of pages in px, and widths for one px of height.
AREAS_PX = (0.5e6, 2.2e6)
ASPECTS = (0.707, 0.707, 0.75, 1.0, 1.414)


def write_nothing(folder: Path, *, pages_per_sort: int, seed: int) -> None:
    """Draw pages of every sort into a folder, and write the truth: that no number is there.

    Parameters
    ----------
    folder : Path
        Made when it is not there.
    pages_per_sort : int
        How many of each.
    seed : int
        The same seed gives the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    truths = []
    for sort in SORTS:
        for index in range(pages_per_sort):
            path = folder / f"{sort}-{index + 1:03d}.png"
            path.write_bytes(encoded(draw_page(page_rng(seed, f"nothing {sort}", index), sort), ".png"))
            truths.append({"file": path.name, "rows": [], "kind": sort})
    write_truth(folder / "truth.json", truths)


def draw_page(rng: Rng, sort: str, faces: Faces = random_typeface) -> Bytes:
    """Draw a page without anything by hand.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same page.
    sort : str
        One of `SORTS`.
    faces : callable
        Picks the faces that are printed in; by default such as nothing was trained or fitted on.

    Returns
    -------
    (H, W) uint8 ndarray
        Grey, 0 = black.
    """
    area, aspect = rng.uniform(*AREAS_PX), float(rng.choice(ASPECTS))
    width, height = round((area * aspect) ** 0.5), round((area / aspect) ** 0.5)
    paper = _paper(rng, sort)
    layer = clear_ink(paper, (height, width))
    SORTS[sort](rng, layer, faces)
    turned = rng.random() < 0.5 and sort not in {"edges", "noise", "blank"}
    view = turned_view((width, height), float(rng.normal(0, 1))) if turned else flat_view((width, height))
    return expose(rng, paper, shown(rng, layer, view))


def _paper(rng: Rng, sort: str) -> Paper:
    if sort == "noise":
        rough = rough_paper(rng, colour=False)
        return replace(
            rough, inverted=False, noise=float(rng.uniform(8, 26)), stains=float(rng.uniform(0, 0.3))
        )
    if sort == "blank" or rng.random() < 0.4:
        return replace(rough_paper(rng, colour=False), inverted=False)
    return random_paper(rng, colour=False)


def _ruled(rng: Rng, layer: Bytes, _faces: Faces) -> None:
    """Rule lines, and a margin on some pages."""
    pitch = layer.shape[0] / float(rng.uniform(14, 40))
    pen = random_rule_pen(rng, pitch / 1.8)
    for y in np.arange(float(rng.uniform(0.5, 3)) * pitch, layer.shape[0], pitch):
        draw_rule(rng, layer, pen, (0, float(y)), (layer.shape[1], float(y)))
    if rng.random() < 0.5:
        x = float(rng.uniform(0.08, 0.2)) * layer.shape[1]
        draw_rule(rng, layer, random_rule_pen(rng, 20, "solid"), (x, 0), (x, layer.shape[0]))


def _squared(rng: Rng, layer: Bytes, _faces: Faces) -> None:
    """Draw squares all over, or a grid of dots where the lines are dotted."""
    pitch = layer.shape[1] / float(rng.uniform(16, 48))
    pen = random_rule_pen(rng, pitch, str(rng.choice(["solid", "solid", "solid", "dotted"])))
    start = rng.uniform(0, pitch, 2)
    for y in np.arange(float(start[0]), layer.shape[0], pitch):
        draw_rule(rng, layer, pen, (0, float(y)), (layer.shape[1], float(y)))
    for x in np.arange(float(start[1]), layer.shape[1], pitch):
        draw_rule(rng, layer, pen, (float(x), 0), (float(x), layer.shape[0]))


def _edges(rng: Rng, layer: Bytes, _faces: Faces) -> None:
    """Let the scanner's lid show at some sides, and punch, staple and fold the sheet."""
    height, width = layer.shape[:2]
    tone = int(rng.integers(0, 70))
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    for side in rng.permutation(4)[: int(rng.integers(1, 4))]:
        inward = np.array([(0, 1), (-1, 0), (0, -1), (1, 0)][side]) * min(height, width)
        depths = rng.uniform(0.005, 0.05, 2)
        a, b = corners[side], corners[(side + 1) % 4]
        strip = np.array([a, b, b + depths[0] * inward, a + depths[1] * inward])
        cv2.fillPoly(layer, [strip.round().astype(np.int32)], (tone,), cv2.LINE_AA)
    radius = round(0.012 * width)
    for share in (0.35, 0.65) if rng.random() < 0.7 else ():
        cv2.circle(layer, (round(0.09 * width), round(share * height)), radius, (tone,), -1, cv2.LINE_AA)
    if rng.random() < 0.6:
        left, top = (int(v) for v in rng.uniform(0.08, 0.14, 2) * width)
        end = (left + round(0.02 * width), top + int(rng.integers(-8, 9)))
        cv2.line(layer, (left, top), end, (60,), max(2, round(0.003 * width)), cv2.LINE_AA)


def _nothing(_rng: Rng, _layer: Bytes, _faces: Faces) -> None:
    """Leave a page as its paper is."""


#: What is drawn on pages of each sort.
SORTS: dict[str, Drawn] = {
    **PRINTED,
    "ruled": _ruled,
    "squared": _squared,
    "noise": _nothing,
    "blank": _nothing,
    "edges": _edges,
}
