"""Read directories of tags: the structure that TIFF and EXIF share.

Only what the header of a page needs: whole numbers and fractions, in both byte
orders, in classic and in big TIFF. Text and private tags are passed over.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple

from segmentation.decode_header import resolve_dpi

__all__ = ["Directory", "Entry", "Layout", "exif_header", "open_tags", "walk_directories"]

ORIENTATION: Final = 274
X_RESOLUTION: Final = 282
Y_RESOLUTION: Final = 283
RESOLUTION_UNIT: Final = 296

_UNIT_INCH = 2
_CM_PER_INCH = 2.54

#: Type code of a tag -> struct letter; fractions are read as two numbers each.
_LETTERS = {1: "B", 3: "H", 4: "L", 6: "b", 8: "h", 9: "l", 13: "L", 16: "Q", 17: "q", 18: "Q"}
_FRACTIONS = {5: "L", 10: "l"}

#: What a classic directory can have; a big one that claims more is none.
_MOST_ENTRIES = 65_535


@dataclass(frozen=True)
class Layout:
    """Byte order and widths: classic TIFF counts in 4 bytes, big TIFF in 8."""

    order: str
    is_big: bool

    @property
    def count_format(self) -> str:
        """Struct format of the number of entries."""
        return self.order + ("Q" if self.is_big else "H")

    @property
    def entry_format(self) -> str:
        """Struct format of an entry: tag, type, count, value or offset as raw bytes."""
        return self.order + ("HHQ8s" if self.is_big else "HHL4s")

    @property
    def offset_format(self) -> str:
        """Struct format of an offset into the file."""
        return self.order + ("Q" if self.is_big else "L")

    @property
    def first_offset_at(self) -> int:
        """Where the offset of the first directory stands."""
        return 8 if self.is_big else 4

    def unpack_offset(self, raw: bytes, at: int = 0) -> int:
        """Return the offset stored in `raw` at `at`."""
        return int(struct.unpack_from(self.offset_format, raw, at)[0])


class Entry(NamedTuple):
    """One tag as stored; `raw` is its value if that fits, else the value's offset."""

    tag: int
    type_code: int
    value_count: int
    raw: bytes


@dataclass(frozen=True)
class Directory:
    """One directory: a page of a TIFF, or a block of EXIF."""

    layout: Layout
    entries: dict[int, Entry]
    #: Where the offset of the next directory stands.
    end: int

    def numbers(self, data: bytes, tag: int) -> tuple[int, ...]:
        """Return the whole numbers of `tag`; empty where it is absent or of another type.

        Raises
        ------
        struct.error
            The values lie outside of `data`.
        """
        entry = self.entries.get(tag)
        letter = _LETTERS.get(entry.type_code) if entry else None
        return self._unpack(data, entry, letter, entry.value_count) if entry and letter else ()

    def number(self, data: bytes, tag: int, default: int) -> int:
        """Return the first whole number of `tag`, or `default`."""
        entry = self.entries.get(tag)
        letter = _LETTERS.get(entry.type_code) if entry else None
        # A hostile file may claim hundreds of millions of values where one is meant.
        return self._unpack(data, entry, letter, 1)[0] if entry and letter and entry.value_count else default

    def fraction(self, data: bytes, tag: int) -> float:
        """Return the first fraction of `tag`; 0.0 where there is none."""
        entry = self.entries.get(tag)
        letter = _FRACTIONS.get(entry.type_code) if entry else None
        values = self._unpack(data, entry, letter, 2) if entry and letter and entry.value_count else ()
        return float(Fraction(values[0], values[1])) if len(values) > 1 and values[1] else 0.0

    def dpi(self, data: bytes) -> float | None:
        """Return the resolution in dots per inch; None where it is not known."""
        unit = self.number(data, RESOLUTION_UNIT, _UNIT_INCH)
        if unit not in (2, 3):
            return None
        factor = 1.0 if unit == _UNIT_INCH else _CM_PER_INCH
        return resolve_dpi(
            self.fraction(data, X_RESOLUTION) * factor, self.fraction(data, Y_RESOLUTION) * factor
        )

    def orientation(self, data: bytes) -> int:
        """Return the orientation, 1 to 8; 1 where it is absent or nonsense."""
        value = self.number(data, ORIENTATION, 1)
        return value if 1 <= value <= 8 else 1

    def _unpack(self, data: bytes, entry: Entry, letter: str, count: int) -> tuple[int, ...]:
        """Return the first `count` numbers of a tag, which lie where there is room for all that it has."""
        each = struct.calcsize("=" + letter)
        stored = entry.value_count * (2 if entry.type_code in _FRACTIONS else 1)
        if each * stored <= len(entry.raw):
            return struct.unpack_from(f"{self.layout.order}{count}{letter}", entry.raw)
        offset = self.layout.unpack_offset(entry.raw)
        if offset + each * count > len(data):
            raise struct.error("values outside of the data")
        return struct.unpack_from(f"{self.layout.order}{count}{letter}", data, offset)


def open_tags(data: bytes) -> tuple[Layout, int] | None:
    """Return the layout and the offset of the first directory; None if this is no TIFF.

    Raises
    ------
    struct.error
        The header is cut short.
    """
    for mark, layout in _MARKS.items():
        if data.startswith(mark):
            return layout, layout.unpack_offset(data, layout.first_offset_at)
    return None


def walk_directories(data: bytes, layout: Layout, offset: int) -> Iterator[Directory]:
    """Yield the chained directories; a chain that runs in a circle ends.

    Raises
    ------
    struct.error
        A directory lies outside of `data`; or directories lie within each other: together they have more
        bytes than there are, and a small file of them would take hours.
    """
    seen: set[int] = set()
    left = len(data)
    while offset and offset not in seen:
        seen.add(offset)
        directory = _read_directory(data, layout, offset)
        left -= directory.end - offset
        if left < 0:
            raise struct.error("directories within each other")
        following = layout.unpack_offset(data, directory.end)
        yield directory
        offset = following


def exif_header(block: bytes) -> tuple[int, float | None]:
    """Return orientation and dpi of an EXIF block; ``(1, None)`` where it is unusable.

    A broken EXIF block is no reason to refuse a page whose pixels are sound.
    """
    block = block.removeprefix(b"Exif\0\0")
    try:
        opened = open_tags(block)
        if opened is None:
            return 1, None
        directory = _read_directory(block, *opened)
        return directory.orientation(block), directory.dpi(block)
    except struct.error:
        return 1, None


def _read_directory(data: bytes, layout: Layout, offset: int) -> Directory:
    if offset > len(data):
        # Big TIFF holds offsets beyond what struct itself takes.
        raise struct.error("directory outside of the data")
    (count,) = struct.unpack_from(layout.count_format, data, offset)
    start = offset + struct.calcsize(layout.count_format)
    size = struct.calcsize(layout.entry_format)
    if count > _MOST_ENTRIES or start + count * size > len(data):
        raise struct.error("directory outside of the data")
    entries = map(Entry._make, struct.iter_unpack(layout.entry_format, data[start : start + count * size]))
    return Directory(layout, {entry.tag: entry for entry in entries}, start + count * size)


_MARKS: Final = {
    b"II*\0": Layout("<", is_big=False),
    b"MM\0*": Layout(">", is_big=False),
    b"II+\0\x08\0\0\0": Layout("<", is_big=True),
    b"MM\0+\0\x08\0\0": Layout(">", is_big=True),
}
