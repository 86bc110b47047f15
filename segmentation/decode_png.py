"""PNG: size, dpi, orientation, transparency; whole or cut off."""

import struct
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from segmentation.decode_header import METRES_PER_INCH, Header, Route, resolve_dpi
from segmentation.decode_tags import exif_header
from segmentation.errors import PageUnreadable

__all__ = ["MAGIC", "payload", "read_header"]

MAGIC: Final = b"\x89PNG\r\n\x1a\n"

_GREY, _GREY_ALPHA, _RGBA = 0, 4, 6
_UNIT_METRE = 1
_END: Final = struct.pack(">L4sL", 0, b"IEND", zlib.crc32(b"IEND"))


class _Chunk(NamedTuple):
    name: bytes
    start: int  #: first byte of the content
    end: int  #: one behind the content, before the checksum
    is_whole: bool  #: content and checksum lie within the data


def read_header(data: bytes, page: int) -> Header:
    """Return size and quirks; `page` is always 1 here.

    Raises
    ------
    PageUnreadable
        The header is cut short or no header.
    """
    chunks = _chunks(data)
    first = next(chunks, None)
    if first is None or not first.is_whole:
        raise PageUnreadable("truncated", "the PNG header is cut short")
    if first.name != b"IHDR" or first.end - first.start != 13:
        raise PageUnreadable("not-an-image", "the file starts like a PNG but has no header")
    width, height, depth, colour = struct.unpack_from(">LLBB", data, first.start)
    extras = _extras(data, chunks)
    has_alpha = colour in (_GREY_ALPHA, _RGBA) or b"tRNS" in extras
    orientation, exif_dpi = exif_header(extras.get(b"eXIf", b""))
    return Header(
        width,
        height,
        dpi=_dpi(extras.get(b"pHYs", b"")) or exif_dpi,
        orientation=orientation,
        route=Route.AS_STORED if has_alpha or depth == 16 else Route.PLAIN,
        transparent_grey=_transparent_grey(extras.get(b"tRNS", b""), depth) if colour == _GREY else None,
    )


def payload(data: bytes, page: int) -> bytes:
    """Return the bytes to decode, after checking that the pixel data are whole.

    A missing end chunk does no harm as long as the pixels are there: it is put back.
    Checksums are checked here, because the decoder would complain on stderr.

    Raises
    ------
    PageUnreadable
        Pixel data are missing or damaged.
    """
    pixels_end = 0
    for chunk in _chunks(data):
        if chunk.name == b"IEND" and chunk.is_whole:
            break
        if chunk.name == b"IDAT":
            if not chunk.is_whole:
                raise PageUnreadable("truncated", "the PNG ends in the middle of its pixels")
            if not _is_intact(data, chunk):
                raise PageUnreadable("truncated", "the pixels of the PNG are damaged (wrong checksum)")
            pixels_end = chunk.end + 4
    else:
        if not pixels_end:
            raise PageUnreadable("truncated", "the PNG ends before its pixels")
        return data[:pixels_end] + _END
    if not pixels_end:
        raise PageUnreadable("truncated", "the PNG holds no pixels")
    return data


def _chunks(data: bytes) -> Iterator[_Chunk]:
    at = len(MAGIC)
    while at + 8 <= len(data):
        length, name = struct.unpack_from(">L4s", data, at)
        start, end = at + 8, at + 8 + length
        yield _Chunk(name, start, min(end, len(data)), is_whole=end + 4 <= len(data))
        at = end + 4


def _extras(data: bytes, chunks: Iterator[_Chunk]) -> dict[bytes, bytes]:
    """Return the contents of the side chunks that matter here."""
    wanted = (b"pHYs", b"eXIf", b"tRNS")
    return {c.name: data[c.start : c.end] for c in chunks if c.name in wanted and c.is_whole}


def _is_intact(data: bytes, chunk: _Chunk) -> bool:
    (stated,) = struct.unpack_from(">L", data, chunk.end)
    return bool(zlib.crc32(memoryview(data)[chunk.start - 4 : chunk.end]) == stated)


def _dpi(content: bytes) -> float | None:
    if len(content) != 9 or content[8] != _UNIT_METRE:
        return None
    horizontal, vertical = struct.unpack_from(">LL", content)
    return resolve_dpi(horizontal * METRES_PER_INCH, vertical * METRES_PER_INCH)


def _transparent_grey(content: bytes, depth: int) -> int | None:
    if len(content) != 2:
        return None
    (value,) = struct.unpack(">H", content)
    return int(min(value * 255 // (2**depth - 1), 255))
