"""Where numbers stand on printed forms: in the cells of tables, in boxes and combs, beside words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.synth.ink_sorts import InkSort
from model.synth.placing import Draft, draft, longest_number, margin_px, number_texts, place
from model.synth.printing import WORDS, Face, print_text, random_face, text_size
from model.synth.rules import RulePen, draw_box, draw_rule, random_rule_pen
from model.synth.writer import Board, Writer, Written, write_number

__all__ = ["boxes", "combs", "grid", "labelled"]

Area = tuple[float, float, float, float]


def grid(rng: np.random.Generator, board: Board, writer: Writer) -> None:
    """Draw a table and write at most one number into each cell."""
    height, margin = writer.height_px, margin_px(board, writer)
    cell_h = round(height * rng.uniform(1.5, 2.3))
    longest = min(longest_number(board, writer, 0.6), int(rng.integers(2, 7)))
    down = int(np.clip((board.height - 2 * margin) / cell_h, 1, 24))
    guess = max(1, int((board.width - 2 * margin) / (longest * 0.7 * height + 0.6 * height)))
    guess = min(guess, max(1, 130 // down))
    numbers = draft(rng, writer, number_texts(rng, down * guess, longest))
    cell_w = max(n.width for n in numbers) + height * rng.uniform(0.5, 1.2)
    across = int(np.clip((board.width - 2 * margin) / cell_w, 1, guess))
    if rng.random() < 0.6:
        cell_w = (board.width - 2 * margin) / across
    left, top = (board.width - across * cell_w) / 2, (board.height - down * cell_h) / 2
    pen = _form_pen(rng, height)
    headed = down > 2 and rng.random() < 0.4
    _draw_table(rng, board, pen, (left, top, cell_w, cell_h), (across, down))
    if headed:
        _print_heads(rng, board, writer, (left, top, cell_w, cell_h), across)
    align, filled = float(rng.choice([0.0, 0.5, 1.0])), rng.uniform(0.7, 1.0)
    for i in range(int(headed), down):
        cells = [(left + k * cell_w, top + i * cell_h, cell_w, cell_h) for k in range(across)]
        _fill_cells(rng, board, writer, cells, numbers, align, 1.0 if i == int(headed) else filled)


def boxes(rng: np.random.Generator, board: Board, writer: Writer) -> None:
    """Draw rows of boxes, one for each digit, and write into them."""
    apart = 0.0 if rng.random() < 0.5 else float(rng.uniform(0.08, 0.3))
    _write_fields(rng, board, writer, _FieldStyle("boxes", apart))


def combs(rng: np.random.Generator, board: Board, writer: Writer) -> None:
    """Draw boxes that short strokes divide, one part for each digit, and write into them."""
    _write_fields(rng, board, writer, _FieldStyle("comb", reach=float(rng.choice([1.0, 0.5, 0.35, 0.25]))))


def labelled(rng: np.random.Generator, board: Board, writer: Writer) -> None:
    """Draw a form: printed words, and numbers by hand in the fields beside them."""
    height, margin = writer.height_px, margin_px(board, writer)
    face, pen = random_face(rng, board.fonts), _form_pen(rng, height)
    size = round(float(np.clip(height * rng.uniform(0.45, 0.9), 13, 42)))
    top = margin + _print_title(rng, board, face, margin, round(1.4 * size))
    pitch = height * rng.uniform(1.9, 2.8)
    down = max(1, int((board.height - margin - top) / pitch))
    label_w = 8.5 * 0.6 * size
    longest = min(6, max(1, int((board.width - 2 * margin - label_w - height) / (1.45 * height))))
    numbers = draft(rng, writer, number_texts(rng, 2 * down, longest))
    field_w = max(n.width for n in numbers) + height * rng.uniform(0.8, 1.6)
    column = label_w + field_w + height
    across = 2 if 2 * column < board.width - 2 * margin and rng.random() < 0.6 else 1
    style = str(rng.choice(["line", "box", "none", "dotted"], p=(0.4, 0.35, 0.1, 0.15)))
    for i in range(down):
        row: list[Written] = []
        for k in range(across):
            left, foot = margin + k * column, top + (i + 0.75) * pitch
            _print_label(rng, board, face, (left, foot, label_w), size)
            area = (left + label_w, foot - 1.25 * height, left + label_w + field_w, foot + 0.25 * height)
            _draw_field(rng, board, pen, area, style)
            if rng.random() < 0.9 or not (row or board.rows):
                number = numbers.pop()
                x = area[0] + rng.uniform(0.15, 0.85) * (field_w - number.width)
                row.append(place(rng, board, writer, number, x, foot - rng.uniform(0.0, 0.12) * height))
        if row:
            board.rows.append(row)


@dataclass(frozen=True, slots=True)
class _FieldStyle:
    """How fields of one digit a place are drawn: `apart` in widths of a place, `reach` of a divider."""

    kind: str
    apart: float = 0.0
    reach: float = 1.0


def _form_pen(rng: np.random.Generator, height_px: float) -> RulePen:
    """Pick how a form is printed; its boxes are closed, or faint, or dashed."""
    return random_rule_pen(rng, height_px, None if rng.random() < 0.3 else "solid")


def _draw_table(
    rng: np.random.Generator, board: Board, pen: RulePen, cell: Area, counts: tuple[int, int]
) -> None:
    """Draw all lines of a table, or only its frame and the lines between rows."""
    left, top, width, height = cell
    right, bottom = left + counts[0] * width, top + counts[1] * height
    for i in range(counts[1] + 1):
        draw_rule(rng, board.on(InkSort.OTHER), pen, (left, top + i * height), (right, top + i * height))
    for k in range(counts[0] + 1):
        draw_rule(rng, board.on(InkSort.OTHER), pen, (left + k * width, top), (left + k * width, bottom))


def _print_heads(rng: np.random.Generator, board: Board, writer: Writer, cell: Area, across: int) -> None:
    """Print a word over each column."""
    face = random_face(rng, board.fonts)
    for k in range(across):
        size = round(min(0.6 * writer.height_px, 34))
        word = _fitting_word(rng, face, size, 0.85 * cell[2])
        if word:
            foot = round(cell[1] + 0.65 * cell[3])
            _print(board, word, round(cell[0] + (k + 0.08) * cell[2]), foot, size, face)


def _fill_cells(
    rng: np.random.Generator,
    board: Board,
    writer: Writer,
    cells: Sequence[Area],
    numbers: list[Draft],
    align: float,
    filled: float,
) -> None:
    """Write numbers into the cells of one row; cells are given by left, top, width and height."""
    row: list[Written] = []
    for left, top, width, height in cells:
        if not numbers or rng.random() > filled:
            continue
        number = numbers.pop()
        side = 0.2 * writer.height_px
        room = width - number.width - 2 * side
        x = left + side + np.clip(align + rng.normal(0, 0.08), 0, 1) * room
        free = height - 1.15 * writer.height_px
        foot = top + height - 0.08 * writer.height_px - free * rng.uniform(0.2, 0.7)
        row.append(place(rng, board, writer, number, x, foot))
    if row:
        board.rows.append(row)


def _write_fields(rng: np.random.Generator, board: Board, writer: Writer, style: _FieldStyle) -> None:
    """Draw fields of one digit a place over the page, and fill them."""
    height, margin = writer.height_px, margin_px(board, writer)
    place_w, place_h = height * rng.uniform(1.05, 1.45), height * rng.uniform(1.35, 1.8)
    step = place_w * (1 + style.apart)
    gap = place_w * (1 + 2 * style.apart) * rng.uniform(0.9, 1.8)
    room = board.width - 2 * margin
    length = int(np.clip(rng.integers(2, 9), 1, max(1, room // step)))
    across = max(1, int((room + gap) / (length * step + gap)))
    pitch = place_h + height * rng.uniform(0.7, 1.6)
    down = max(1, int((board.height - 2 * margin) / pitch))
    full = rng.random() < 0.7
    sizes = np.full(down * across, length) if full else rng.integers(1, length + 1, down * across)
    texts = ["".join(str(d) for d in rng.integers(0, 10, size)) for size in sizes]
    numbers = draft(rng, writer, texts, widest_px=0.78 * place_w)
    pen = _form_pen(rng, height)
    flush_right = rng.random() < 0.5
    for i in range(down):
        row = []
        for k in range(across):
            left, top = margin + k * (length * step + gap), margin + i * pitch
            lefts = [left + j * step for j in range(length)]
            _draw_places(rng, board, pen, style, lefts, (top, place_w, place_h))
            number = numbers[i * across + k]
            used = lefts[-len(number.text) :] if flush_right else lefts[: len(number.text)]
            row.append(_write_places(rng, board, writer, number, used, (top, place_w, place_h)))
        board.rows.append(row)


def _draw_places(
    rng: np.random.Generator,
    board: Board,
    pen: RulePen,
    style: _FieldStyle,
    lefts: list[float],
    shape: tuple[float, float, float],
) -> None:
    """Draw the places of one field: boxes, or a box with dividers that stand on its floor."""
    top, width, height = shape
    if style.kind == "boxes":
        for left in lefts:
            draw_box(rng, board.on(InkSort.OTHER), pen, (left, top, left + width, top + height))
        return
    draw_box(rng, board.on(InkSort.OTHER), pen, (lefts[0], top, lefts[-1] + width, top + height))
    for left in lefts[1:]:
        draw_rule(
            rng, board.on(InkSort.OTHER), pen, (left, top + height * (1 - style.reach)), (left, top + height)
        )


def _write_places(
    rng: np.random.Generator,
    board: Board,
    writer: Writer,
    number: Draft,
    lefts: list[float],
    shape: tuple[float, float, float],
) -> Written:
    """Write a number, each digit about the middle of its place."""
    top, width, height = shape
    xs, feet = [], []
    for left, ink in zip(lefts, number.inks, strict=True):
        xs.append(left + (0.5 + rng.uniform(-0.25, 0.25)) * (width - ink.width))
        feet.append(top + height - (0.5 + rng.uniform(-0.25, 0.25)) * max(0.0, height - ink.height))
    return write_number(board, number.text, number.inks, xs, feet)


def _print_title(rng: np.random.Generator, board: Board, face: Face, margin: float, size: int) -> float:
    """Print what the form is called; return the height it takes."""
    title = " ".join(str(word) for word in rng.choice(WORDS, int(rng.integers(2, 4)), replace=False))
    if rng.random() < 0.3 or text_size(title, size, face)[0] > board.width - 2 * margin:
        return 0.0
    _print(board, title, round(margin), round(margin + size), size, Face(face.name, 700))
    return 1.8 * size


def _print_label(
    rng: np.random.Generator, board: Board, face: Face, at: tuple[float, float, float], size: int
) -> None:
    """Print the word beside a field."""
    left, foot, width = at
    word = _fitting_word(rng, face, size, width - 0.6 * size)
    if word:
        colon = ":" if rng.random() < 0.5 else ""
        _print(board, word + colon, round(left), round(foot), size, face)


def _draw_field(rng: np.random.Generator, board: Board, pen: RulePen, area: Area, style: str) -> None:
    """Draw where a number is to be written."""
    left, _, right, bottom = area
    if style == "box":
        draw_box(rng, board.on(InkSort.OTHER), pen, area)
    elif style != "none":
        dotted = RulePen(pen.thickness_px, "dotted", pen.colour_bgr, pen.darkness)
        foot = bottom - 0.15 * (bottom - area[1])
        draw_rule(
            rng, board.on(InkSort.OTHER), dotted if style == "dotted" else pen, (left, foot), (right, foot)
        )


def _fitting_word(rng: np.random.Generator, face: Face, size: int, width: float) -> str:
    """Pick a word that is no wider than asked; empty when five tries find none."""
    for word in rng.choice(WORDS, 5):
        if text_size(str(word), size, face)[0] <= width:
            return str(word)
    return ""


def _print(board: Board, text: str, left: int, baseline: int, size: int, face: Face) -> None:
    """Print in the dark grey of forms."""
    colour = (35,) * (3 if board.layer.ndim == 3 else 1)
    print_text(board.on(InkSort.PRINT), text, left, baseline, size, face, colour)
