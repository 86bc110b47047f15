"""Rows of a CSV that people wrote, each with the words that name it in an error."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from model.bundle import regular_bytes
from model.errors import DataInvalid

__all__ = ["named_rows"]


def named_rows(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rows of a table that are not empty.

    Parameters
    ----------
    path : Path
        UTF-8, commas or semicolons, the names of the columns in the first row, in capitals or not.
    needed : tuple of str
        Columns that have to be there once; others may be there.

    Yields
    ------
    place : str
        File and row, as errors name them.
    row : dict of str to str
        Cells by the names of their columns.

    Raises
    ------
    DataInvalid
        It is missing, no such table, lacks a column, or a row has other cells; the message names it.
    """
    try:
        with io.StringIO(regular_bytes(path).decode("utf-8-sig"), newline="") as stream:
            head = stream.readline()
            delimiter = ";" if ";" in head and "," not in head else ","
            names = [name.strip().casefold() for name in next(csv.reader([head], delimiter=delimiter), [])]
            for name in needed:
                if names.count(name) != 1:
                    found = ", ".join(names) or "none"
                    raise DataInvalid(f"{path}: a column {name} is needed once; found {found}")
            rows = csv.reader(stream, delimiter=delimiter, strict=True)
            for cells in rows:
                place = f"{path}, row {rows.line_num + 1}"
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(names):
                    raise DataInvalid(f"{place}: {len(cells)} cells where there are {len(names)} columns")
                yield place, dict(zip(names, cells, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataInvalid(f"{path} cannot be read as a CSV: {error}") from error
