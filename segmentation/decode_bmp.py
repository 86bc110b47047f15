"""BMP: size, dpi, transparency; whole or cut off."""

import struct
from typing import Final

from segmentation.decode_header import METRES_PER_INCH, Header, Route, resolve_dpi
from segmentation.errors import PageUnreadable

__all__ = ["MAGIC", "payload", "read_header"]

MAGIC: Final = b"BM"

_FILE_HEADER_BYTES = 14
_CORE_HEADER_BYTES = 12
_HEADER_SIZES: Final = frozenset({12, 40, 52, 56, 64, 108, 124})
_DEPTHS: Final = frozenset({1, 4, 8, 16, 24, 32})
_UNCOMPRESSED, _BITFIELDS = 0, 3
#: Uncompressed, run lengths of 8 and 4 bits, bit fields.
_COMPRESSIONS: Final = frozenset({0, 1, 2, 3, 6})
#: Where a header of version 3 and later states the mask of the alpha bits.
_ALPHA_MASK_AT = _FILE_HEADER_BYTES + 52


def read_header(data: bytes, page: int) -> Header:
    """Return size and quirks; `page` is always 1 here.

    Raises
    ------
    PageUnreadable
        The header is cut short, or of a sort that the decoder does not know.
    """
    size = _header_size(data)
    if size == _CORE_HEADER_BYTES:
        width, height, _, depth = struct.unpack_from("<HHHH", data, 18)
        compression, horizontal, vertical = _UNCOMPRESSED, 0, 0
    else:
        width, height, _, depth, compression, _, horizontal, vertical = struct.unpack_from(
            "<llHHLLll", data, 18
        )
    if depth not in _DEPTHS or compression not in _COMPRESSIONS:
        raise PageUnreadable("unsupported", f"BMP of {depth} bits, compression {compression}, is not read")
    # A negative height means that the rows are stored from the top.
    return Header(
        width,
        abs(height),
        dpi=resolve_dpi(horizontal * METRES_PER_INCH, vertical * METRES_PER_INCH),
        route=Route.AS_STORED if _has_alpha(data, size, depth, compression) else Route.PLAIN,
    )


def payload(data: bytes, page: int) -> bytes:
    """Return `data` after checking that all rows are there.

    Raises
    ------
    PageUnreadable
        Rows are missing.
    """
    size = _header_size(data)
    (offset,) = struct.unpack_from("<L", data, 10)
    if size == _CORE_HEADER_BYTES:
        width, height, _, depth = struct.unpack_from("<HHHH", data, 18)
        compression = _UNCOMPRESSED
    else:
        width, height, _, depth, compression = struct.unpack_from("<llHHL", data, 18)
    row_bytes = (width * depth + 31) // 32 * 4
    is_plain = compression in (_UNCOMPRESSED, _BITFIELDS)
    if is_plain and offset + row_bytes * abs(height) > len(data):
        raise PageUnreadable("truncated", "the BMP ends in the middle of its pixels")
    return data


def _header_size(data: bytes) -> int:
    if len(data) < _FILE_HEADER_BYTES + _CORE_HEADER_BYTES:
        raise PageUnreadable("truncated", "the BMP header is cut short")
    (size,) = struct.unpack_from("<L", data, _FILE_HEADER_BYTES)
    if size not in _HEADER_SIZES:
        raise PageUnreadable("not-an-image", "the file starts like a BMP but has no header")
    if len(data) < _FILE_HEADER_BYTES + size:
        raise PageUnreadable("truncated", "the BMP header is cut short")
    return int(size)


def _has_alpha(data: bytes, size: int, depth: int, compression: int) -> bool:
    """Tell whether the fourth byte of a pixel is meant: older headers leave it undefined."""
    if size < 56 or size == 64 or depth != 32 or compression != _BITFIELDS:
        return False
    return struct.unpack_from("<L", data, _ALPHA_MASK_AT) != (0,)
