"""How well signs of numbers are read: drawn price lists, dates and temperatures, beside pages without a sign.

    python -m bench.signs [--digits mnist.npz] [--pages N] [--seed S] [--model FOLDER]

Pages with signs are drawn on paper of several kinds; of each number the whole text has to be right, signs and
digits, at its place. On as many ordinary pages every sign is one too many.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from model.synth.digits import DigitSource
from model.synth.page import KINDS, SynthNumber, SynthPage, make_page
from model.synth.prices import prices
from segmentation.geometry import Box
from segmentation.page import Page
from worker.reader import Reader, load_reader
from worker.records import NumberRecord, Status

__all__ = ["PAPERS", "Count", "count_page", "drawn_with_signs", "drawn_without", "table"]

#: Kinds of page whose paper numbers with signs are drawn on.
PAPERS = ("clean", "ruled", "skewed", "noisy", "pencil", "shadowed", "photo", "inverted")
#: A number that was read stands where a written one stands when they share this much of their boxes.
SAME_PLACE = 0.4


@dataclass
class Count:
    """What was counted on pages.

    Attributes
    ----------
    pages, numbers : int
        Pages, and numbers written on them.
    written, right, digits_right : Counter of str
        Numbers by the signs that they hold, each sign once; those whose whole text is right, and those
        whose digits are.
    accepted, wrong : int
        Numbers that were accepted, and those of them whose text is not written there.
    invented : int
        Signs that were read where a number without any is written, or none.
    """

    pages: int = 0
    numbers: int = 0
    written: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    digits_right: Counter[str] = field(default_factory=Counter)
    accepted: int = 0
    wrong: int = 0
    invented: int = 0


def drawn_with_signs(source: DigitSource, pages: int, seed: int) -> Iterator[SynthPage]:
    """Draw pages of numbers with signs, on each paper in turn."""
    for k in range(pages):
        yield make_page(np.random.default_rng([seed, k]), source, PAPERS[k % len(PAPERS)], layout=prices)


def drawn_without(source: DigitSource, pages: int, seed: int) -> Iterator[SynthPage]:
    """Draw ordinary pages, of each kind in turn."""
    for k in range(pages):
        yield make_page(np.random.default_rng([seed, k]), source, KINDS[k % len(KINDS)])


def count_page(count: Count, drawn: SynthPage, read: Sequence[NumberRecord]) -> None:
    """Add what was read on a page to what was counted."""
    written = [number for row in drawn.rows for number in row]
    count.pages += 1
    count.numbers += len(written)
    for number in written:
        signs = "".join(sorted(set(number.text) - set("0123456789")))
        there = [record for record in read if _share(number, record) >= SAME_PLACE]
        count.written[signs] += 1
        count.right[signs] += any(record.text == number.text for record in there)
        count.digits_right[signs] += any(_digits(record.text) == _digits(number.text) for record in there)
    for record in read:
        there_written = [number.text for number in written if _share(number, record) >= SAME_PLACE]
        if record.status is Status.ACCEPTED:
            count.accepted += 1
            count.wrong += record.text not in there_written
        if all(text.isdigit() for text in there_written):
            count.invented += len(record.signs)


def table(count: Count) -> list[str]:
    """Return what was counted as rows of a table."""
    rows = ["| signs | numbers | text right | digits right |", "|---|---|---|---|"]
    for signs, written in sorted(count.written.items()):
        rows.append(
            _row(f"`{signs}`" if signs else "none", written, count.right[signs], count.digits_right[signs])
        )
    signed = [signs for signs in count.written if signs]
    if signed:
        sums = (sum(of[signs] for signs in signed) for of in (count.written, count.right, count.digits_right))
        rows.append(_row("all with signs", *sums))
    return rows


def _row(name: str, written: int, right: int, digits_right: int) -> str:
    return f"| {name} | {written} | {right / written:.3f} | {digits_right / written:.3f} |"


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _share(number: SynthNumber, record: NumberRecord) -> float:
    """Return intersection over union of a written and a read number."""
    written, box = Box(*number.box), record.box
    read = Box(box.x, box.y, box.x + box.width, box.y + box.height)
    common = max(0, written.overlap_x(read)) * max(0, written.overlap_y(read))
    return common / (written.width * written.height + read.width * read.height - common)


def _counted(reader: Reader, pages: Iterator[SynthPage]) -> Count:
    count = Count()
    for drawn in pages:
        page = Page(drawn.grey, dpi=None, orientation=1, kind="png")
        count_page(count, drawn, reader.read_page(page).numbers)
    return count


def main() -> None:
    """Measure, and print two tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.signs", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--digits", type=Path, help="MNIST as mnist.npz; by default the built-in sample")
    parser.add_argument("--pages", type=int, default=64, help="pages with signs, and as many without")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", type=Path, help="a model's folder; by default the shipped model")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    source = DigitSource.builtin() if asked.digits is None else DigitSource.from_npz(asked.digits)
    reader = load_reader(asked.model)
    for title, pages in (
        ("Pages with signs", drawn_with_signs(source, asked.pages, asked.seed)),
        ("Ordinary pages", drawn_without(source, asked.pages, asked.seed)),
    ):
        count = _counted(reader, pages)
        print(f"{title}: {count.pages} pages, {count.numbers} numbers\n")
        print("\n".join(table(count)))
        print(f"\naccepted {count.accepted}, of these wrong {count.wrong}; signs invented {count.invented}\n")


if __name__ == "__main__":
    main()
