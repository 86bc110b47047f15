"""A truth written as a table: a row a number, in the columns of ``results.csv`` or fewer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from model.errors import DataInvalid
from model.sources_rows import named_rows
from worker.spreadsheet_cells import original
from worker.truth_page import TruthPage, checked_number, truth_error

__all__ = ["load_truth_table"]

_NEEDED = ("file", "text")
#: A column that ``results.csv`` has, and no other truth.
_OF_RESULTS = "status"

#: Digits of a page, line or number; Python refuses to take texts of thousands for numbers.
_LONGEST_ORDINAL = 9


@dataclass
class _Page:
    """Rows of one page, as they come."""

    place: str
    kind: str
    lines: dict[int, list[tuple[int, str]]] = field(default_factory=dict)

    def truth(self, file: str, page: int | None) -> TruthPage:
        """Return the page, its lines and numbers in the order that they give."""
        rows = (sorted(numbers, key=lambda number: number[0]) for _, numbers in sorted(self.lines.items()))
        texts = (tuple(text for _, text in row) for row in rows)
        return TruthPage(tuple(texts), file, page, self.kind, place=self.place)


def load_truth_table(path: Path) -> list[TruthPage]:
    """Load a table: `file` and `text`, and where they are there `page`, `line`, `number` and `kind`.

    Parameters
    ----------
    path : Path
        UTF-8, commas or semicolons; other columns are passed over, and `kind` where there is a `status`,
        as in ``results.csv``. A row without a text says that its page is there; a page with no other row
        is blank.

    Raises
    ------
    NoUsableInput
        It is no such table, or a row of it is wrong; the message names it.
    """
    pages: dict[tuple[str, int | None], _Page] = {}
    try:
        for place, row in named_rows(path, _NEEDED):
            file = original(row["file"]).strip()
            if not file:
                raise truth_error(f"{place}: a file is needed")
            _add(pages.setdefault((file, _ordinal(row, "page", place)), _Page(place, "")), row, place)
    except DataInvalid as error:
        raise truth_error(str(error)) from error
    return _pages(pages.items())


def _pages(pages: Iterable[tuple[tuple[str, int | None], _Page]]) -> list[TruthPage]:
    return [page.truth(file, number) for (file, number), page in pages]


def _add(page: _Page, row: Mapping[str, str], place: str) -> None:
    """Add a row to its page."""
    # In results.csv the column is about the number; the truth's own is about the page.
    kind = "" if _OF_RESULTS in row else row.get("kind", "").strip()
    if kind and page.kind and kind != page.kind:
        raise truth_error(f"{place}: the page is {kind} here and {page.kind} above")
    page.kind = page.kind or kind
    line, number = (_ordinal(row, column, place) for column in ("line", "number"))
    text = checked_number(original(row["text"]), place)
    if not text:
        return
    # Without a line each row is one, below those before it; without a number it is the next of its line.
    numbers = page.lines.setdefault(line or max(page.lines, default=0) + 1, [])
    numbers.append((number or max((n for n, _ in numbers), default=0) + 1, text))


def _ordinal(row: Mapping[str, str], column: str, place: str) -> int | None:
    """Return a number that counts from 1; None where the cell, or the column, is not there."""
    cell = row.get(column, "").strip()
    if not cell:
        return None
    if len(cell) > _LONGEST_ORDINAL or not (cell.isascii() and cell.isdigit()) or int(cell) < 1:
        raise truth_error(f"{place}: {column} is a whole number from 1. Received: {cell!r}")
    return int(cell)
