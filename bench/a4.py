"""``make bench-a4``: a whole page of digits, against nothing but decoding it and one call of the network.

    python -m bench.a4 [--model FOLDER] [--rounds N] [--json FILE]

The page is drawn: A4 at 300 dpi, grey, PNG, 800 handwritten digits. Reading it, decoding included, and the
bare minimum, `cv2.imdecode` and one call for as many glyphs as there are digits, take turns in one thread;
figures are the least processor time over the rounds. The exit code is 1 where reading takes more than three
times the minimum.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.verdict import at_most, exit_code
from model.bundle import shipped_bundle
from model.classify import Classifier
from model.contract import to_batch
from model.synth.digits import DigitSource
from model.synth.paper import Paper, expose
from model.synth.pens import random_hand, random_pen
from model.synth.placing import draft, place
from model.synth.writer import Board, Writer
from segmentation.page import decode_page
from worker.reader import Reader

__all__ = ["DIGITS", "Figures", "draw_page", "least_seconds", "table"]

#: Width and height of the page, px, and the height of its writing: a little under 5 mm.
WIDTH_PX, HEIGHT_PX, WRITING_PX = 2480, 3508, 56.0
#: So many numbers of so many digits in a row, and so many rows.
NUMBERS, LENGTH, ROWS = 8, 4, 25
DIGITS = NUMBERS * LENGTH * ROWS
#: Free all around, px.
MARGIN_PX = 180
#: How many times the minimum reading may take.
MOST_TIMES = 3.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured, in seconds of processor time, and how many digits were read.

    Attributes
    ----------
    decode_s, classify_s : float
        The minimum: decoding alone, and one call of the network for `DIGITS` glyphs.
    read_s : float
        Decoding and reading the page.
    digits : int
        Digits in the numbers that were read.
    """

    decode_s: float
    classify_s: float
    read_s: float
    digits: int

    @property
    def times(self) -> float:
        """Reading over the minimum."""
        return self.read_s / (self.decode_s + self.classify_s)


def draw_page(seed: int = 1) -> bytes:
    """Draw the page and return it as a grey PNG."""
    rng = np.random.default_rng(seed)
    paper = Paper(noise=2.0, blur_px=0.7)
    board = Board.blank(paper, WIDTH_PX, HEIGHT_PX)
    hand = DigitSource.builtin().for_hand(rng, variants=6)
    pen = random_pen(rng, "ballpoint")
    writer = Writer(hand, pen, random_hand(rng), WRITING_PX, gap=0.18, touching=0.0, broken=0.0)
    texts = ["".join(map(str, rng.integers(0, 10, LENGTH))) for _ in range(NUMBERS * ROWS)]
    column, row = (WIDTH_PX - 2 * MARGIN_PX) / NUMBERS, (HEIGHT_PX - 2 * MARGIN_PX) / ROWS
    for index, number in enumerate(draft(rng, writer, texts)):
        down, right = divmod(index, NUMBERS)
        place(rng, board, writer, number, MARGIN_PX + right * column, MARGIN_PX + (down + 1) * row)
    found, encoded = cv2.imencode(".png", expose(rng, replace(paper, colour=False), board.ink))
    assert found  # PNG is built in
    return encoded.tobytes()


def least_seconds(tasks: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Let tasks take turns, and return the least processor time of each; the first round is not counted."""
    least = dict.fromkeys(tasks, float("inf"))
    for count in range(rounds + 1):
        for name, task in tasks.items():
            started = time.process_time()
            task()
            if count:
                least[name] = min(least[name], time.process_time() - started)
    return least


def table(figures: Figures) -> str:
    """Write the figures as a table in Markdown."""
    rows = [
        "| step | ms |",
        "|---|---:|",
        f"| `cv2.imdecode` | {1000 * figures.decode_s:.1f} |",
        f"| the network, {DIGITS} glyphs | {1000 * figures.classify_s:.1f} |",
        f"| decode and read, {figures.digits} digits found | {1000 * figures.read_s:.1f} |",
        f"| times the first two | {figures.times:.2f} |",
    ]
    return "\n".join(rows)


def _measured(model: Path, rounds: int) -> Figures:
    cv2.setNumThreads(1)
    classifier = Classifier.load(model)
    reader = Reader(classifier)
    page = draw_page()
    raw = np.frombuffer(page, np.uint8)
    glyphs = np.random.default_rng(0).integers(0, 256, (DIGITS, 28, 28), dtype=np.uint8)
    batch: NDArray[np.float32] = to_batch(glyphs)
    least = least_seconds(
        {
            "decode": lambda: cv2.imdecode(raw, cv2.IMREAD_GRAYSCALE),
            "classify": lambda: classifier.predict(batch),
            "read": lambda: reader.read_page(decode_page(page)),
        },
        rounds,
    )
    digits = sum(len(number.digits) for number in reader.read_page(decode_page(page)).numbers)
    return Figures(least["decode"], least["classify"], least["read"], digits)


def main() -> int:
    """Measure, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.a4", description=__doc__)
    parser.add_argument("--model", type=Path, default=shipped_bundle(), help="a model folder")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    chosen = parser.parse_args()
    if chosen.rounds < 1:
        parser.error("--rounds has to be above 0")
    figures = _measured(chosen.model, chosen.rounds)
    print(table(figures))
    if chosen.json:
        chosen.json.write_text(
            json.dumps({**asdict(figures), "times": figures.times}) + "\n", encoding="utf-8"
        )
    return exit_code([at_most(MOST_TIMES, "times the first two", figures.times)])


if __name__ == "__main__":
    raise SystemExit(main())
