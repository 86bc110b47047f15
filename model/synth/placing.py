"""Numbers of a page: which ones there are, how wide each is, and where it comes to stand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model.synth.pens import Ink
from model.synth.writer import Board, Writer, Written, number_width, write_number

__all__ = ["Draft", "draft", "longest_number", "margin_px", "number_gap_px", "number_texts", "place"]

#: How often numbers of one, two, ... eight digits occur on lists and forms.
_LENGTHS = np.array([0.10, 0.20, 0.24, 0.18, 0.12, 0.08, 0.05, 0.03])


@dataclass(frozen=True, slots=True)
class Draft:
    """A number that is drawn but has no place yet: its digits begin at `lefts`; `width` spans them all."""

    text: str
    inks: tuple[Ink, ...]
    lefts: tuple[int, ...]
    width: int


def number_texts(rng: np.random.Generator, count: int, longest: int) -> list[str]:
    """Pick numbers of up to `longest` digits; one in twelve starts with zeros, as codes and times do."""
    shares = _LENGTHS[: max(1, min(longest, len(_LENGTHS)))]
    lengths = rng.choice(len(shares), count, p=shares / shares.sum()) + 1
    texts = ["".join(str(d) for d in rng.integers(0, 10, length)) for length in lengths]
    coded = rng.random(count) < 1 / 12
    return [
        t if len(t) == 1 or code else (t.lstrip("0") or "7") for t, code in zip(texts, coded, strict=True)
    ]


def draft(
    rng: np.random.Generator, writer: Writer, texts: Sequence[str], *, widest_px: float | None = None
) -> list[Draft]:
    """Draw numbers; no digit is wider than `widest_px`, or than it may be high."""
    drawn = writer.draw(rng, texts, widest_px=widest_px or writer.height_px)
    drafts = []
    for text, inks in zip(texts, drawn, strict=True):
        lefts = writer.spacing(rng, inks)
        drafts.append(Draft(text, tuple(inks), tuple(lefts), number_width(lefts, inks)))
    return drafts


def place(
    rng: np.random.Generator, board: Board, writer: Writer, number: Draft, left: float, baseline: float
) -> Written:
    """Press a number onto the page, its digits dancing a little about the baseline."""
    feet = baseline + _dance(rng, writer, number.lefts)
    return write_number(board, number.text, number.inks, [left + x for x in number.lefts], feet.tolist())


def _dance(rng: np.random.Generator, writer: Writer, lefts: Sequence[int]) -> npt.NDArray[np.float64]:
    """Return how far below the baseline each digit's foot stands."""
    climb = rng.normal(0, 0.015)
    return np.asarray(climb * np.asarray(lefts) + rng.normal(0, 0.025 * writer.height_px, len(lefts)))


def margin_px(board: Board, writer: Writer) -> float:
    """Return the width of the margin that is kept free all around."""
    return max(0.05 * min(board.width, board.height), 0.7 * writer.height_px)


def longest_number(board: Board, writer: Writer, share: float = 1.0) -> int:
    """Return how many digits fit into a share of the width, at least one, whatever their shapes."""
    room = share * (board.width - 2 * margin_px(board, writer))
    return int(np.clip(room / ((1 + 1.4 * writer.gap) * writer.height_px), 1, len(_LENGTHS)))


def number_gap_px(rng: np.random.Generator, writer: Writer) -> float:
    """Pick the space between numbers, so that nobody can take it for the space between digits."""
    least = 3.2 * writer.gap + 0.5
    return writer.height_px * float(rng.uniform(least, least + 1.3))
