"""A CSV of file and label, and where it has them writer, part and ink: one picture of a digit a row."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import cast, get_args

from model.contract import NOT_A_DIGIT
from model.dataset_digits import Digits
from model.errors import DataInvalid
from model.sources_framing import Ink
from model.sources_pictures import NO_DIGIT_NAME, Part, Picture, load_pictures
from model.sources_rows import named_rows

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
    return load_pictures(list(_pictures(path)), path.name, say)


def _pictures(path: Path) -> Iterator[Picture]:
    seen: dict[Path, str] = {}
    for place, row in named_rows(path, _NEEDED):
        picture = _picture(path, place, {name: cell.strip() for name, cell in row.items()})
        same = seen.setdefault(picture.path.resolve(), place)
        if same != place:
            raise DataInvalid(f"{picture.place}: row {same.rpartition(' ')[2]} names this file, too")
        yield picture


def _picture(path: Path, place: str, row: Mapping[str, str]) -> Picture:
    if not row["file"]:
        raise DataInvalid(f"{place}: no file")
    if "\0" in row["file"]:
        raise DataInvalid(f"{place}: the name of a file holds a zero byte")
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
