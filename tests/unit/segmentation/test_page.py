"""Files become pages: the kind by content, limits before pixels, one error for all that is wrong."""

import subprocess
import sys
import textwrap
from collections.abc import Callable

import numpy as np
import pytest

from segmentation import decode_tiff
from segmentation.errors import PageUnreadable
from segmentation.page import DecodeLimits, Page, count_pages, decode_page
from tests import builders
from tests.builders import encoded, sample
from tests.builders_pdf import drawn_pdf, password_pdf, pdf

DEFAULTS = DecodeLimits()


def code_of(data: bytes, *, page: int = 1, limits: DecodeLimits = DEFAULTS) -> str:
    with pytest.raises(PageUnreadable) as caught:
        decode_page(data, page=page, limits=limits)
    assert "\n" not in caught.value.message
    return caught.value.code


def assert_like(page: Page, expected: builders.Pixels, *, tolerance: int) -> None:
    assert page.pixels.dtype == np.uint8
    assert page.pixels.flags.c_contiguous
    assert (page.height, page.width) == expected.shape
    assert np.abs(page.pixels.astype(int) - expected).max() <= tolerance


@pytest.mark.parametrize(
    ("kind", "data", "tolerance"),
    [
        ("png", encoded(sample(), "png"), 0),
        ("jpeg", builders.jpeg(), 4),
        ("bmp", encoded(sample(), "bmp"), 0),
        ("webp", encoded(sample(), "webp", 64, 101), 0),
        ("tiff", encoded(sample(), "tiff"), 0),
    ],
)
def test_every_raster_kind_is_read(kind: str, data: bytes, tolerance: int) -> None:
    page = decode_page(data)
    assert page.kind == kind
    assert page.orientation == 1
    assert_like(page, sample(), tolerance=tolerance)
    assert count_pages(data) == 1


def test_a_page_of_a_tiff_is_decoded_without_the_pixels_of_the_others() -> None:
    data = builders.multi_page_tiff(pages=8)
    alone = [len(decode_tiff.payload(data, page)) for page in range(1, 9)]
    assert sum(alone) < 1.5 * len(data)


def test_pages_of_a_tiff_are_read_one_by_one() -> None:
    data = builders.multi_page_tiff(pages=3)
    assert count_pages(data) == 3
    for number in (3, 1, 2):
        darker = np.maximum(sample().astype(int) - 20 * (number - 1), 0)
        assert_like(decode_page(data, page=number), darker.astype(np.uint8), tolerance=0)


def test_pages_of_a_pdf_are_rendered_at_the_stated_dpi() -> None:
    data = pdf(2, dpi=72)
    assert count_pages(data) == 2
    second = decode_page(data, page=2, limits=DecodeLimits(pdf_dpi=72))
    assert second.dpi == 72.0
    assert_like(second, np.maximum(sample().astype(int) - 20, 0).astype(np.uint8), tolerance=1)
    assert decode_page(data, limits=DecodeLimits(pdf_dpi=144)).pixels.shape == (80, 120)


def test_pdf_drawings_are_black_on_white() -> None:
    page = decode_page(drawn_pdf(72, 36), limits=DecodeLimits(pdf_dpi=72))
    assert page.kind == "pdf"
    assert (page.pixels[:, :35] == 0).all()
    assert (page.pixels[:, 37:] == 255).all()


def test_a_pdf_that_only_its_owner_locked_is_read() -> None:
    page = decode_page(password_pdf(""), limits=DecodeLimits(pdf_dpi=72))
    assert (page.pixels[18, 10], page.pixels[18, 60]) == (0, 255)


def test_a_blank_page_is_a_page() -> None:
    assert (decode_page(builders.blank_png()).pixels == 255).all()


@pytest.mark.parametrize(
    ("builder", "code"),
    [
        (builders.text_named_png, "not-an-image"),
        (builders.empty_file, "empty-file"),
        (builders.truncated_png, "truncated"),
        (builders.truncated_jpeg, "truncated"),
        (builders.bomb_png, "too-large"),
        (password_pdf, "password-protected"),
    ],
)
def test_bad_files_have_their_codes(builder: Callable[[], bytes], code: str) -> None:
    assert code_of(builder()) == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"BM, they say, is a fine company to work for", "not-an-image"),
        (b"RIFF\x04\0\0\0WAVE", "not-an-image"),
        (b"%PDF-1.7\nbroken all over\n%%EOF", "not-an-image"),
        (b"GIF89a\1\0\1\0", "unsupported"),
        (b"\0\0\0\x18ftypheic", "unsupported"),
    ],
)
def test_other_content_is_told_apart(data: bytes, code: str) -> None:
    assert code_of(data) == code


@pytest.mark.parametrize(
    "data", [encoded(sample(), "png"), builders.multi_page_tiff(2), pdf(2)], ids=["png", "tiff", "pdf"]
)
@pytest.mark.parametrize("page", [0, 3])
def test_pages_that_are_not_there(data: bytes, page: int) -> None:
    assert code_of(data, page=page) == "no-such-page"


def huge(kind: str) -> bytes:
    """A small file whose header claims 60,000 x 60,000 pixels."""
    side = 60_000
    if kind == "tiff":
        return builders.tiff_page(b"\0", size=(side, side))
    small = encoded(sample(), kind, *([64, 101] if kind == "webp" else []))
    width, height = sample().shape[1], sample().shape[0]
    if kind == "bmp":
        return small[:18] + side.to_bytes(4, "little") * 2 + small[26:]
    if kind == "jpg":
        stated = height.to_bytes(2, "big") + width.to_bytes(2, "big")
        return small.replace(stated, side.to_bytes(2, "big") * 2, 1)
    extended = b"\0\0\0\0" + (side - 1).to_bytes(3, "little") * 2
    return small[:12] + b"VP8X\x0a\0\0\0" + extended + small[12:]


@pytest.mark.parametrize("kind", ["bmp", "jpg", "tiff", "webp"])
def test_claims_of_a_huge_page_are_refused_unseen(kind: str) -> None:
    assert code_of(huge(kind)) == "too-large"


def test_a_pdf_page_too_large_at_the_stated_dpi_is_refused() -> None:
    data = drawn_pdf(14_000, 14_000)
    assert code_of(data, limits=DecodeLimits(pdf_dpi=300)) == "too-large"


def test_the_limits_of_bytes_and_pixels_are_kept_exactly() -> None:
    data = encoded(sample(), "png")
    exact = DecodeLimits(max_pixels=sample().size, max_file_bytes=len(data))
    assert decode_page(data, limits=exact).pixels.shape == sample().shape
    assert code_of(data, limits=DecodeLimits(max_pixels=sample().size - 1)) == "too-large"
    assert code_of(data, limits=DecodeLimits(max_file_bytes=len(data) - 1)) == "too-large"


@pytest.mark.parametrize("data", [builders.multi_page_tiff(3), pdf(3)], ids=["tiff", "pdf"])
def test_the_limit_of_pages_is_kept_exactly(data: bytes) -> None:
    assert count_pages(data, limits=DecodeLimits(max_pages=3)) == 3
    with pytest.raises(PageUnreadable) as caught:
        count_pages(data, limits=DecodeLimits(max_pages=2))
    assert caught.value.code == "too-large"


def test_counting_and_refusing_need_no_cv2_and_no_numpy() -> None:
    script = """
        import sys, zlib, struct
        from segmentation.page import count_pages, decode_page, PageUnreadable

        def chunk(name, content):
            checksum = struct.pack(">L", zlib.crc32(name + content))
            return struct.pack(">L", len(content)) + name + content + checksum

        header = struct.pack(">LLBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
        bomb = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(999)))
        assert count_pages(bomb) == 1
        try:
            decode_page(bomb)
        except PageUnreadable as error:
            assert error.code == "too-large"
        assert count_pages(sys.stdin.buffer.read()) == 1
        print(sorted({"cv2", "numpy"} & set(sys.modules)))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], input=drawn_pdf(), capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.decode().strip()) == (0, "[]"), done.stderr.decode()
