"""JPEG: size, dpi, orientation; whole or cut off."""

import re
import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from segmentation.decode_header import Header, resolve_dpi
from segmentation.decode_tags import exif_header
from segmentation.errors import PageUnreadable

__all__ = ["MAGIC", "payload", "read_header"]

MAGIC: Final = b"\xff\xd8\xff"

_START, _END = b"\xff\xd8", b"\xff\xd9"
_MARK = 0xFF
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_APP0, _APP1, _APP14, _COMMENT = 0xE0, 0xE1, 0xEE, 0xFE
#: What does not say how the pixels are coded: thumbnails, colour profiles, notes.
_PASSED_OVER: Final = frozenset({*range(_APP1, _APP14), 0xEF, _COMMENT})
#: Baseline, extended and progressive Huffman frames: what the decoder knows.
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
#: Lossless, hierarchical and arithmetic-coded frames.
_STRANGE_FRAMES: Final = frozenset({0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
#: A marker without content, reserved for arithmetic coders.
_BARE: Final = 0x01

#: A marker within or behind the compressed pixels; ``ff00`` is a stuffed byte there, ``ffd0-d7`` a restart.
_NEXT_MARKER: Final = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]", re.DOTALL)

_CM_PER_INCH = 2.54


class _Segment(NamedTuple):
    marker: int
    begin: int  #: the marker itself
    start: int  #: first byte of the content
    end: int  #: one behind the content


def read_header(data: bytes, page: int) -> Header:
    """Return size and quirks; `page` is always 1 here.

    Raises
    ------
    PageUnreadable
        The file ends before its frame header, or is of a sort that the decoder does not know.
    """
    jfif_dpi: float | None = None
    orientation, exif_dpi = 1, None
    for segment in _segments(data):
        content = data[segment.start : segment.end]
        if segment.marker == _APP0 and content.startswith(b"JFIF\0"):
            jfif_dpi = _jfif_dpi(content)
        elif segment.marker == _APP1 and content.startswith(b"Exif\0\0"):
            orientation, exif_dpi = exif_header(content)
        elif segment.marker in _STRANGE_FRAMES:
            raise PageUnreadable("unsupported", "lossless and arithmetic-coded JPEG is not read")
        elif segment.marker in _FRAMES:
            width, height = _frame_size(content)
            return Header(width, height, dpi=jfif_dpi or exif_dpi, orientation=orientation)
    raise PageUnreadable("truncated", "the JPEG ends before its pixels")


def payload(data: bytes, page: int) -> bytes:
    """Return the file without the junk in its header, after checking that an end follows the pixels.

    The decoder fills what is missing with grey, and says so; but it says only the first thing that
    it finds odd, and that should be no harmless one.

    Raises
    ------
    PageUnreadable
        There is no end-of-image marker: pixels are missing.
    """
    parts = [_START]
    scan: _Segment | None = None
    has_scan = False
    for segment in _segments(data):
        if scan is not None:
            # Its compressed pixels reach to the next marker; junk in between cannot be told from them.
            parts.append(data[scan.begin : segment.begin])
        if segment.marker == _END_OF_IMAGE and has_scan:
            return b"".join((*parts, _END))
        scan = segment if segment.marker == _START_OF_SCAN else None
        has_scan |= scan is not None
        if scan is None and segment.marker not in _PASSED_OVER:
            parts += (bytes((_MARK, segment.marker)), data[segment.start - 2 : segment.end])
    raise PageUnreadable("truncated", "the JPEG ends in the middle of its pixels")


def _segments(data: bytes) -> Iterator[_Segment]:
    """Yield the marker segments; behind a scan's header, its compressed pixels are skipped."""
    at = 2
    while (match := _NEXT_MARKER.search(data, at)) is not None:
        marker, at = data[match.end() - 1], match.end()
        if marker == _BARE:
            continue
        if marker == _END_OF_IMAGE:
            yield _Segment(marker, match.start(), at, at)
            return
        if at + 2 > len(data):
            return
        (length,) = struct.unpack_from(">H", data, at)
        start, at = at + 2, at + max(length, 2)
        if at > len(data):
            return
        yield _Segment(marker, match.start(), start, at)


def _frame_size(content: bytes) -> tuple[int, int]:
    if len(content) < 6:
        raise PageUnreadable("truncated", "the JPEG's frame header is cut short")
    depth, height, width = struct.unpack_from(">BHH", content)
    if depth != 8:
        raise PageUnreadable("unsupported", f"JPEG with {depth} bits a sample is not read")
    if height == 0:
        raise PageUnreadable("unsupported", "a JPEG whose header leaves its height open is not read")
    return width, height


def _jfif_dpi(content: bytes) -> float | None:
    if len(content) < 12:
        return None
    unit, horizontal, vertical = struct.unpack_from(">BHH", content, 7)
    factor = {1: 1.0, 2: _CM_PER_INCH}.get(unit, 0.0)
    return resolve_dpi(horizontal * factor, vertical * factor)
