"""What the shipped model reads on the example pages, as a table that is kept beside the tests.

``python -m tests.golden.example_pages``, or ``make golden``, writes it anew.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from segmentation.page import decode_page
from worker.reader import Reader, load_reader

__all__ = ["PINNED", "SCANS", "TRUTH", "Row", "pinned", "read_examples"]

EXAMPLES = Path(__file__).parents[2] / "examples"
SCANS = EXAMPLES / "scans"
#: What is written on each page, by its file.
TRUTH = {entry["file"]: entry["rows"] for entry in json.loads((EXAMPLES / "truth.json").read_text("utf-8"))}
PINNED = Path(__file__).with_suffix(".csv")


@dataclass(frozen=True, slots=True)
class Row:
    """A number on an example page, without its confidence: its last digits are those of the machine."""

    file: str
    line: str
    number: str
    text: str
    status: str


def read_examples(reader: Reader, name: str) -> list[Row]:
    """Read one example page."""
    numbers = reader.read_page(decode_page((SCANS / name).read_bytes())).numbers
    return [Row(name, str(n.line), str(n.number), n.text, n.status.value) for n in numbers]


def pinned() -> Iterator[Row]:
    """Return all rows of the table."""
    with PINNED.open(encoding="utf-8", newline="") as file:
        yield from (Row(**row) for row in csv.DictReader(file))


def main() -> None:
    """Write the table anew."""
    reader = load_reader()
    with PINNED.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(field.name for field in fields(Row))
        table.writerows(astuple(row) for name in TRUTH for row in read_examples(reader, name))


if __name__ == "__main__":
    main()
