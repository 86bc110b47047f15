"""How many pictures of one digit each are read right, each as a page of its own.

    python -m bench.singles FOLDER [--model FOLDER] [--json FILE]

FOLDER holds ten folders, 0 to 9, of pictures (photos, scans, bitmaps) of the digit that the folder is called.
A picture is right where the only number read on it is that digit: one more, such as an edge that is taken for
a one, makes it wrong, and so does none. All that is not right is named: first what is no picture at all,
which says nothing of the reader, then the others, the surest first: what a person would have believed is the
worst.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from model.rates import Rate
from segmentation.errors import PageUnreadable
from segmentation.page import decode_page
from worker.reader import load_reader
from worker.records import NumberRecord

__all__ = ["Single", "rate_of", "read_singles", "report"]

DIGITS = "0123456789"
#: Reads the file of a picture.
Read = Callable[[bytes], Sequence[NumberRecord]]


@dataclass(frozen=True, slots=True)
class Single:
    """A picture of a digit, and what was read on it.

    Attributes
    ----------
    name : str
        Folder and file.
    digit : str
        What is written there.
    texts : tuple of str
        The numbers that were read.
    confidence : float
        Of the surest of them; 0 where there is none.
    failed : str
        Why the file is no page; empty where it is one.
    """

    name: str
    digit: str
    texts: tuple[str, ...] = ()
    confidence: float = 0.0
    failed: str = ""

    @property
    def is_right(self) -> bool:
        """Whether the digit was read, and nothing else."""
        return self.texts == (self.digit,)


def read_singles(folder: Path, read: Read) -> Iterator[Single]:
    """Read every picture below the folders 0 to 9, in the order of their names.

    Parameters
    ----------
    folder : Path
        Holds the ten folders, or some of them; what else lies there is passed over.
    read : callable
        From a file's bytes to the numbers on it.
    """
    for digit in DIGITS:
        for path in sorted(path for path in (folder / digit).glob("*") if path.is_file()):
            name = f"{digit}/{path.name}"
            try:
                numbers = read(path.read_bytes())
            except PageUnreadable as error:
                yield Single(name, digit, failed=str(error))
                continue
            surest = max((number.confidence for number in numbers), default=0.0)
            yield Single(name, digit, tuple(number.text for number in numbers), surest)


def rate_of(singles: Iterable[Single]) -> Rate:
    """Count those that are right."""
    right = [single.is_right for single in singles]
    return Rate(sum(right), len(right))


def report(singles: Sequence[Single]) -> list[str]:
    """Return what was counted: each digit, all together, what is no picture, and what is wrong."""
    by_digit = {digit: [single for single in singles if single.digit == digit] for digit in DIGITS}
    rows = ["| digit | right | share (95 %) |", "|---|---|---|"]
    rows += [_row(digit, rate_of(own)) for digit, own in by_digit.items() if own]
    rows.append(_row("all", rate_of(singles)))
    failed = [single for single in singles if single.failed]
    wrong = [single for single in singles if not (single.is_right or single.failed)]
    wrong.sort(key=lambda single: -single.confidence)
    rows += _listed(f"files that are no picture, {len(failed)} of those that are not right:", failed)
    return rows + _listed("wrong, the surest first:", wrong)


def _listed(heading: str, singles: Sequence[Single]) -> list[str]:
    """Return a heading and what was read in place of each; nothing where there is none."""
    return ["", heading, *map(_told, singles)] if singles else []


def _row(name: str, rate: Rate) -> str:
    return f"| {name} | {rate.right:,} of {rate.count:,} | {rate} |"


def _told(single: Single) -> str:
    """Say what was read in place of a digit."""
    if single.failed:
        return f"{single.name}: not read: {single.failed}"
    return f"{single.name}: {' '.join(single.texts) or 'nothing'} ({single.confidence:.3f})"


def main() -> int:
    """Read the pictures and print the report; the exit code is 2 where there is none."""
    parser = argparse.ArgumentParser(prog="python -m bench.singles", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--model", type=Path, help="a model folder")
    parser.add_argument("--json", type=Path, help="also write what was read to this file")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    reader = load_reader(chosen.model)
    singles = [*read_singles(chosen.folder, lambda raw: reader.read_page(decode_page(raw)).numbers)]
    if not singles:
        parser.error(f"{chosen.folder} holds no picture in folders 0 to 9")
    print("\n".join(report(singles)))
    if chosen.json:
        told = [
            {
                "file": one.name,
                "read": one.texts,
                "confidence": one.confidence,
                "right": one.is_right,
                "failed": one.failed,
            }
            for one in singles
        ]
        chosen.json.write_text(
            json.dumps({**rate_of(singles).as_json(), "pictures": told}, indent=1) + "\n", encoding="utf-8"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
