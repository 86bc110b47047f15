"""Draws pages on which nothing is written by hand: every digit that is read there, nobody wrote.

What the pages hold is drawn by code of its own, not by that which draws what the network of ink is trained
on: print in some faces that it never saw among others, tables, ruled and squared paper, noise, bare paper,
and the dark edges, holes and staples of scans.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from model.synth.lettering import BUILTIN_LETTERINGS
from model.synth.paper import Paper, clear_ink, expose, random_paper, rough_paper
from model.synth.printing import WORDS
from model.synth.rules import draw_rule, random_rule_pen
from model.synth.warp import flat_view, shown, turned_view
from model.synth.write import encoded, page_rng, write_truth

__all__ = ["PAGES_PER_SORT", "SORTS", "draw_page", "write_nothing"]

Bytes = npt.NDArray[np.uint8]
Rng = np.random.Generator
Typeface = Callable[[str, int], Bytes]

PAGES_PER_SORT = 6
#: Areas of pages in px, and widths for one px of height.
AREAS_PX = (0.5e6, 2.2e6)
ASPECTS = (0.707, 0.707, 0.75, 1.0, 1.414)
#: Sizes of print, as shares of a page's width, and the least in px.
SIZES, LEAST_SIZE_PX = (0.012, 0.045), 11
#: Shares of words that are numbers.
FEW_NUMBERS = 0.12
#: Faces of plotters: nothing is trained on them.
_PLOTTED = (
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX_SMALL,
)


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


def draw_page(rng: Rng, sort: str) -> Bytes:
    """Draw a page without anything by hand.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same page.
    sort : str
        One of `SORTS`.

    Returns
    -------
    (H, W) uint8 ndarray
        Grey, 0 = black.
    """
    area, aspect = rng.uniform(*AREAS_PX), float(rng.choice(ASPECTS))
    width, height = round((area * aspect) ** 0.5), round((area / aspect) ** 0.5)
    paper = _paper(rng, sort)
    layer = clear_ink(paper, (height, width))
    SORTS[sort](rng, layer)
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


def _typeface(rng: Rng) -> Typeface:
    """Pick a face: one of OpenCV's own, or one of a plotter's."""
    if rng.random() < 0.6:
        lettering = BUILTIN_LETTERINGS[int(rng.integers(len(BUILTIN_LETTERINGS)))]

        def set_in_type(text: str, size_px: int) -> Bytes:
            line = lettering.line(text, size_px)
            return np.zeros((1, 1), np.uint8) if line is None else line.opacity

        return set_in_type
    face, bold = int(rng.choice(_PLOTTED)), int(rng.integers(1, 3))

    def plotted(text: str, size_px: int) -> Bytes:
        stroke = max(1, round(bold * size_px / 22))
        scale = cv2.getFontScaleFromHeight(face, max(6, round(0.7 * size_px)), stroke)
        (width, height), below = cv2.getTextSize(text, face, scale, stroke)
        canvas = np.zeros((height + below + 2 * stroke, width + 2 * stroke), np.uint8)
        cv2.putText(canvas, text, (stroke, height + stroke), face, scale, 255, stroke, cv2.LINE_AA)
        return canvas

    return plotted


def _press(layer: Bytes, opacity: Bytes, left: int, top: int, darkness: float) -> None:
    """Print onto a layer in place; what reaches beyond it is lost."""
    spot = layer[top : top + opacity.shape[0], left : left + opacity.shape[1]]
    part = opacity[: spot.shape[0], : spot.shape[1]]
    np.minimum(spot, cv2.convertScaleAbs(part, alpha=-darkness, beta=255).reshape(spot.shape), out=spot)


def _size(rng: Rng, layer: Bytes) -> int:
    return max(LEAST_SIZE_PX, int(layer.shape[1] * float(rng.uniform(*SIZES))))


def _word(rng: Rng) -> str:
    word = str(rng.choice(WORDS))
    return str(rng.choice([word, word.lower(), word.lower(), word.upper()]))


def _number(rng: Rng) -> str:
    a, b, c = (int(v) for v in rng.integers(0, (32, 13, 3000)))
    forms = (str(c), str(a), f"{a}.{b}.{c}", f"{c}.{b:02d}", f"{a})", f"No. {c}", f"{b}:{a:02d}", f"{a}%")
    return str(rng.choice(forms))


def _set_text(rng: Rng, layer: Bytes, numbers: float) -> None:
    """Fill a page with headings and paragraphs."""
    face, size, darkness = _typeface(rng), _size(rng, layer), float(rng.uniform(0.55, 1.0))
    margin = round(float(rng.uniform(0.05, 0.12)) * layer.shape[1])
    pitch, top = float(rng.uniform(1.2, 1.9)), margin
    while top < layer.shape[0] - margin - 2 * size:
        heading = rng.random() < 0.08
        here = round(1.6 * size) if heading else size
        room = layer.shape[1] - 2 * margin
        text = _line(rng, face, here, room * (0.5 if heading else rng.choice([1.0, 1.0, 1.0, 0.6])), numbers)
        if text:
            _press(layer, face(text, here), margin, top, darkness)
        top += round(pitch * here * (1.6 if rng.random() < 0.1 else 1.0))


def _line(rng: Rng, face: Typeface, size_px: int, room_px: float, numbers: float) -> str:
    """Return as many words as there is room for."""
    text = ""
    while True:
        longer = f"{text} {_number(rng) if rng.random() < numbers else _word(rng)}".strip()
        if face(longer, size_px).shape[1] > room_px:
            return text
        text = longer


def _words(rng: Rng, layer: Bytes) -> None:
    _set_text(rng, layer, 0.0)


def _text(rng: Rng, layer: Bytes) -> None:
    _set_text(rng, layer, FEW_NUMBERS)
    number = _typeface(rng)(str(int(rng.integers(1, 400))), _size(rng, layer))
    _press(layer, number, layer.shape[1] // 2, layer.shape[0] - 2 * number.shape[0], 0.9)


def _table(rng: Rng, layer: Bytes) -> None:
    """Print a table: words over its columns, row numbers before its rows, and figures in some cells."""
    face, size, darkness = _typeface(rng), _size(rng, layer), float(rng.uniform(0.6, 1.0))
    pen = random_rule_pen(rng, 2.0 * size)
    margin, cell_h = round(0.06 * layer.shape[1]), round(size * float(rng.uniform(1.7, 2.6)))
    across, room = int(rng.integers(3, 7)), layer.shape[1] - 2 * margin
    down = max(2, min(30, (layer.shape[0] - 2 * margin) // cell_h))
    lefts = [round(margin + 0.12 * room + k * 0.88 * room / across) for k in range(across + 1)]
    filled = float(rng.choice([0.0, 0.3, 0.8]))
    for row in range(down + 1):
        y = float(margin + row * cell_h)
        draw_rule(rng, layer, pen, (margin, y), (margin + room, y))
    for x in (margin, *lefts):
        draw_rule(rng, layer, pen, (x, margin), (x, margin + down * cell_h))
    for row in range(down):
        top = margin + row * cell_h + (cell_h - size) // 2
        if row:
            _press(layer, face(f"{row}{'.' if filled else ''}", size), margin + size // 2, top, darkness)
        for left, right in pairwise(lefts):
            if row and rng.random() > filled:
                continue
            cell = face(_number(rng) if row else _word(rng), size)
            if cell.shape[1] < right - left - size:
                _press(layer, cell, left + size // 2, top, darkness)


def _ruled(rng: Rng, layer: Bytes) -> None:
    """Rule lines, and a margin on some pages."""
    pitch = layer.shape[0] / float(rng.uniform(14, 40))
    pen = random_rule_pen(rng, pitch / 1.8)
    for y in np.arange(float(rng.uniform(0.5, 3)) * pitch, layer.shape[0], pitch):
        draw_rule(rng, layer, pen, (0, float(y)), (layer.shape[1], float(y)))
    if rng.random() < 0.5:
        x = float(rng.uniform(0.08, 0.2)) * layer.shape[1]
        draw_rule(rng, layer, random_rule_pen(rng, 20, "solid"), (x, 0), (x, layer.shape[0]))


def _squared(rng: Rng, layer: Bytes) -> None:
    """Draw squares all over, or a grid of dots where the lines are dotted."""
    pitch = layer.shape[1] / float(rng.uniform(16, 48))
    pen = random_rule_pen(rng, pitch, str(rng.choice(["solid", "solid", "solid", "dotted"])))
    start = rng.uniform(0, pitch, 2)
    for y in np.arange(float(start[0]), layer.shape[0], pitch):
        draw_rule(rng, layer, pen, (0, float(y)), (layer.shape[1], float(y)))
    for x in np.arange(float(start[1]), layer.shape[1], pitch):
        draw_rule(rng, layer, pen, (float(x), 0), (float(x), layer.shape[0]))


def _edges(rng: Rng, layer: Bytes) -> None:
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


def _nothing(rng: Rng, layer: Bytes) -> None:
    """Leave a page as its paper is."""
    del rng, layer


#: What is printed on pages of each sort.
SORTS: dict[str, Callable[[Rng, Bytes], None]] = {
    "words": _words,
    "text": _text,
    "table": _table,
    "ruled": _ruled,
    "squared": _squared,
    "noise": _nothing,
    "blank": _nothing,
    "edges": _edges,
}
