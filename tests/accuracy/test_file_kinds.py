"""The reader that is shipped reads one page alike, whatever file it comes in."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from model.synth.digits import DigitSource
from model.synth.page import make_page
from segmentation.page import DecodeLimits, decode_page
from tests import builders, builders_pdf
from worker.reader import Reader, load_reader

#: A page of lines.
DRAWN = make_page(np.random.default_rng(4), DigitSource.builtin(), "clean")
DPI = 200

Sheet = NDArray[np.uint8]


def _transparent(page: Sheet) -> bytes:
    """Black ink of varying opacity on nothing."""
    ink = np.zeros((*page.shape, 4), np.uint8)
    ink[..., 3] = 255 - page
    return builders.encoded(ink, "png")


def _turned(page: Sheet) -> bytes:
    """The page as a camera held upright stores it: on its side, with a note how to turn it."""
    return builders.exif_jpeg(6, np.ascontiguousarray(np.rot90(page)))


def _second_page(page: Sheet) -> bytes:
    ok, data = cv2.imencodemulti(".tiff", [np.full_like(page, 255), page])
    assert ok
    return bytes(data.tobytes())


FILES: dict[str, tuple[Callable[[Sheet], bytes], int]] = {
    "white on black": (lambda page: builders.encoded(255 - page, "png"), 1),
    "EXIF-rotated JPEG": (_turned, 1),
    "16 bit": (builders.png16, 1),
    "alpha": (_transparent, 1),
    "CMYK": (lambda page: builders.cmyk_jpeg(np.dstack([page] * 3)), 1),
    "BMP": (lambda page: builders.encoded(page, "bmp"), 1),
    "WebP": (lambda page: builders.encoded(page, "webp", cv2.IMWRITE_WEBP_QUALITY, 101), 1),
    "second page of a TIFF": (_second_page, 2),
    "PDF": (lambda page: builders_pdf.pdf([page], dpi=DPI), 1),
}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def _read(reader: Reader, data: bytes, page: int) -> list[list[str]]:
    decoded = decode_page(data, page=page, limits=DecodeLimits(pdf_dpi=DPI))
    lines: dict[int, list[str]] = {}
    for number in reader.read_page(decoded).numbers:
        lines.setdefault(number.line, []).append(number.text)
    return list(lines.values())


def test_the_plain_page_is_read_without_a_mistake(reader: Reader) -> None:
    truth = [[number.text for number in row] for row in DRAWN.rows]
    assert _read(reader, builders.encoded(DRAWN.grey, "png"), 1) == truth


@pytest.mark.parametrize("kind", FILES)
def test_any_file_of_it_is_read_alike(reader: Reader, kind: str) -> None:
    make, page = FILES[kind]
    truth = [[number.text for number in row] for row in DRAWN.rows]
    assert _read(reader, make(DRAWN.grey), page) == truth
