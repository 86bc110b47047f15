"""A page of a TIFF as a file of its own, which is what the decoder is given.

It holds the header, the values and pixels of that page, and its directory, in which the orientation
is left out (the decoder would undo it by itself, in some routes only) and a grey page of 4 bits is
written as a palette page (which the decoder knows, while it refuses the other). So a page costs what
it holds, and not what all the pages of its file hold.
"""

import struct
from typing import Final

from segmentation.decode_tags import ORIENTATION, Directory, Entry

__all__ = ["PIXEL_PLACES", "single_page"]

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_STRIP_OFFSETS, _STRIP_BYTES, _COLOUR_MAP, _TILE_OFFSETS, _TILE_BYTES = 273, 279, 320, 324, 325

#: Tags that say where the pixels lie, with those that say how many bytes of them.
PIXEL_PLACES: Final = {_STRIP_OFFSETS: _STRIP_BYTES, _TILE_OFFSETS: _TILE_BYTES}
#: The decoder's business is none of these: it would undo the first; the others lead to further directories.
_LEFT_OUT: Final = frozenset({ORIENTATION, 330, 34665, 34853, 40965})

_SHORT, _LONG, _LONG8 = 3, 4, 16
_PALETTE, _UNCOMPRESSED = 3, 1
#: Bytes of one value, by type code.
_VALUE_BYTES: Final = {
    1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8,
}  # fmt: skip

#: Bytes of a file that is being written, and the entries of its directory so far.
_Parts = tuple[bytearray, dict[int, Entry]]


def single_page(data: bytes, directory: Directory) -> bytes:
    """Return a TIFF of one page alone.

    Parameters
    ----------
    data : bytes
        The whole file; the page's pixels lie in it.
    directory : Directory
        Of the page.

    Raises
    ------
    struct.error
        Values of the directory lie outside of the file.
    """
    layout = directory.layout
    entries = {tag: entry for tag, entry in directory.entries.items() if tag not in _LEFT_OUT}
    # Where sizes are missing or not true, the decoder makes guesses, for which it needs the whole file.
    out, entries = _parts_of_page(data, directory, entries) or (bytearray(data), entries)
    if directory.numbers(data, _BITS) == (4,) and directory.number(data, _PHOTOMETRIC, 1) != _PALETTE:
        is_inverted = directory.number(data, _PHOTOMETRIC, 1) == 0
        _append_palette(out, directory, entries, is_inverted=is_inverted)
    out += b"\0" * (len(out) % 2)
    struct.pack_into(layout.offset_format, out, layout.first_offset_at, len(out))
    out += struct.pack(layout.count_format, len(entries))
    for _, entry in sorted(entries.items()):
        out += struct.pack(layout.entry_format, entry.tag, entry.type_code, entry.value_count, entry.raw)
    out += struct.pack(layout.offset_format, 0)
    return bytes(out)


def _parts_of_page(data: bytes, directory: Directory, entries: dict[int, Entry]) -> _Parts | None:
    """Copy header, values and pixels of the page; None where the directory is not to be relied on."""
    layout = directory.layout
    out = bytearray(data[: layout.first_offset_at + struct.calcsize(layout.offset_format)])
    copied: dict[int, Entry] = {}
    for tag, entry in entries.items():
        if entry.type_code not in _VALUE_BYTES:
            return None
        size = _VALUE_BYTES[entry.type_code] * entry.value_count
        if tag in PIXEL_PLACES:
            places = _copy_pixels(data, directory, tag, out)
            if places is None:
                return None
            letter, code = ("Q", _LONG8) if layout.is_big else ("L", _LONG)
            values = struct.pack(f"{layout.order}{len(places)}{letter}", *places)
            copied[tag] = _placed(out, directory, Entry(tag, code, len(places), b""), values)
        elif size > len(entry.raw):
            offset = layout.unpack_offset(entry.raw)
            if offset + size > len(data):
                return None
            copied[tag] = _placed(out, directory, entry, data[offset : offset + size])
        else:
            copied[tag] = entry
    return out, copied


def _copy_pixels(data: bytes, directory: Directory, tag: int, out: bytearray) -> list[int] | None:
    """Copy strips or tiles behind `out` and return where they are now; None where sizes are not true."""
    offsets, sizes = directory.numbers(data, tag), directory.numbers(data, PIXEL_PLACES[tag])
    if (
        len(sizes) != len(offsets)
        or not all(sizes)
        or not len(data) >= sum(sizes) >= _fewest(data, directory)
    ):
        return None
    places = []
    for offset, size in zip(offsets, sizes, strict=True):
        out += b"\0" * (len(out) % 2)
        places.append(len(out))
        out += data[offset : offset + size]
    return places


def _fewest(data: bytes, directory: Directory) -> int:
    """Return how many bytes the pixels fill at least, which is known only where nothing is compressed."""
    if directory.number(data, _COMPRESSION, _UNCOMPRESSED) != _UNCOMPRESSED:
        return 0
    bits = sum(directory.numbers(data, _BITS)) or 1
    return directory.number(data, _WIDTH, 0) * directory.number(data, _HEIGHT, 0) * bits // 8


def _placed(out: bytearray, directory: Directory, entry: Entry, values: bytes) -> Entry:
    """Return the entry with its values in it, or behind `out` where they do not fit."""
    layout = directory.layout
    room = struct.calcsize(layout.offset_format)
    if len(values) <= room:
        return Entry(entry.tag, entry.type_code, entry.value_count, values.ljust(room, b"\0"))
    out += b"\0" * (len(out) % 2)
    offset = struct.pack(layout.offset_format, len(out))
    out += values
    return Entry(entry.tag, entry.type_code, entry.value_count, offset)


def _append_palette(
    out: bytearray, directory: Directory, entries: dict[int, Entry], *, is_inverted: bool
) -> None:
    """Add the 16 greys as a colour map, and make `entries` use it."""
    order = directory.layout.order
    greys = [level * 0x1111 for level in range(16)]
    palette = (greys[::-1] if is_inverted else greys) * 3
    kind = struct.pack(order + "H", _PALETTE)
    entries[_PHOTOMETRIC] = _placed(out, directory, Entry(_PHOTOMETRIC, _SHORT, 1, b""), kind)
    values = struct.pack(f"{order}{len(palette)}H", *palette)
    entries[_COLOUR_MAP] = _placed(out, directory, Entry(_COLOUR_MAP, _SHORT, len(palette), b""), values)
