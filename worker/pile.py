"""Collections that may grow beyond what belongs in memory: a few items are kept there, many in a file.

A job may have a million pages. What is gathered of each of them, one after the other, is gathered here,
and gone through in the same order as often as needed.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from worker.line_file import TemporaryLines

if TYPE_CHECKING:  # no help text needs it
    from pydantic import BaseModel

__all__ = ["FEW", "JsonLines", "Lines", "ModelLines", "Pile"]

#: So many items are few: they may be in memory together, and in one JSON file.
FEW = 1000

Item = TypeVar("Item")
Model = TypeVar("Model", bound="BaseModel")


class Lines(Protocol[Item]):
    """How an item is a line: bytes without a line feed."""

    def encode(self, item: Item, /) -> bytes:
        """Return the item as a line."""

    def decode(self, line: bytes, /) -> Item:
        """Return the item of a line."""


class JsonLines:
    """Items that JSON knows: text, numbers, lists and objects of these. A tuple comes back as a list."""

    def encode(self, item: Any, /) -> bytes:
        """Return the item as a line; names of files that are no UTF-8 come back as they were."""
        return json.dumps(item).encode("ascii")

    def decode(self, line: bytes, /) -> Any:
        """Return the item of a line."""
        return json.loads(line)


@dataclass(frozen=True)
class ModelLines(Generic[Model]):
    """Records of one kind, checked when they come back."""

    kind: type[Model]

    def encode(self, item: Model, /) -> bytes:
        """Return the record as a line."""
        return item.model_dump_json().encode()

    def decode(self, line: bytes, /) -> Model:
        """Return the record of a line."""
        return self.kind.model_validate_json(line)


class Pile(Collection[Item]):
    """Items in the order in which they were added: in memory while they are few, else in a temporary file.

    Parameters
    ----------
    lines : Lines
        How an item is a line of the file.
    items : iterable
        What lies on it first.
    """

    def __init__(self, lines: Lines[Item], items: Iterable[Item] = ()) -> None:
        self._lines = lines
        self._few: list[Item] = []
        self._count = 0
        self._file: TemporaryLines | None = None
        self.extend(items)

    def append(self, item: Item) -> None:
        """Add an item at the end.

        Raises
        ------
        OutputNotWritable
            There is no space for temporary files.
        """
        self._count += 1
        if self._file is not None:
            self._file.write([self._lines.encode(item) + b"\n"])
            return
        self._few.append(item)
        if self._count > FEW:
            self._file = TemporaryLines()
            self._file.write(self._lines.encode(early) + b"\n" for early in self._few)
            self._few = []

    def extend(self, items: Iterable[Item]) -> None:
        """Add items at the end."""
        for item in items:
            self.append(item)

    def raw(self) -> Iterator[bytes]:
        """Go through the items as lines, without line feeds."""
        return map(self._lines.encode, self._few) if self._file is None else self._file.read()

    def sha256(self) -> str:
        """Return that of the lines, each with its line feed."""
        digest = hashlib.sha256()
        for line in self.raw():
            digest.update(line + b"\n")
        return digest.hexdigest()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Item]:
        return iter(self._few) if self._file is None else map(self._lines.decode, self._file.read())

    def __contains__(self, item: object) -> bool:
        return any(each == item for each in self)
