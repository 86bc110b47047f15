"""Rows and cells of the tables, and how a cell is kept from becoming a formula.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break
as a formula, and a file name can be chosen by a stranger. Such a cell gets an apostrophe
in front. A cell that begins with an apostrophe gets one too, so that taking one apostrophe
away always gives the original back.
"""

from collections.abc import Iterator

from worker.records import FailedPage, ReadPage
from worker.results import PageResult

__all__ = [
    "ERROR_COLUMNS",
    "RESULT_COLUMNS",
    "Cell",
    "error_row",
    "harmless",
    "is_parted_elsewhere",
    "original",
    "result_rows",
]

RESULT_COLUMNS = (
    "file",
    "page",
    "line",
    "number",
    "field",
    "text",
    "status",
    "confidence",
    "x",
    "y",
    "width",
    "height",
    "kind",
)

ERROR_COLUMNS = ("file", "page", "code", "message")

Cell = str | int | float

#: What begins a formula somewhere, full-width forms included; and the apostrophe itself.
_DANGEROUS = (
    *"=+-@\t\r\n",
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}",
    "\N{FULLWIDTH COMMERCIAL AT}",
    "'",
)

#: What parts the cells of a row in countries that write a comma in their numbers, or on a clipboard.
_OTHER_SEPARATORS = (";", "\t")

#: Digits after the point: finer than any error rate that can be asked for.
_CONFIDENCE_DIGITS = 6


def harmless(text: str) -> str:
    """Return `text` as a cell that no spreadsheet runs as a formula.

    Examples
    --------
    >>> harmless("=1+1.png"), harmless("007")
    ("'=1+1.png", '007')
    """
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def is_parted_elsewhere(cell: Cell) -> bool:
    """Tell whether a spreadsheet of another country would make two cells of this one, unless it is quoted.

    Examples
    --------
    >>> is_parted_elsewhere("x;=1+1.png"), is_parted_elsewhere("x,y.png")
    (True, False)
    """
    return isinstance(cell, str) and any(sign in cell for sign in _OTHER_SEPARATORS)


def original(cell: str) -> str:
    """Return what :func:`harmless` was given."""
    return cell.removeprefix("'")


def result_rows(result: PageResult) -> Iterator[tuple[Cell, ...]]:
    """Return a page's rows of ``results.csv``, one a number, in reading order."""
    if not isinstance(result.record, ReadPage):
        return
    for number in result.record.numbers:
        yield (
            harmless(result.file),
            result.record.source.page,
            number.line,
            number.number,
            harmless(number.field),
            harmless(number.text),
            number.status.value,
            round(number.confidence, _CONFIDENCE_DIGITS),
            number.box.x,
            number.box.y,
            number.box.width,
            number.box.height,
            "" if number.kind is None else number.kind.value,
        )


def error_row(file: str, failure: FailedPage) -> tuple[Cell, ...]:
    """Return a page's row of ``errors.csv``."""
    return (harmless(file), failure.source.page, harmless(failure.code), harmless(failure.message))
