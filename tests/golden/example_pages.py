"""What the shipped model reads on the example pages, as a table that is kept beside the tests.

``python -m tests.golden.example_pages``, or ``make golden``, writes it anew.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path

from segmentation.page import decode_page
from worker.reader import Reader, load_reader

__all__ = ["CLOSE", "PINNED", "SCANS", "TRUTH", "Row", "pinned", "read_examples"]

EXAMPLES = Path(__file__).parents[2] / "examples"
SCANS = EXAMPLES / "scans"
#: What is written on each page, by its file.
TRUTH = {entry["file"]: entry["rows"] for entry in json.loads((EXAMPLES / "truth.json").read_text("utf-8"))}
PINNED = Path(__file__).with_suffix(".csv")
#: Confidences differ by less than this between machines.
CLOSE = 0.01


@dataclass(frozen=True, slots=True)
class Row:
    """A number on an example page, without its confidence: its last digits are those of the machine.

    Attributes
    ----------
    is_close : bool
        It is so nearly as sure as numbers have to be that another machine may take it for the other; not in
        the table, and not compared.
    """

    file: str
    line: str
    number: str
    text: str
    status: str
    is_close: bool = field(default=False, compare=False)


def read_examples(reader: Reader, name: str) -> list[Row]:
    """Read one example page."""
    numbers = reader.read_page(decode_page((SCANS / name).read_bytes())).numbers
    least = reader.calibration.accept_confidence
    return [
        Row(name, str(n.line), str(n.number), n.text, n.status.value, abs(n.confidence - least) < CLOSE)
        for n in numbers
    ]


def pinned() -> Iterator[Row]:
    """Return all rows of the table."""
    with PINNED.open(encoding="utf-8", newline="") as file:
        yield from (Row(**row) for row in csv.DictReader(file))


def main() -> None:
    """Write the table anew."""
    reader = load_reader()
    with PINNED.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(column.name for column in fields(Row) if column.compare)
        table.writerows(astuple(row)[:-1] for name in TRUTH for row in read_examples(reader, name))


if __name__ == "__main__":
    main()
