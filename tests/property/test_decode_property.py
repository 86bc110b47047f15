"""No bytes whatever make the decoder raise anything but its own error."""

import contextlib

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.errors import PageUnreadable
from segmentation.page import DecodeLimits, count_pages, decode_page
from tests import builders
from tests.builders import encoded, png_chunk, png_with, sample
from tests.builders_pdf import drawn_pdf, password_pdf

#: Small, so that a mutated header cannot make a test slow.
LIMITS = DecodeLimits(max_pixels=400_000, max_pages=20, pdf_dpi=72)

SEEDS = [
    png_with(sample(), png_chunk(b"eXIf", builders.exif_block(6, dpi=300))),
    builders.rgba_png(),
    builders.exif_jpeg(3, dpi=72),
    builders.cmyk_jpeg(),
    encoded(sample(), "bmp"),
    encoded(builders.colour_sample(), "webp"),
    encoded(np.dstack([builders.colour_sample(), sample()]), "webp"),
    builders.multi_page_tiff(2),
    builders.tiff_page(sample().tobytes(), (274, 3, [5]), (282, 5, [300, 1]), (283, 5, [300, 1])),
    drawn_pdf(),
    password_pdf(),
]

MAGICS = [
    b"",
    builders.PNG_MAGIC,
    b"\xff\xd8\xff",
    b"II*\0\x08\0\0\0",
    b"MM\0+\0\x08\0\0",
    b"BM",
    b"RIFF\0\0\0\0WEBP",
    b"%PDF-1.4\n",
]


def read_somehow(data: bytes) -> None:
    """Read the first page; a page or the one error, nothing else."""
    with contextlib.suppress(PageUnreadable):
        assert count_pages(data, limits=LIMITS) >= 1
    with contextlib.suppress(PageUnreadable):
        page = decode_page(data, limits=LIMITS)
        assert page.pixels.dtype == np.uint8
        assert page.pixels.ndim == 2
        assert page.pixels.size <= LIMITS.max_pixels
        assert 1 <= page.orientation <= 8
        assert page.dpi is None or page.dpi > 1


@given(st.sampled_from(MAGICS), st.binary(max_size=200))
@settings(max_examples=150)
def test_random_bytes(magic: bytes, tail: bytes) -> None:
    read_somehow(magic + tail)


@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 199), st.integers(0, 255)), min_size=1, max_size=6),
)
@settings(max_examples=150)
def test_mutated_headers(seed: bytes, changes: list[tuple[int, int]]) -> None:
    data = bytearray(seed)
    for at, value in changes:
        data[at % len(data)] = value
    read_somehow(bytes(data))


@given(st.sampled_from(SEEDS), st.data())
@settings(max_examples=100)
def test_pieces_taken_out(seed: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(seed)))
    end = data.draw(st.integers(start, len(seed)))
    read_somehow(seed[:start] + seed[end:])
