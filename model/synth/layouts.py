"""Where the numbers of free pages stand: in lines, on rules, close together, or one alone.

Every layout writes as many numbers as it likes onto an empty board, row by row and from left to right.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from model.synth.handwriting import Paths, word_paths
from model.synth.ink_sorts import InkSort
from model.synth.marks import MARKS, mark_paths, strike_paths
from model.synth.placing import Draft, draft, longest_number, margin_px, number_gap_px, number_texts, place
from model.synth.printing import WORDS
from model.synth.rules import draw_rule, random_rule_pen
from model.synth.writer import Board, Writer, Written, draw_paths

__all__ = ["Layout", "dense", "lines", "ruled", "single", "with_marks"]

Layout = Callable[[np.random.Generator, Board, Writer], None]

#: Share of the things on a page with marks that are no numbers.
MARK_SHARE = 0.35
#: Share of those that are a number crossed out.
STRUCK_SHARE = 0.08
#: How many numbers there are at most, on common and on dense pages: one person's patience.
MOST_NUMBERS = {False: 90, True: 240}
#: Marks that nobody takes for a digit or for a piece of one.
_PLAIN_MARKS = tuple(name for name in MARKS if name not in {"corner", "question"})


def lines(rng: np.random.Generator, board: Board, writer: Writer) -> None:
    """Write numbers in lines on blank paper."""
    _write_rows(rng, board, writer, _baselines(rng, board, writer, writer.height_px * rng.uniform(1.7, 2.8)))


def with_marks(rng: np.random.Generator, board: Board, writer: Writer) -> None:
    """Write numbers in lines, among words, crosses, ticks and what else people put there."""
    pitch = writer.height_px * rng.uniform(2.0, 2.9)
    _write_rows(rng, board, writer, _baselines(rng, board, writer, pitch), marks=MARK_SHARE)


def dense(rng: np.random.Generator, board: Board, writer: Writer) -> None:
    """Write a few hundred numbers close together."""
    pitch = writer.height_px * rng.uniform(1.6, 1.9)
    _write_rows(rng, board, writer, _baselines(rng, board, writer, pitch, full=True), full=True, longest=4)


def ruled(rng: np.random.Generator, board: Board, writer: Writer) -> None:
    """Write on the rules of an exercise book, some of them left empty."""
    pitch = round(writer.height_px * rng.uniform(1.5, 2.2))
    pen = random_rule_pen(rng, writer.height_px)
    baselines = _baselines(rng, board, writer, pitch)
    edge = 0.0 if rng.random() < 0.6 else margin_px(board, writer) / 2
    for y in np.arange(baselines[0] % pitch + pitch, board.height - edge, pitch):
        draw_rule(rng, board.on(InkSort.OTHER), pen, (edge, float(y)), (board.width - edge, float(y)))
    if rng.random() < 0.4:
        x = 0.75 * margin_px(board, writer)
        draw_rule(
            rng,
            board.on(InkSort.OTHER),
            random_rule_pen(rng, 20, "solid"),
            (x, edge),
            (x, board.height - edge),
        )
    lift = rng.uniform(0.0, 0.12) * writer.height_px
    _write_rows(rng, board, writer, [y - lift for y in baselines])


def single(rng: np.random.Generator, board: Board, writer: Writer) -> None:
    """Write one number, or one digit, somewhere about the middle."""
    text = number_texts(rng, 1, longest_number(board, writer))[0]
    number = draft(rng, writer, [text])[0]
    room = max(0.0, board.width - number.width - 2 * margin_px(board, writer))
    left = (board.width - number.width) / 2 + rng.uniform(-0.3, 0.3) * room
    rise = max(0.0, board.height - 2.5 * writer.height_px) * rng.uniform(-0.3, 0.3)
    board.rows.append([place(rng, board, writer, number, left, (board.height + writer.height_px) / 2 + rise)])


def _baselines(
    rng: np.random.Generator, board: Board, writer: Writer, pitch: float, *, full: bool = False
) -> list[float]:
    """Return the heights on which lines are written: all of the page, or its upper part."""
    first = margin_px(board, writer) + writer.height_px * rng.uniform(1.0, 1.4)
    last = board.height - margin_px(board, writer) - 0.1 * writer.height_px
    count = max(1, int((last - first) / pitch) + 1)
    if not full and count > 3 and rng.random() < 0.5:
        count = int(rng.integers(max(2, count // 2), count + 1))
    return [float(first + pitch * i) for i in range(count)]


def _write_rows(
    rng: np.random.Generator,
    board: Board,
    writer: Writer,
    baselines: Sequence[float],
    *,
    marks: float = 0.0,
    full: bool = False,
    longest: int = 8,
) -> None:
    """Fill lines with numbers: in columns or ragged, and with marks between them."""
    longest = min(longest, longest_number(board, writer))
    gap, room = number_gap_px(rng, writer), board.width - 2 * margin_px(board, writer)
    texts = number_texts(rng, MOST_NUMBERS[full], longest)
    widths = np.cumsum([len(text) * 0.6 * writer.height_px + gap for text in texts])
    enough = int(np.searchsorted(widths, room * len(baselines) * (1 - 0.8 * marks))) + 1
    numbers = draft(rng, writer, texts[:enough])
    step = max(number.width for number in numbers) + gap if rng.random() < 0.4 else 0.0
    for baseline in baselines:
        share = 1.0 if full or rng.random() < 0.6 else rng.uniform(0.3, 1.0)
        _write_row(rng, board, writer, numbers, (baseline, gap, step, share * room), marks)


def _write_row(
    rng: np.random.Generator,
    board: Board,
    writer: Writer,
    numbers: list[Draft],
    shape: tuple[float, float, float, float],
    marks: float,
) -> None:
    """Write one line, taking numbers from the list until the line or the list is at its end."""
    baseline, gap, step, room = shape
    start = margin_px(board, writer)
    x = start if step else start + rng.uniform(0, 0.15) * room
    slope = rng.normal(0, 0.003)
    row: list[Written] = []
    while numbers:
        foot = baseline + slope * (x - start)
        end = _write_mark(rng, board, writer, (x, foot), start + room) if rng.random() < marks else 0.0
        if not end:
            if x + numbers[-1].width > start + room and (row or x > start):
                break
            number = numbers.pop()
            row.append(place(rng, board, writer, number, x, foot))
            end = x + number.width
        x = end + gap * rng.uniform(1.0, 1.25) if not step else x + step * np.ceil((end + gap - x) / step)
    if row:
        board.rows.append(row)


def _write_mark(
    rng: np.random.Generator, board: Board, writer: Writer, at: tuple[float, float], limit: float
) -> float:
    """Write something that is no number, or no longer one; return where it ends, 0 when it does not fit."""
    if rng.random() < STRUCK_SHARE:
        return _write_struck(rng, board, writer, at, limit)
    paths = _mark(rng, writer)
    low = min(float(path[:, 0].min()) for path in paths)
    paths = [path - np.array((low, 0), np.float32) for path in paths]
    if at[0] + max(float(path[:, 0].max()) for path in paths) > limit:
        return 0.0
    return at[0] + draw_paths(board, writer, paths, *at)


def _write_struck(
    rng: np.random.Generator, board: Board, writer: Writer, at: tuple[float, float], limit: float
) -> float:
    """Write a number and cross it out for all to see; return where it ends, 0 when it does not fit."""
    number = draft(rng, writer, number_texts(rng, 1, 4))[0]
    if at[0] + number.width + 0.2 * writer.height_px > limit:
        return 0.0
    place(rng, replace(board, layer=board.on(InkSort.HAND)), writer, number, *at)
    reach = draw_paths(board, writer, strike_paths(rng, number.width, writer.height_px), *at)
    return at[0] + max(reach, number.width)


def _mark(rng: np.random.Generator, writer: Writer) -> Paths:
    """Return the strokes of a word, of a word crossed out, or of a sign."""
    height = writer.height_px
    if rng.random() < 0.5:
        return mark_paths(rng, str(rng.choice(_PLAIN_MARKS)), height * rng.uniform(0.8, 1.1))
    word = str(rng.choice([word for word in WORDS if len(word) <= 6]))
    paths = word_paths(rng, word, height * rng.uniform(0.8, 1.0), slant=writer.hand.slant)
    if rng.random() < 0.15:
        width = max(float(path[:, 0].max()) for path in paths)
        paths = paths + strike_paths(rng, width, 0.7 * height)
    return paths
