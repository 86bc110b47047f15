"""What files may hide: transparency, depth, inverted inks, turned cameras, resolutions."""

import struct
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from segmentation.errors import PageUnreadable
from segmentation.page import decode_page
from tests import builders
from tests.builders import (
    Pixels,
    colour_sample,
    encoded,
    png,
    png_chunk,
    png_rows,
    png_with,
    sample,
    tiff_page,
)


def difference(data: bytes, expected: Pixels) -> int:
    pixels = decode_page(data).pixels
    assert pixels.shape == expected.shape
    return int(np.abs(pixels.astype(int) - expected).max())


def luminance(bgr: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY))


def on_white(grey: Pixels, alpha: Pixels) -> Pixels:
    return np.rint((grey.astype(float) * alpha + 255.0 * (255 - alpha)) / 255).astype(np.uint8)


ALPHA = np.fliplr(sample())
BGRA = np.dstack([colour_sample(), ALPHA])


class TestPng:
    def test_colour(self) -> None:
        assert difference(encoded(colour_sample(), "png"), luminance(colour_sample())) <= 1

    def test_sixteen_bits_are_scaled(self) -> None:
        assert difference(builders.png16(), sample()) == 0

    def test_sixteen_bit_colour(self) -> None:
        data = encoded(colour_sample().astype(np.uint16) * 257, "png")
        assert difference(data, luminance(colour_sample())) <= 1

    def test_alpha_shows_white_paper(self) -> None:
        assert difference(encoded(BGRA, "png"), on_white(luminance(colour_sample()), ALPHA)) <= 2

    def test_sixteen_bit_alpha(self) -> None:
        data = encoded(BGRA.astype(np.uint16) * 257, "png")
        assert difference(data, on_white(luminance(colour_sample()), ALPHA)) <= 2

    def test_grey_with_alpha(self) -> None:
        data = png(60, 40, png_rows(np.dstack([sample(), ALPHA]).reshape(40, 120)), colour=4)
        assert difference(data, on_white(sample(), ALPHA)) <= 2

    def test_hidden_black_under_full_transparency_is_white(self) -> None:
        assert (decode_page(builders.rgba_png()).pixels[:, :30] == 255).all()

    def test_one_bit(self) -> None:
        bits = sample() > 128
        rows = b"".join(b"\0" + np.packbits(row).tobytes() for row in bits)
        assert difference(png(60, 40, rows, depth=1), np.where(bits, 255, 0).astype(np.uint8)) == 0

    @pytest.mark.parametrize("is_transparent", [False, True])
    def test_palette(self, is_transparent: bool) -> None:
        greys = [0, 200, 90, 255]
        extras = [png_chunk(b"PLTE", bytes(level for grey in greys for level in (grey,) * 3))]
        if is_transparent:
            extras.append(png_chunk(b"tRNS", b"\0\xff"))
            greys[0] = 255
        index = (np.arange(2400) % 4).reshape(40, 60).astype(np.uint8)
        data = png(60, 40, png_rows(index), colour=3, extras=extras)
        assert difference(data, np.array(greys, dtype=np.uint8)[index]) == 0

    def test_a_grey_that_stands_for_transparent(self) -> None:
        data = png_with(sample(), png_chunk(b"tRNS", b"\0\x05"))
        assert difference(data, np.where(sample() == 5, 255, sample()).astype(np.uint8)) == 0


class TestJpeg:
    def test_inverted_cmyk_comes_right_side_up(self) -> None:
        assert difference(builders.cmyk_jpeg(), luminance(colour_sample())) <= 6

    def test_progressive(self) -> None:
        data = encoded(sample(), "jpg", cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
        assert difference(data, sample()) <= 8

    def test_colour(self) -> None:
        data = encoded(colour_sample(), "jpg", cv2.IMWRITE_JPEG_QUALITY, 100)
        assert difference(data, luminance(colour_sample())) <= 12


class TestBmp:
    @pytest.mark.parametrize("is_stated", [False, True])
    def test_the_fourth_byte_counts_only_where_the_header_says_so(self, is_stated: bool) -> None:
        pixels = np.flipud(BGRA).tobytes()
        size, compression = (124, 3) if is_stated else (40, 0)
        masks = struct.pack("<LLLL", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) if is_stated else b""
        head = struct.pack("<LllHHLLllLL", size, 60, 40, 1, 32, compression, len(pixels), 0, 0, 0, 0)
        head = (head + masks).ljust(size, b"\0")
        file_head = b"BM" + struct.pack("<LHHL", 14 + size + len(pixels), 0, 0, 14 + size)
        grey = luminance(colour_sample())
        expected = on_white(grey, ALPHA) if is_stated else grey
        assert difference(file_head + head + pixels, expected) <= 2


class TestWebp:
    def test_alpha_shows_white_paper(self) -> None:
        data = encoded(BGRA, "webp", cv2.IMWRITE_WEBP_QUALITY, 101)
        assert difference(data, on_white(luminance(colour_sample()), ALPHA)) <= 2


@pytest.mark.parametrize("order", ["<", ">"])
class TestTiff:
    def test_white_is_zero(self, order: str) -> None:
        assert difference(tiff_page((255 - sample()).tobytes(), photometric=0, order=order), sample()) == 0

    def test_sixteen_bits(self, order: str) -> None:
        pixels = (sample().astype(np.uint16) * 257).astype(order + "u2").tobytes()
        assert difference(tiff_page(pixels, bits=(16,), order=order), sample()) == 0

    def test_sixteen_bits_white_is_zero(self, order: str) -> None:
        pixels = (65535 - sample().astype(np.uint16) * 257).astype(order + "u2").tobytes()
        assert difference(tiff_page(pixels, bits=(16,), photometric=0, order=order), sample()) == 0

    @pytest.mark.parametrize("photometric", [0, 1])
    def test_four_bits(self, order: str, photometric: int) -> None:
        levels = sample() >> 4
        packed = (levels[:, ::2] << 4 | levels[:, 1::2]).tobytes()
        data = tiff_page(packed, bits=(4,), photometric=photometric, order=order)
        assert difference(data, 17 * (levels if photometric else 15 - levels)) == 0

    def test_one_bit(self, order: str) -> None:
        bits = sample()[:, :56] > 128
        data = tiff_page(np.packbits(bits, axis=1).tobytes(), bits=(1,), size=(56, 40), order=order)
        assert difference(data, np.where(bits, 255, 0).astype(np.uint8)) == 0

    def test_cmyk(self, order: str) -> None:
        rgb = colour_sample()[..., ::-1]
        inks = np.dstack([255 - rgb, np.zeros_like(sample())])
        data = tiff_page(inks.tobytes(), bits=(8,) * 4, photometric=5, order=order)
        assert difference(data, luminance(colour_sample())) <= 2

    @pytest.mark.parametrize("bits", [8, 16])
    def test_alpha_shows_white_paper(self, order: str, bits: int) -> None:
        rgba = BGRA[..., [2, 1, 0, 3]].astype(np.uint16) * (257 if bits == 16 else 1)
        pixels = rgba.astype(f"{order}u{bits // 8}").tobytes()
        data = tiff_page(pixels, (338, 3, [2]), bits=(bits,) * 4, photometric=2, order=order)
        assert difference(data, on_white(luminance(colour_sample()), ALPHA)) <= 3

    @pytest.mark.parametrize(
        ("bits", "tags"),
        [
            ((32,), [(339, 3, [3])]),
            ((12,), []),
            ((8, 8), [(338, 3, [2])]),
        ],
        ids=["float", "12-bit", "grey-alpha"],
    )
    def test_what_the_decoder_would_get_wrong_is_refused(
        self, order: str, bits: tuple[int, ...], tags: list[builders.Tag]
    ) -> None:
        data = tiff_page(bytes(40 * 60 * 4), *tags, bits=bits, order=order)
        with pytest.raises(PageUnreadable) as caught:
            decode_page(data)
        assert caught.value.code == "unsupported"

    @pytest.mark.parametrize(
        ("tag", "size"), [(279, 0), (279, 1), (280, 1)], ids=["none", "small", "missing"]
    )
    def test_sizes_that_are_missing_or_not_true_are_worked_out(self, order: str, tag: int, size: int) -> None:
        pixels = sample().tobytes()
        data = tiff_page(pixels, order=order)
        sizes = struct.pack(order + "HHLL", 279, 4, 1, len(pixels))
        assert data.count(sizes) == 1
        untrue = data.replace(sizes, struct.pack(order + "HHLL", tag, 4, 1, size))
        assert difference(untrue, sample()) == 0

    def test_thumbnails_are_no_pages(self, order: str) -> None:
        data = tiff_page(sample().tobytes(), (254, 4, [1]), order=order)
        with pytest.raises(PageUnreadable) as caught:
            decode_page(data)
        assert caught.value.code == "truncated"


#: How a page stored with an orientation is to be turned, in numpy's terms.
TURNS: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda p: p,
    2: np.fliplr,
    3: lambda p: np.rot90(p, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda p: np.rot90(p, -1),
    7: lambda p: np.rot90(p, 2).T,
    8: np.rot90,
}


def oriented(kind: str, orientation: int) -> bytes:
    if kind == "jpeg":
        return builders.exif_jpeg(orientation)
    if kind == "png":
        return png_with(sample(), png_chunk(b"eXIf", builders.exif_block(orientation)))
    if kind == "tiff":
        return tiff_page(sample().tobytes(), (builders.ORIENTATION_TAG, 3, [orientation]))
    block = builders.exif_block(orientation)
    plain = encoded(sample(), "webp", cv2.IMWRITE_WEBP_QUALITY, 101)
    size = (59).to_bytes(3, "little") + (39).to_bytes(3, "little")
    head = b"VP8X" + struct.pack("<L", 10) + b"\x08\0\0\0" + size
    body = head + plain[12:] + b"EXIF" + struct.pack("<L", len(block)) + block + b"\0" * (len(block) % 2)
    return b"RIFF" + struct.pack("<L", len(body) + 4) + b"WEBP" + body


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpeg", "png", "tiff", "webp"])
def test_orientation_is_undone_and_reported(kind: str, orientation: int) -> None:
    data = oriented(kind, orientation)
    assert difference(data, TURNS[orientation](sample())) <= (4 if kind == "jpeg" else 0)
    assert decode_page(data).orientation == orientation


def test_nonsense_in_exif_does_no_harm() -> None:
    block = builders.exif_block(6)
    for broken in (b"", b"II*\0", block[:20], block.replace(b"\x06\0", b"\x63\0"), b"\xff" * 40):
        page = decode_page(png_with(sample(), png_chunk(b"eXIf", broken)))
        assert page.orientation == 1


def bmp_with_dpi(dpi: int) -> bytes:
    data = encoded(sample(), "bmp")
    return data[:38] + struct.pack("<ll", *[round(dpi / 0.0254)] * 2) + data[46:]


def jfif(unit: int, horizontal: int, vertical: int) -> bytes:
    data = builders.jpeg()
    at = data.index(b"JFIF\0") + 7
    return data[:at] + struct.pack(">BHH", unit, horizontal, vertical) + data[at + 5 :]


PER_METRE = round(300 / 0.0254)


@pytest.mark.parametrize(
    ("data", "dpi"),
    [
        (png_with(sample(), png_chunk(b"pHYs", struct.pack(">LLB", PER_METRE, PER_METRE, 1))), 300),
        (png_with(sample(), png_chunk(b"pHYs", struct.pack(">LLB", 1, 1, 0))), None),
        (encoded(sample(), "png"), None),
        (jfif(1, 300, 300), 300),
        (jfif(2, 118, 118), 299.72),
        (jfif(0, 1, 1), None),
        (jfif(1, 204, 98), None),
        (builders.exif_jpeg(1, dpi=240).replace(b"JFIF\0", b"JFXX\0"), 240),
        (tiff_page(sample().tobytes(), (282, 5, [400, 1]), (283, 5, [400, 1])), 400),
        (tiff_page(sample().tobytes(), (282, 5, [100, 1]), (283, 5, [100, 1]), (296, 3, [3])), 254),
        (tiff_page(sample().tobytes(), (282, 5, [1, 0]), (283, 5, [1, 0])), None),
        (bmp_with_dpi(200), 200),
        (bmp_with_dpi(0), None),
    ],
)
def test_dpi(data: bytes, dpi: float | None) -> None:
    found = decode_page(data).dpi
    assert found == (dpi if dpi is None else pytest.approx(dpi, abs=0.1))
