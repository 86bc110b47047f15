"""What the mutations begin with: small files of every kind, all of them drawn or written here."""

import re

import cv2
import numpy as np

from tests import builders, builders_pdf
from tests.builders import encoded, png_chunk, png_with

__all__ = ["KINDS", "pictures"]

#: Every decoder.
KINDS = ("png", "jpeg", "tiff", "pdf", "webp", "bmp")


def pictures(kind: str) -> list[bytes]:
    """Return the files of a kind that the mutations begin with."""
    return {"png": _png, "jpeg": _jpeg, "tiff": _tiff, "pdf": _pdf, "webp": _webp, "bmp": _bmp}[kind]()


def _png() -> list[bytes]:
    grey, colour = builders.sample(), builders.colour_sample()
    indexed = builders.png(
        60, 40, builders.png_rows(grey // 64), colour=3, extras=[png_chunk(b"PLTE", bytes(range(12)))]
    )
    return [
        png_with(grey, png_chunk(b"eXIf", builders.exif_block(6, dpi=300)), png_chunk(b"pHYs", bytes(9))),
        png_with(
            grey, png_chunk(b"tRNS", b"\0\5"), png_chunk(b"tEXt", b"a\0b"), png_chunk(b"iCCP", b"a\0\0x")
        ),
        png_with(grey, png_chunk(b"acTL", b"\0\0\0\2\0\0\0\0"), png_chunk(b"fcTL", bytes(26))),
        indexed,
        builders.png16(),
        builders.rgba_png(),
        encoded(colour, "png"),
    ]


def _jpeg() -> list[bytes]:
    colour = builders.colour_sample()
    return [
        builders.exif_jpeg(3, dpi=72),
        builders.cmyk_jpeg(),
        encoded(colour, "jpg"),
        encoded(colour, "jpg", cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
        encoded(colour, "jpg", cv2.IMWRITE_JPEG_RST_INTERVAL, 2),
    ]


def _tiff() -> list[bytes]:
    grey = builders.sample()
    compressed = [encoded(grey, "tiff", cv2.IMWRITE_TIFF_COMPRESSION, code) for code in (1, 5, 8, 32773)]
    return [
        *compressed,
        *(_fax(scheme, lines) for scheme, lines in _FAXES.items()),
        encoded(builders.colour_sample(), "tiff", cv2.IMWRITE_TIFF_COMPRESSION, 7),
        builders.multi_page_tiff(3),
        builders.tiff_page(grey.tobytes(), (274, 3, [5]), (282, 5, [300, 1]), (283, 5, [300, 1])),
        builders.tiff_page(grey.tobytes(), order=">"),
    ]


def _pdf() -> list[bytes]:
    return [
        _timeless(builders_pdf.pdf(2)),
        builders_pdf.drawn_pdf(),
        builders_pdf.password_pdf(),
        builders_pdf.password_pdf(""),
        builders_pdf.scanned_pdf(builders.jpeg()),
        builders_pdf.nested_pdf(2),
    ]


def _timeless(data: bytes) -> bytes:
    """Take out of a PDF when it was made, and by which number it is known."""
    dated = re.sub(rb"D:[0-9]{14}", b"D:20260101000000", data)
    return re.sub(rb"<[0-9A-F]{32}>", b"<" + b"0" * 32 + b">", dated)


def _webp() -> list[bytes]:
    grey, colour = builders.sample(), builders.colour_sample()
    return [
        encoded(colour, "webp", cv2.IMWRITE_WEBP_QUALITY, 60),
        encoded(colour, "webp", cv2.IMWRITE_WEBP_QUALITY, 101),
        encoded(np.dstack([colour, grey]), "webp"),
    ]


def _bmp() -> list[bytes]:
    return [
        encoded(builders.sample(), "bmp"),
        encoded(builders.colour_sample(), "bmp"),
        encoded(np.dstack([builders.colour_sample(), builders.sample()]), "bmp"),
    ]


#: White pages in black and white, by compression: runs of 24 white pixels, and the code for five lines alike.
_FAXES = {2: b"\x28" * 6, 3: (b"\0\x12\x80" * 5) + b"\0\x10\x01", 4: b"\xff" * 5 + b"\0\x10\x01"}


def _fax(scheme: int, lines: bytes) -> bytes:
    return builders.tiff_page(lines, (259, 3, [scheme]), bits=(1,), photometric=0, size=(24, 5))
