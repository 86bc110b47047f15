"""Text that stands on paper beside numbers: print, printed numbers, words by hand, a printed background."""

from collections.abc import Sequence

import cv2
import numpy as np

from model.synth.handwriting import Paths, word_paths
from model.synth.ink_sorts import InkSort
from model.synth.lettering import Lettering, Line
from model.synth.marks import strike_paths
from model.synth.rules import RulePen, draw_rule, random_rule_pen
from model.synth.surroundings import Surroundings, lay, print_colour, set_line
from model.synth.texts import random_number, random_text, random_word

__all__ = ["background", "hand_lines", "paragraph", "printed_cells", "printed_numbers"]

#: Shares of the words of a printed paragraph that are numbers.
_NUMBER_SHARES = [0.0, 0.05, 0.2]


def paragraph(around: Surroundings) -> None:
    """Print a few lines below each other."""
    face = around.face()
    if face is None:
        return
    rng, size = around.rng, around.print_size()
    count, words = int(rng.integers(1, 8)), int(rng.integers(1, 9))
    numbers = float(rng.choice(_NUMBER_SHARES))
    _lines_below(around, face, size, [random_text(rng, words, numbers) for _ in range(count)])


def hand_lines(around: Surroundings) -> None:
    """Write a few words by hand, in a font made from a hand or with the writer's own pen."""
    if around.rng.random() < 0.6 and any(face.by_hand for face in around.faces):
        _hand_paragraph(around)
    else:
        _own_words(around)


def _hand_paragraph(around: Surroundings) -> None:
    """Write a few lines below each other, in a font made from a hand."""
    face = around.face(by_hand=True)
    if face is None:
        return
    rng, size = around.rng, round(around.times_height(0.8, 1.8))
    count, words = int(rng.integers(1, 4)), int(rng.integers(1, 9))
    _lines_below(around, face, size, [random_text(rng, words, 0.0) for _ in range(count)])


def _lines_below(around: Surroundings, face: Lettering, size: int, texts: Sequence[str]) -> None:
    """Set lines of text below each other where there is room for them."""
    drawn = [line for text in texts if (line := face.line(text, size)) is not None]
    if not drawn:
        return
    pitch = round(size * around.rng.uniform(1.15, 1.8))
    place = around.free_place(_widest(drawn), pitch * len(drawn))
    if place is None:
        return
    colour = around.writer.pen.colour_bgr if face.by_hand else print_colour(around.rng)
    for k, line in enumerate(drawn):
        set_line(around.board, line, place[0], place[1] + k * pitch, colour, by_hand=face.by_hand)


def _own_words(around: Surroundings) -> None:
    """Write a few words beside each other with the writer's pen; now and then all so far are crossed out."""
    height = around.times_height(0.6, 1.4)
    rng, slant = around.rng, around.writer.hand.slant
    paths: Paths = []
    end = 0.0
    for _ in range(int(rng.integers(1, 4))):
        start = np.array((end, 0), np.float32)
        word = [path + start for path in word_paths(rng, random_word(rng), height, slant=slant)]
        if not word:
            continue
        end = max(float(path[:, 0].max()) for path in word) + 0.5 * height
        paths += word
        if rng.random() < 0.1:
            paths += strike_paths(rng, end, 0.7 * height)
    around.draw_free(paths)


def printed_numbers(around: Surroundings) -> None:
    """Print a column or a row of numbers, as along the edge of a table."""
    face = around.face()
    if face is None:
        return
    rng, size = around.rng, around.print_size()
    lines = [line for text in _column(rng) if (line := face.line(text, size)) is not None]
    if not lines:
        return
    down = rng.random() < 0.6
    pitch = round((size if down else _widest(lines) + 0.6 * size) * rng.uniform(1.1, 2.5))
    extent = (_widest(lines), pitch * len(lines)) if down else (pitch * len(lines), size)
    place = around.free_place(*extent)
    if place is None:
        return
    colour = print_colour(rng)
    step = (0, pitch) if down else (pitch, 0)
    for k, line in enumerate(lines):
        set_line(around.board, line, place[0] + k * step[0], place[1] + k * step[1], colour)


def _column(rng: np.random.Generator) -> list[str]:
    """Return one to eight numbers: counted on from one, or by chance."""
    count, start = int(rng.integers(1, 9)), int(rng.integers(0, 30))
    tail = str(rng.choice(["", "", ".", ")"]))
    if rng.random() < 0.5:
        return [f"{start + k}{tail}" for k in range(count)]
    return [random_number(rng) for _ in range(count)]


def _widest(lines: Sequence[Line]) -> int:
    return max(int(line.opacity.shape[1]) for line in lines)


def printed_cells(around: Surroundings) -> None:
    """Print a grid with a digit in some of its cells, as in a puzzle."""
    rng = around.rng
    face = around.face()
    across, down = (int(v) for v in rng.integers(1, 10, 2))
    cell = around.times_height(1.2, 2.4)
    place = around.free_place(across * cell, down * cell)
    if place is None or face is None:
        return
    pen, colour = random_rule_pen(rng, around.height_px), print_colour(rng)
    size = round(cell * float(rng.uniform(0.45, 0.9)))
    _draw_grid(around, pen, place, (across, down), cell)
    printed = float(rng.uniform(0.2, 0.8))
    for i in range(down):
        for k in range(across):
            line = face.line(str(rng.integers(0, 10)), size) if rng.random() < printed else None
            if line is not None:
                x = place[0] + (k + 0.5) * cell - line.opacity.shape[1] / 2
                y = place[1] + (i + 0.5) * cell - line.opacity.shape[0] / 2
                set_line(around.board, line, round(x), round(y), colour)


def _draw_grid(
    around: Surroundings, pen: RulePen, place: tuple[int, int], cells: tuple[int, int], cell: float
) -> None:
    """Rule so many square cells across and down."""
    (left, top), (across, down) = place, cells
    layer = around.board.on(InkSort.OTHER)
    for k in range(across + 1):
        x = left + k * cell
        draw_rule(around.rng, layer, pen, (x, top), (x, top + down * cell))
    for k in range(down + 1):
        y = top + k * cell
        draw_rule(around.rng, layer, pen, (left, y), (left + across * cell, y))


def background(around: Surroundings) -> None:
    """Print the same faint words all over the sheet, as on forms that must not be forged."""
    rng, board = around.rng, around.board
    face = around.face()
    if face is None:
        return
    line = face.line(" ".join(random_word(rng) for _ in range(4)) + "  ", around.print_size())
    if line is None or rng.random() < 0.5:
        return
    opacity = np.asarray(cv2.convertScaleAbs(line.opacity, alpha=float(rng.uniform(0.12, 0.4))), np.uint8)
    pitch = round(opacity.shape[0] * rng.uniform(1.2, 3))
    colour = print_colour(rng)
    width = opacity.shape[1]
    for k, top in enumerate(range(0, board.height, max(4, pitch))):
        for left in range(-(k * 37) % max(1, width) - width, board.width, width):
            lay(board.on(InkSort.PRINT), opacity, left, top, colour)
