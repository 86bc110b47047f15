"""Numbers as price lists, thermometers and diaries have them: with points, commas and other signs in them.

Such pages are no kind of their own, but a layout that any kind may have: in training the confidence is fitted
on pages of which some are such (``worker.drawn_reading``), and tests and measurements draw them, too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from model.synth.handwriting import Paths
from model.synth.pens import Ink
from model.synth.placing import margin_px
from model.synth.signs import sign_paths
from model.synth.writer import Board, Writer, Written, draw_paths, write_number

__all__ = ["prices", "signed_text"]

#: How many numbers there are at most.
_MOST_NUMBERS = 60
#: Clear space on either side of a sign, over the height of a digit.
_SIGN_GAP = (0.05, 0.2)


def _digits(rng: np.random.Generator, least: int, most: int) -> str:
    """Return a number of `least` to `most` digits that does not begin with a zero."""
    length = int(rng.integers(least, most + 1))
    return str(rng.integers(10 ** (length - 1) if length > 1 else 0, 10**length))


def _price(rng: np.random.Generator) -> str:
    return f"{_digits(rng, 1, 4)}{rng.choice(['.', ','])}{rng.integers(100):02d}"


def _long_price(rng: np.random.Generator) -> str:
    thousands, cents = rng.choice([".,", ",."])
    return f"{_digits(rng, 1, 3)}{thousands}{rng.integers(1000):03d}{cents}{rng.integers(100):02d}"


def _measure(rng: np.random.Generator) -> str:
    return f"{_digits(rng, 1, 3)}{rng.choice(['.', ','])}{rng.integers(10)}"


def _temperature(rng: np.random.Generator) -> str:
    share = f"{rng.choice(['.', ','])}{rng.integers(10)}" if rng.random() < 0.5 else ""
    return f"{rng.choice(['-', '-', '+'])}{_digits(rng, 1, 2)}{share}"


def _date(rng: np.random.Generator) -> str:
    sign, day, month = rng.choice(["/", "-", "."]), rng.integers(1, 32), rng.integers(1, 13)
    year = rng.choice(["", f"{sign}{rng.integers(100):02d}", f"{sign}{rng.integers(1950, 2040)}"])
    pattern = "02d" if rng.random() < 0.5 else "d"
    return f"{day:{pattern}}{sign}{month:{pattern}}{year}"


def _time(rng: np.random.Generator) -> str:
    return f"{rng.integers(24)}:{rng.integers(60):02d}"


def _whole(rng: np.random.Generator) -> str:
    return _digits(rng, 1, 5)


_TEXTS: tuple[Callable[[np.random.Generator], str], ...] = (
    _price,
    _price,
    _long_price,
    _measure,
    _temperature,
    _date,
    _time,
    _whole,
)


def signed_text(rng: np.random.Generator) -> str:
    """Pick a price, measure, temperature, date or time, or a number without a sign."""
    return _TEXTS[int(rng.integers(len(_TEXTS)))](rng)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A number that is drawn but has no place yet: its digits and signs begin at places from its left end."""

    text: str
    inks: tuple[Ink, ...]
    lefts: tuple[float, ...]
    signs: tuple[tuple[Paths, float], ...]
    width: float


def prices(rng: np.random.Generator, board: Board, writer: Writer) -> None:
    """Write numbers with signs in lines: of one sort or mixed, in columns or ragged."""
    height, margin = writer.height_px, margin_px(board, writer)
    sort = _TEXTS[int(rng.integers(len(_TEXTS)))] if rng.random() < 0.5 else signed_text
    texts = [sort(rng) for _ in range(_MOST_NUMBERS)]
    inks = writer.draw(rng, ["".join(filter(str.isdigit, text)) for text in texts], widest_px=height)
    numbers = [_arranged(rng, writer, text, own) for text, own in zip(texts, inks, strict=True)]
    gap = height * float(rng.uniform(1.3, 2.4))
    step = max(number.width for number in numbers) + gap if rng.random() < 0.5 else 0.0
    pitch, right = height * rng.uniform(1.8, 2.8), board.width - margin
    for foot in np.arange(margin + 1.3 * height, board.height - margin, pitch):
        x, row = margin, list[Written]()
        while numbers and (x + numbers[-1].width <= right or x == margin):
            number = numbers.pop()
            row.append(_write(rng, board, writer, number, (x, float(foot))))
            x += step or number.width + gap * float(rng.uniform(1.0, 1.25))
        if row:
            board.rows.append(row)


def _arranged(rng: np.random.Generator, writer: Writer, text: str, inks: Sequence[Ink]) -> _Draft:
    """Put digits and signs side by side, with as much space as the writer leaves."""
    following = iter(inks)
    lefts: list[float] = []
    signs: list[tuple[Paths, float]] = []
    x = gap = 0.0
    for character in text:
        if character.isdigit():
            ink = next(following)
            x += gap
            lefts.append(x)
            x += ink.width
            gap = max(2.0, writer.gap * writer.height_px * rng.uniform(0.6, 1.4))
        else:
            paths = sign_paths(rng, character, writer.height_px, 0.5 * writer.hand.slant)
            stroke = writer.stroke_px / 2
            x += _sign_gap(rng, writer) + stroke if lefts else stroke
            signs.append((paths, x))
            x += max(float(path[:, 0].max()) for path in paths) + stroke
            gap = _sign_gap(rng, writer)
    return _Draft(text, tuple(inks), tuple(lefts), tuple(signs), x)


def _sign_gap(rng: np.random.Generator, writer: Writer) -> float:
    return max(2.0, writer.height_px * float(rng.uniform(*_SIGN_GAP)))


def _write(
    rng: np.random.Generator, board: Board, writer: Writer, number: _Draft, at: tuple[float, float]
) -> Written:
    """Press a number onto the page, its digits dancing a little about the baseline."""
    feet = at[1] + rng.normal(0, 0.025 * writer.height_px, len(number.inks))
    for paths, left in number.signs:
        draw_paths(board, writer, paths, at[0] + left, at[1] + rng.normal(0, 0.015 * writer.height_px))
    return write_number(
        board, number.text, number.inks, [at[0] + left for left in number.lefts], feet.tolist()
    )
