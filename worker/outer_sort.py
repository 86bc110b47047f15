"""Sorting more than belongs in memory: parts are sorted there, kept in a file, and merged."""

from collections.abc import Callable, Iterator
from heapq import merge
from typing import Any

from worker.line_file import TemporaryLines
from worker.pile import JsonLines

__all__ = ["OuterSort"]

#: Items that are sorted in memory at a time; with their keys they take some megabytes.
_PART = 2000


class OuterSort:
    """Takes items in any order and gives them back in that of their keys, equal ones as they came.

    Parameters
    ----------
    key : callable
        Returns what an item is sorted by.
    """

    def __init__(self, key: Callable[[Any], Any]) -> None:
        self._key = key
        self._items: list[Any] = []
        self._file: TemporaryLines | None = None
        self._parts: list[tuple[int, int]] = []
        self._lines = JsonLines()

    def add(self, item: Any) -> None:
        """Take an item, of what JSON knows; it may come back as a list where it was a tuple.

        Raises
        ------
        OutputNotWritable
            There is no space for temporary files.
        """
        self._items.append(item)
        if len(self._items) == _PART:
            self._put_away()

    def __iter__(self) -> Iterator[Any]:
        self._items.sort(key=self._key)
        if self._file is None:
            return iter(self._items)
        parts = (map(self._lines.decode, self._file.read(*part)) for part in self._parts)
        return merge(*parts, self._items, key=self._key)

    def _put_away(self) -> None:
        """Write the items in memory to the file, sorted."""
        if self._file is None:
            self._file = TemporaryLines()
        self._items.sort(key=self._key)
        start = self._file.size_bytes
        self._file.write(self._lines.encode(item) + b"\n" for item in self._items)
        self._parts.append((start, self._file.size_bytes))
        self._items = []
