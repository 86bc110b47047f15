"""Results as a workbook: text stays text, so leading zeros survive and nothing is a formula."""

from collections.abc import Iterable
from decimal import Decimal
from typing import BinaryIO

import xlsxwriter

from worker.records import FailedPage
from worker.results import PageResult
from worker.spreadsheet_cells import ERROR_COLUMNS, RESULT_COLUMNS, error_row, result_rows

__all__ = ["ROWS_PER_SHEET", "write_workbook"]

#: Rows that a sheet holds in every spreadsheet program, header included.
ROWS_PER_SHEET = 1_048_576


def write_workbook(
    results: Iterable[PageResult], out: BinaryIO, *, rows_per_sheet: int = ROWS_PER_SHEET
) -> None:
    """Write a workbook with the sheets ``numbers`` and ``errors``, row by row.

    Parameters
    ----------
    results : iterable of PageResult
        In input order.
    out : BinaryIO
        Left open; has to be seekable.
    rows_per_sheet : int
        Where the next sheet begins.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(out, options) as workbook:
        numbers = _Sheets(workbook, "numbers", RESULT_COLUMNS, rows_per_sheet)
        errors = _Sheets(workbook, "errors", ERROR_COLUMNS, rows_per_sheet)
        for result in results:
            for row in result_rows(result):
                numbers.add(row)
            if isinstance(result.record, FailedPage):
                errors.add(error_row(result.file, result.record))


class _Sheets:
    """One table, continued on further sheets where one is full."""

    def __init__(
        self, workbook: xlsxwriter.Workbook, name: str, columns: tuple[str, ...], rows_per_sheet: int
    ) -> None:
        self._workbook, self._name, self._columns = workbook, name, columns
        self._rows_per_sheet = rows_per_sheet
        self._sheets = 0
        self._begin()

    def add(self, row: Iterable[str | int | float]) -> None:
        """Write one row."""
        if self._row == self._rows_per_sheet:
            self._begin()
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                self._sheet.write_string(self._row, column, cell)
            else:
                # Of a binary fraction one digit too many is written, as in 0.9869830000000001.
                self._sheet.write_number(self._row, column, Decimal(repr(cell)))
        self._row += 1

    def _begin(self) -> None:
        """Begin a sheet with the names of the columns."""
        self._sheets += 1
        title = self._name if self._sheets == 1 else f"{self._name} {self._sheets}"
        self._sheet = self._workbook.add_worksheet(title)
        self._row = 0
        self.add(self._columns)
