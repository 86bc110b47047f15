"""A CSV of file and label, and where it has them writer, part and ink: one picture of a digit a row."""

import csv
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import cast, get_args

from model.contract import NOT_A_DIGIT
from model.dataset_digits import Digits
from model.errors import DataInvalid
from model.sources_framing import Ink
from model.sources_pictures import NO_DIGIT_NAME, Part, Picture, load_pictures

__all__ = ["load_table"]

_NEEDED = ("file", "label")


def load_table(path: Path, say: Callable[[str], None]) -> Digits:
    """Load the pictures that a CSV names.

    Parameters
    ----------
    path : Path
        UTF-8, commas or semicolons, the names of the columns in the first row: ``file``, relative to
        the table, and ``label``, 0 to 9 or not-a-digit; ``writer``, ``part`` (train or test) and
        ``ink`` (dark or light) may be there. Other columns are passed over.
    say : callable
        Told how many pictures there are.

    Raises
    ------
    DataInvalid
        The table or a picture in it cannot be used; the message names file and row.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            pictures = list(_pictures(path, stream.readline(), stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataInvalid(f"{path} cannot be read as a CSV: {error}") from error
    return load_pictures(pictures, path.name, say)


def _pictures(path: Path, head: str, lines: Iterator[str]) -> Iterator[Picture]:
    delimiter = ";" if ";" in head and "," not in head else ","
    names = [name.strip().casefold() for name in next(csv.reader([head], delimiter=delimiter), [])]
    for name in _NEEDED:
        if names.count(name) != 1:
            raise DataInvalid(f"{path}: a column {name} is needed once; found {', '.join(names) or 'none'}")
    seen: dict[Path, str] = {}
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    for cells in rows:
        place = f"{path}, row {rows.line_num + 1}"
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            raise DataInvalid(f"{place}: {len(cells)} cells where there are {len(names)} columns")
        picture = _picture(path, place, dict(zip(names, (cell.strip() for cell in cells), strict=True)))
        same = seen.setdefault(picture.path.resolve(), place)
        if same != place:
            raise DataInvalid(f"{picture.place}: row {same.rpartition(' ')[2]} names this file, too")
        yield picture


def _picture(path: Path, place: str, row: Mapping[str, str]) -> Picture:
    if not row["file"]:
        raise DataInvalid(f"{place}: no file")
    place = f"{place}, {row['file']}"
    return Picture(
        path.parent / row["file"],
        _label(row["label"], place),
        place,
        row.get("writer") or None,
        cast(Part | None, _one_of(row.get("part"), get_args(Part), "part", place)),
        cast(Ink | None, _one_of(row.get("ink"), get_args(Ink), "ink", place)),
    )


def _label(cell: str, place: str) -> int:
    if cell == NO_DIGIT_NAME:
        return NOT_A_DIGIT
    if len(cell) != 1 or cell not in "0123456789":
        raise DataInvalid(f"{place}: labels are 0 to 9, or {NO_DIGIT_NAME}. Received: {cell!r}")
    return int(cell)


def _one_of(cell: str | None, known: tuple[str, ...], column: str, place: str) -> str | None:
    """Return the content of a cell that may be empty."""
    if not cell:
        return None
    if cell not in known:
        raise DataInvalid(f"{place}: {column} is {' or '.join(known)}. Received: {cell!r}")
    return cell
