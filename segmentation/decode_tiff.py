"""TIFF: pages, and of each its size, dpi, orientation, transparency; whole or cut off.

A page is handed to the decoder as a file of its own, made by :mod:`segmentation.decode_tiff_page`.
"""

import struct
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Final

from segmentation.decode_header import Header, Route
from segmentation.decode_tags import Directory, open_tags, walk_directories
from segmentation.decode_tiff_page import PIXEL_PLACES, single_page
from segmentation.errors import PageUnreadable

__all__ = ["is_tiff", "page_count", "payload", "read_header"]

_SUBFILE_TYPE, _WIDTH, _HEIGHT = 254, 256, 257
_BITS, _COMPRESSION, _SAMPLES = 258, 259, 277
_EXTRA_SAMPLES, _SAMPLE_FORMAT = 338, 339

_UNSIGNED = 1
#: Reduced copies (1) and transparency masks (4) of another page are no pages.
_NO_PAGE_BITS = 1 | 4
#: Alpha that the colours were multiplied by, and alpha that they were not.
_ALPHA_SAMPLES: Final = (1, 2)
#: None, fax (1-D, group 3, group 4), LZW, JPEG, deflate (both codes), PackBits.
_COMPRESSIONS: Final = frozenset({1, 2, 3, 4, 5, 7, 8, 32773, 32946})
_DEPTHS: Final = frozenset({1, 4, 8, 16})
_DEFLATE: Final = frozenset({8, 32946})
#: Of what comes out of a compressed strip, so much is looked at in one go.
_INFLATED_BYTES: Final = 2**20


def is_tiff(data: bytes) -> bool:
    """Tell whether the first bytes are those of a TIFF, cut short or not."""
    return data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def page_count(data: bytes, *, at_most: int) -> int:
    """Return the number of pages; counting ends one behind `at_most`.

    Raises
    ------
    PageUnreadable
        The chain of directories leads out of the file.
    """
    return sum(1 for _ in islice(_pages(data), at_most + 1))


def read_header(data: bytes, page: int) -> Header:
    """Return size and quirks of `page`, counted from 1.

    Raises
    ------
    PageUnreadable
        There is no such page, its directory is broken, or it is of a sort that the decoder does not know.
    """
    directory = _page(data, page)
    try:
        return _header(data, directory)
    except struct.error:
        raise PageUnreadable("truncated", "the TIFF ends in the middle of a page's header") from None


def payload(data: bytes, page: int) -> bytes:
    """Return a TIFF of `page` alone, after checking that its pixel data are whole.

    Raises
    ------
    PageUnreadable
        Pixel data are missing.
    """
    directory = _page(data, page)
    try:
        _check_whole(data, directory)
        return single_page(data, directory)
    except struct.error:
        raise PageUnreadable("truncated", "the TIFF ends in the middle of a page's header") from None


def _page(data: bytes, page: int) -> Directory:
    number = 0
    for number, directory in enumerate(_pages(data), start=1):
        if number == page:
            return directory
    raise PageUnreadable("no-such-page", f"page {page} was asked for, the TIFF has {number}")


def _pages(data: bytes) -> Iterator[Directory]:
    """Yield the directories of the pages, one in memory at a time."""
    found = False
    try:
        opened = open_tags(data)
        for directory in walk_directories(data, *opened) if opened else ():
            if not directory.number(data, _SUBFILE_TYPE, 0) & _NO_PAGE_BITS:
                found = True
                yield directory
    except struct.error:
        raise PageUnreadable("truncated", "the TIFF's chain of pages leads out of the file") from None
    if not found:
        raise PageUnreadable("truncated", "the TIFF holds no page")


def _header(data: bytes, directory: Directory) -> Header:
    width, height = directory.number(data, _WIDTH, 0), directory.number(data, _HEIGHT, 0)
    depths = set(directory.numbers(data, _BITS)) or {1}
    compression = directory.number(data, _COMPRESSION, 1)
    if compression not in _COMPRESSIONS:
        raise PageUnreadable("unsupported", f"TIFF compression {compression} is not read")
    if not depths <= _DEPTHS or directory.number(data, _SAMPLE_FORMAT, _UNSIGNED) != _UNSIGNED:
        bits = ", ".join(map(str, sorted(depths)))
        raise PageUnreadable("unsupported", f"TIFF with samples of {bits} bits of this sort is not read")
    has_alpha = any(sample in _ALPHA_SAMPLES for sample in directory.numbers(data, _EXTRA_SAMPLES))
    if has_alpha and directory.number(data, _SAMPLES, 1) != 4:
        raise PageUnreadable("unsupported", "TIFF with transparency is read in RGB only")
    return Header(
        width,
        height,
        dpi=directory.dpi(data),
        orientation=directory.orientation(data),
        route=Route.PREMULTIPLIED if has_alpha else Route.PLAIN,
    )


def _check_whole(data: bytes, directory: Directory) -> None:
    for offsets_tag, sizes_tag in PIXEL_PLACES.items():
        offsets = directory.numbers(data, offsets_tag)
        sizes = directory.numbers(data, sizes_tag) or (0,) * len(offsets)
        if any(offset + size > len(data) for offset, size in zip(offsets, sizes, strict=False)):
            raise PageUnreadable("truncated", "the TIFF ends in the middle of its pixels")
        if directory.number(data, _COMPRESSION, 1) in _DEFLATE:
            left = 2 * _pixel_bytes(data, directory) + _INFLATED_BYTES
            for offset, size in sorted(set(zip(offsets, sizes, strict=False))):
                left -= _check_sum(data[offset : offset + size], left)


def _pixel_bytes(data: bytes, directory: Directory) -> int:
    """Return how many bytes the pixels of a page have, unpacked."""
    width, height = directory.number(data, _WIDTH, 0), directory.number(data, _HEIGHT, 0)
    bits = max(directory.numbers(data, _BITS), default=1)
    return width * height * directory.number(data, _SAMPLES, 1) * bits // 8


def _check_sum(strip: bytes, most: int) -> int:
    """Check the checksum behind a deflated strip, which the decoder never gets to; one may be missing.

    Returns how many bytes came out. No more than `most` are looked at: what a strip holds beyond the
    pixels of its page is nobody's, and could go on for ever.
    """
    inflater = zlib.decompressobj()
    unpacked = 0
    try:
        while strip and not inflater.eof and unpacked < most:
            unpacked += len(inflater.decompress(strip, _INFLATED_BYTES))
            strip = inflater.unconsumed_tail
    except zlib.error:
        raise PageUnreadable("truncated", "the pixels of the TIFF are damaged (wrong checksum)") from None
    return unpacked
