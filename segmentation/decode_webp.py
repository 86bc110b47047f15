"""WebP: size, orientation, transparency; whole or cut off."""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from segmentation.decode_header import Header, Route
from segmentation.decode_tags import exif_header
from segmentation.errors import PageUnreadable

__all__ = ["is_webp", "payload", "read_header"]

_FIRST_CHUNK_AT = 12
_PIXELS: Final = (b"VP8 ", b"VP8L", b"ANMF")
_LOSSY_START = b"\x9d\x01\x2a"
_LOSSLESS_START = 0x2F
_ALPHA_FLAG = 0x10


class _Chunk(NamedTuple):
    name: bytes
    content: bytes
    is_whole: bool


def is_webp(data: bytes) -> bool:
    """Tell a WebP from other RIFF files."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def read_header(data: bytes, page: int) -> Header:
    """Return size and quirks; `page` is always 1 here: of an animation the first frame.

    Raises
    ------
    PageUnreadable
        The header is cut short or no header.
    """
    chunks = list(_chunks(data))
    if not chunks:
        raise PageUnreadable("truncated", "the WebP header is cut short")
    try:
        width, height, has_alpha = _size(chunks[0])
    except (struct.error, IndexError):
        raise PageUnreadable("truncated", "the WebP header is cut short") from None
    blocks = [chunk.content for chunk in chunks if chunk.name == b"EXIF" and chunk.is_whole]
    orientation, dpi = exif_header(blocks[0]) if blocks else (1, None)
    route = Route.AS_STORED if has_alpha else Route.PLAIN
    return Header(width, height, dpi=dpi, orientation=orientation, route=route)


def payload(data: bytes, page: int) -> bytes:
    """Return `data` after checking that the pixel data are whole.

    Raises
    ------
    PageUnreadable
        Pixel data are missing.
    """
    for chunk in _chunks(data):
        if chunk.name in _PIXELS and chunk.is_whole:
            return data
        if not chunk.is_whole:
            break
    raise PageUnreadable("truncated", "the WebP ends in the middle of its pixels")


def _chunks(data: bytes) -> Iterator[_Chunk]:
    at = _FIRST_CHUNK_AT
    while at + 8 <= len(data):
        name, length = struct.unpack_from("<4sL", data, at)
        end = at + 8 + length
        yield _Chunk(name, data[at + 8 : end], is_whole=end <= len(data))
        at = end + length % 2


def _size(chunk: _Chunk) -> tuple[int, int, bool]:
    """Return width, height and whether there is alpha, from the first chunk."""
    content = chunk.content
    if chunk.name == b"VP8X":
        width = int.from_bytes(content[4:7], "little") + 1
        height = int.from_bytes(content[7:10], "little") + 1
        if len(content) < 10:
            raise IndexError
        return width, height, bool(content[0] & _ALPHA_FLAG)
    if chunk.name == b"VP8L" and content[0] == _LOSSLESS_START:
        (bits,) = struct.unpack_from("<L", content, 1)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
    if chunk.name == b"VP8 " and content[3:6] == _LOSSY_START:
        width, height = struct.unpack_from("<HH", content, 6)
        return width & 0x3FFF, height & 0x3FFF, False
    if chunk.is_whole:
        raise PageUnreadable("not-an-image", "the file starts like a WebP but has no header")
    raise IndexError
