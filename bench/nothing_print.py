"""What is printed on pages on which nothing is written by hand: text, tables, forms, lists, calendars."""

from collections.abc import Callable
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from bench.typefaces import Typeface
from model.synth.printing import WORDS
from model.synth.rules import draw_rule, random_rule_pen

__all__ = ["PRINTED", "Drawn", "Faces"]

Bytes = npt.NDArray[np.uint8]
Rng = np.random.Generator
#: Picks what something is printed in.
Faces = Callable[[Rng], Typeface]
#: Prints onto a layer in place.
Drawn = Callable[[Rng, Bytes, Faces], None]

#: Sizes of print, as shares of a page's width, and the least in px.
SIZES, LEAST_SIZE_PX = (0.012, 0.045), 11
#: Shares of words that are numbers.
FEW_NUMBERS = 0.12


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


def _set_text(rng: Rng, layer: Bytes, faces: Faces, numbers: float) -> None:
    """Fill a page with headings and paragraphs."""
    face, size, darkness = faces(rng), _size(rng, layer), float(rng.uniform(0.55, 1.0))
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


def _words(rng: Rng, layer: Bytes, faces: Faces) -> None:
    _set_text(rng, layer, faces, 0.0)


def _text(rng: Rng, layer: Bytes, faces: Faces) -> None:
    _set_text(rng, layer, faces, FEW_NUMBERS)
    number = faces(rng)(str(int(rng.integers(1, 400))), _size(rng, layer))
    _press(layer, number, layer.shape[1] // 2, layer.shape[0] - 2 * number.shape[0], 0.9)


def _table(rng: Rng, layer: Bytes, faces: Faces) -> None:
    """Print a table: words over its columns, row numbers before its rows, and figures in some cells."""
    face, size, darkness = faces(rng), _size(rng, layer), float(rng.uniform(0.6, 1.0))
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


def _form(rng: Rng, layer: Bytes, faces: Faces) -> None:
    """Print a form that nobody filled in: its number and date, questions with theirs, and empty boxes."""
    face, size, darkness = faces(rng), _size(rng, layer), float(rng.uniform(0.6, 1.0))
    margin = round(0.07 * layer.shape[1])
    pen = random_rule_pen(rng, 2.0 * size)
    number = face(f"No. {int(rng.integers(1000, 999999)):06d}", size)
    _press(layer, number, layer.shape[1] - margin - number.shape[1], margin, darkness)
    dotted = str(rng.choice([".", ")", "", "."]))
    pitch, top, count = round(size * float(rng.uniform(2.0, 3.2))), margin + 3 * size, 0
    while top < layer.shape[0] - margin - 2 * size:
        count += 1
        question = face(f"{count}{dotted} {_word(rng)} {_word(rng).lower()}", size)
        _press(layer, question, margin, top, darkness)
        left, right = margin + question.shape[1] + size, layer.shape[1] - margin
        boxes = int(rng.integers(0, 9))
        if boxes and right - left > boxes * 1.6 * size:
            sides = [left + 1.6 * size * k for k in range(boxes + 1)]
            low, high = top - 0.3 * size, top + 1.3 * size
            for y in (low, high):
                draw_rule(rng, layer, pen, (sides[0], y), (sides[-1], y))
            for x in sides:
                draw_rule(rng, layer, pen, (x, low), (x, high))
        elif right > left:
            draw_rule(rng, layer, pen, (left, top + 1.1 * size), (right, top + 1.1 * size))
        top += pitch
    foot = face(f"{int(rng.integers(1, 9))} / {int(rng.integers(9, 30))}", size)
    _press(layer, foot, layer.shape[1] // 2, layer.shape[0] - 2 * foot.shape[0], darkness)


def _list(rng: Rng, layer: Bytes, faces: Faces) -> None:
    """Print what was bought, or who takes part: a number before each line, and a sum behind it."""
    face, size, darkness = faces(rng), _size(rng, layer), float(rng.uniform(0.55, 1.0))
    margin, pitch = round(0.08 * layer.shape[1]), round(size * float(rng.uniform(1.3, 2.2)))
    start, decimals = int(rng.integers(1, 400)), bool(rng.random() < 0.6)
    for k, top in enumerate(range(margin, layer.shape[0] - margin - size, pitch)):
        _press(layer, face(f"{start + k}", size), margin, top, darkness)
        _press(layer, face(f"{_word(rng)} {_word(rng)}", size), margin + 4 * size, top, darkness)
        cents = f".{int(rng.integers(0, 100)):02d}" if decimals else ""
        amount = face(f"{int(rng.integers(1, 2000))}{cents}", size)
        _press(layer, amount, layer.shape[1] - margin - amount.shape[1], top, darkness)


def _calendar(rng: Rng, layer: Bytes, faces: Faces) -> None:
    """Print the days of a month into squares, or a table of digits as in a puzzle."""
    face, darkness = faces(rng), float(rng.uniform(0.55, 1.0))
    margin = round(0.07 * layer.shape[1])
    puzzle = rng.random() < 0.5
    across, down = (9, 9) if puzzle else (7, 6)
    cell = min((layer.shape[1] - 2 * margin) / across, (layer.shape[0] - 2 * margin) / down)
    size, pen = max(LEAST_SIZE_PX, round(cell * float(rng.uniform(0.3, 0.6)))), random_rule_pen(rng, cell)
    for k in range(across + 1):
        x = margin + k * cell
        draw_rule(rng, layer, pen, (x, margin), (x, margin + down * cell))
    for k in range(down + 1):
        y = margin + k * cell
        draw_rule(rng, layer, pen, (margin, y), (margin + across * cell, y))
    for k in range(across * down if puzzle else 31):
        if puzzle and rng.random() < 0.6:
            continue
        day = face(str(int(rng.integers(1, 10))) if puzzle else str(k + 1), size)
        left = margin + (k % across + 0.5) * cell - day.shape[1] / 2
        top = margin + (k // across + 0.5) * cell - day.shape[0] / 2
        _press(layer, day, round(left), round(top), darkness)


#: What is printed on pages of each sort.
PRINTED: dict[str, Drawn] = {
    "words": _words,
    "text": _text,
    "table": _table,
    "form": _form,
    "list": _list,
    "calendar": _calendar,
}
