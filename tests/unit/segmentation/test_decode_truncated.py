"""A file cut short is an error wherever it was cut, and none where the pixels are whole."""

import numpy as np
import pytest

from segmentation.errors import PageUnreadable
from segmentation.page import decode_page
from tests import builders
from tests.builders import encoded, sample
from tests.builders_pdf import pdf

NOISE = np.random.default_rng(7).integers(0, 256, (40, 60), dtype=np.uint8)

FILES = {
    "png": encoded(NOISE, "png"),
    "jpeg": builders.jpeg(NOISE),
    "progressive": encoded(NOISE, "jpg", 2, 1),
    "bmp": encoded(NOISE, "bmp"),
    "webp": encoded(NOISE, "webp", 64, 101),
    "lossy webp": encoded(NOISE, "webp", 64, 60),
    "tiff": builders.tiff_page(NOISE.tobytes()),
    "pdf": pdf([NOISE]),
}

#: Bytes at the end that hold no pixels: PNG's end chunk, JPEG's restored length, padding.
IDLE_TAIL = {"png": 12, "webp": 1, "lossy webp": 1, "pdf": 2}


@pytest.mark.parametrize("kind", FILES)
def test_no_cut_gives_a_page(kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    data = FILES[kind]
    decode_page(data)
    for length in range(24, len(data) - IDLE_TAIL.get(kind, 0), max(1, len(data) // 60)):
        with pytest.raises(PageUnreadable) as caught:
            decode_page(data[:length])
        assert caught.value.code == "truncated", length
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("kind", FILES)
def test_junk_behind_the_end_does_no_harm(kind: str) -> None:
    whole = decode_page(FILES[kind]).pixels
    assert np.array_equal(decode_page(FILES[kind] + b"\xff\xd9junk\0" * 9).pixels, whole)


@pytest.mark.parametrize("missing", range(1, 13))
def test_a_png_without_its_end_chunk_is_whole(missing: int) -> None:
    assert np.array_equal(decode_page(FILES["png"][:-missing]).pixels, NOISE)


def test_a_thumbnail_does_not_end_a_jpeg() -> None:
    """EXIF blocks hold small JPEGs, whose end marks are not the end of the page."""
    thumbnail = builders.jpeg(sample(8, 8))
    block = b"Exif\0\0" + builders.exif_block(1) + thumbnail
    head = b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block
    data = FILES["jpeg"][:2] + head + FILES["jpeg"][2:]
    decode_page(data)
    with pytest.raises(PageUnreadable) as caught:
        decode_page(data[: len(head) + 900])
    assert caught.value.code == "truncated"


def test_a_damaged_png_is_found_by_its_checksum(capfd: pytest.CaptureFixture[str]) -> None:
    data = bytearray(FILES["png"])
    data[len(data) // 2] ^= 0x20
    with pytest.raises(PageUnreadable) as caught:
        decode_page(bytes(data))
    assert caught.value.code == "truncated"
    assert capfd.readouterr().err == ""


def test_a_pdf_without_its_end_is_not_read_as_if_it_were_whole() -> None:
    """PDFium would rebuild the document, and show the pages that are gone as blank."""
    data = pdf(3)
    with pytest.raises(PageUnreadable) as caught:
        decode_page(data[: len(data) // 2])
    assert caught.value.code == "truncated"
    padded = decode_page(data + bytes(5000), page=3)
    assert np.array_equal(padded.pixels, decode_page(data, page=3).pixels)
