"""Damage in the middle of a file that is whole at both ends: decoders fill it up, and only say so."""

import os
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from segmentation.errors import PageUnreadable
from segmentation.page import decode_page
from tests import builders
from tests.builders import encoded
from tests.builders_pdf import boxed_pdf, scanned_pdf

NOISE = np.random.default_rng(7).integers(0, 256, (80, 120), dtype=np.uint8)
END = b"\xff\xd9"

JPEGS = {
    "baseline": encoded(NOISE, "jpg"),
    "progressive": encoded(NOISE, "jpg", cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
    "restarts": encoded(NOISE, "jpg", cv2.IMWRITE_JPEG_RST_INTERVAL, 2),
    "colour": encoded(np.dstack([NOISE, NOISE[::-1], NOISE]), "jpg"),
}
#: Compression of a TIFF, by its number.
TIFFS = {5: "lzw", 7: "jpeg", 8: "deflate", 32773: "packbits"}

#: A comment of four bytes, which any JPEG may hold.
COMMENT = b"\xff\xfe\0\x06note"


def cut_in_the_middle(data: bytes) -> bytes:
    return data[: len(data) // 3] + data[2 * len(data) // 3 :]


def ended_early(data: bytes) -> bytes:
    return data[: len(data) // 2] + END


def partly_zero(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(900) + data[middle + 900 :]


def partly_doubled(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + data[middle - 900 :]


def refused(data: bytes) -> str:
    with pytest.raises(PageUnreadable) as caught:
        decode_page(data)
    return caught.value.code


@pytest.fixture(autouse=True)
def nothing_on_standard_error(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    yield
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("kind", JPEGS)
class TestJpeg:
    @pytest.mark.parametrize("harm", [cut_in_the_middle, ended_early, partly_zero, partly_doubled])
    def test_damage_is_found(self, kind: str, harm: Callable[[bytes], bytes]) -> None:
        assert refused(harm(JPEGS[kind])) == "truncated"

    def test_damage_is_found_behind_a_harmless_complaint(self, kind: str) -> None:
        """The decoder says the first thing only: junk in the header must not be that."""
        data = JPEGS[kind]
        assert refused(data[:2] + COMMENT + b"junk" + ended_early(data)[2:]) == "truncated"

    def test_a_whole_one_is_beyond_doubt(self, kind: str) -> None:
        assert decode_page(JPEGS[kind]).doubts == ()

    def test_junk_in_the_header_changes_nothing(self, kind: str) -> None:
        data = JPEGS[kind]
        page = decode_page(data[:2] + COMMENT + b"junk" + data[2:])
        assert np.array_equal(page.pixels, decode_page(data).pixels)
        assert page.doubts == ()

    def test_padding_behind_the_pixels_is_told_and_no_more(self, kind: str) -> None:
        data = JPEGS[kind]
        page = decode_page(data[:-2] + bytes(5000) + END)
        assert np.array_equal(page.pixels, decode_page(data).pixels)
        assert page.doubts == ("bytes that belong to no pixel lie behind the last pixel of the JPEG",)

    @pytest.mark.parametrize("count", range(1, 9))
    def test_a_few_bytes_behind_the_pixels_do_no_harm(self, kind: str, count: int) -> None:
        data = JPEGS[kind]
        page = decode_page(data[:-2] + bytes(range(1, count + 1)) + END)
        assert np.array_equal(page.pixels, decode_page(data).pixels)


class TestTiff:
    @pytest.mark.parametrize("compression", TIFFS, ids=TIFFS.values())
    def test_damage_is_found(self, compression: int) -> None:
        options = (cv2.IMWRITE_TIFF_COMPRESSION, compression, cv2.IMWRITE_TIFF_ROWSPERSTRIP, 80)
        data = encoded(NOISE, "tiff", *options)
        assert decode_page(data).doubts == ()
        damaged = bytearray(data)
        middle = len(data) // 2
        damaged[middle : middle + 900] = bytes(900)
        assert refused(bytes(damaged)) == "truncated"

    def test_a_checksum_finds_what_the_decoder_does_not(self) -> None:
        whole = zlib.compress(builders.sample(80, 120).tobytes())
        decode_page(deflated(whole))
        for at in range(2, 400, 7):
            strip = bytearray(whole)
            strip[at] ^= 0x10
            assert refused(deflated(bytes(strip))) == "truncated", at

    def test_codes_that_are_not_in_the_table_are_damage(self) -> None:
        data = bytearray(encoded(NOISE, "tiff", cv2.IMWRITE_TIFF_COMPRESSION, 5, 278, 80))
        middle = len(data) // 2
        data[middle : middle + 20] = b"\xff" * 20
        assert refused(bytes(data)) == "truncated"

    def test_a_missing_checksum_is_none_that_is_wrong(self) -> None:
        strip = zlib.compress(NOISE.tobytes())[:-4]
        assert np.array_equal(decode_page(deflated(strip)).pixels, NOISE)

    def test_bad_lines_of_a_group_4_fax_spoil_the_page(self) -> None:
        white = fax_page(4, b"\xff" * 5 + b"\0\x10\x01")
        assert (decode_page(white).pixels == 255).all()
        assert refused(fax_page(4, b"\xff\xff\0\0\xff" + b"\0\x10\x01")) == "truncated"

    def test_some_bad_lines_of_a_group_3_fax_are_noise_on_the_line(self) -> None:
        page = decode_page(fax_page(3, fax_lines(bad=3)))
        assert page.doubts == ("lines of the fax that are damaged: 3",)
        assert (page.pixels[10:] == 255).all()

    def test_many_are_damage(self) -> None:
        assert decode_page(fax_page(3, fax_lines(bad=0))).doubts == ()
        assert refused(fax_page(3, fax_lines(bad=15))) == "truncated"


def deflated(strip: bytes) -> bytes:
    """A grey page of one deflated strip."""
    height, width = NOISE.shape
    tags: list[builders.Tag] = [
        (256, 4, [width]),
        (257, 4, [height]),
        (258, 3, [8]),
        (259, 3, [8]),
        (262, 3, [1]),
        (277, 3, [1]),
        (278, 4, [height]),
    ]
    return builders.tiff(tags, strip)


def fax_page(group: int, pixels: bytes) -> bytes:
    """A page of 64 x 40 pixels in fax coding."""
    tags: list[builders.Tag] = [
        (256, 4, [64]),
        (257, 4, [40]),
        (258, 3, [1]),
        (259, 3, [group]),
        (262, 3, [0]),
        (277, 3, [1]),
        (278, 4, [40]),
    ]
    return builders.tiff(tags, pixels)


def fax_lines(*, bad: int) -> bytes:
    """White lines in group 3 coding, each led by its end-of-line code; the first ones too short."""
    end_of_line, white_64, white_0, white_32 = "000000000001", "11011", "00110101", "00011011"
    lines = [end_of_line + (white_32 if line < bad else white_64 + white_0) for line in range(40)]
    bits = "".join([*lines, end_of_line * 6])
    return int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")


@pytest.mark.parametrize("box", [b"0 0 0 0", b"0 0 72 0", b"0 0 -5 -5", b"0 0 5 72", b"0 0 1e999 nan"])
def test_a_pdf_page_without_a_size_is_no_blank_sheet(box: bytes) -> None:
    assert refused(boxed_pdf(box)) == "truncated"


@pytest.mark.parametrize("box", [b"0 0 72 36", b"72 36 0 0", b"-36 -18 36 18"])
def test_a_box_may_begin_at_any_corner(box: bytes) -> None:
    page = decode_page(boxed_pdf(box))
    assert (page.width, page.height) == (200, 100)


def test_junk_in_a_png_is_of_no_concern() -> None:
    """libpng warns of odd profiles, as many programs write them."""
    data = builders.png_with(NOISE, builders.png_chunk(b"iCCP", b"name\0\0broken"))
    assert decode_page(data).doubts == ()


def test_standard_error_may_be_closed() -> None:
    """As by a service manager, or by ``2>&-`` in a shell."""
    code = (
        "import os, sys; os.close(2); os.close(0)\n"
        "from segmentation.errors import PageUnreadable\n"
        "from segmentation.page import decode_page\n"
        "data = open(sys.argv[1], 'rb').read()\n"
        "try: decode_page(data)\n"
        "except PageUnreadable as error: print(error.code)\n"
    )
    reading, writing = os.pipe()
    os.write(writing, ended_early(JPEGS["baseline"]))
    os.close(writing)
    result = subprocess.run(
        [sys.executable, "-c", code, f"/dev/fd/{reading}"],
        pass_fds=[reading],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    os.close(reading)
    assert result.stdout == "truncated\n"


def test_standard_error_is_what_it_was(capfd: pytest.CaptureFixture[str]) -> None:
    before = len(list(Path("/dev/fd").iterdir()))
    decode_page(JPEGS["baseline"])
    os.write(2, b"still here")
    assert capfd.readouterr().err == "still here"
    assert len(list(Path("/dev/fd").iterdir())) == before


class TestJpegInPdf:
    def test_damage_is_found(self) -> None:
        for harm in (cut_in_the_middle, ended_early, partly_zero):
            assert refused(scanned_pdf(harm(JPEGS["baseline"]))) == "truncated"

    def test_a_whole_one_is_beyond_doubt(self) -> None:
        assert decode_page(scanned_pdf(JPEGS["colour"])).doubts == ()

    def test_the_end_mark_may_be_missing(self) -> None:
        page = decode_page(scanned_pdf(JPEGS["baseline"][:-2]))
        # PDFium puts it where the last two bytes of pixels are.
        whole = decode_page(scanned_pdf(JPEGS["baseline"])).pixels
        assert np.array_equal(page.pixels[:-20], whole[:-20])
        assert page.doubts == ()

    def test_padding_is_told(self) -> None:
        page = decode_page(scanned_pdf(JPEGS["baseline"][:-2] + bytes(100) + END))
        assert page.doubts == ("bytes that belong to no pixel lie behind the last pixel of the JPEG",)
