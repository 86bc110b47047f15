"""What files of pictures say of themselves, and what is refused for it before anything is decoded."""

import struct

import cv2
import numpy as np
import pytest

from model import sources_framing
from model.errors import DataInvalid
from model.picture_heads import PictureHead, picture_head
from model.sources_framing import decode_picture
from tests import builders
from tests.builders_bombs import deflated

PICTURE = np.random.default_rng(0).integers(0, 256, (37, 91), dtype=np.uint8)
LAYERS = np.dstack([PICTURE] * 4)
ENDINGS = (".png", ".jpg", ".bmp", ".tiff", ".webp")


def encoded(ending, picture=PICTURE, *flags):
    return cv2.imencode(ending, picture, flags)[1].tobytes()


FILES = {
    **{ending: encoded(ending) for ending in ENDINGS},
    ".gif": b"GIF89a" + struct.pack("<HH", 91, 37) + bytes(200),
    "progressive": encoded(".jpg", PICTURE, cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
    "lossless": encoded(".webp", PICTURE, cv2.IMWRITE_WEBP_QUALITY, 101),
    "with layers": encoded(".webp", LAYERS),
    "camera": builders.exif_jpeg(1, PICTURE),
}


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_the_size_is_what_the_decoder_finds(data):
    head = picture_head(data)
    assert (head.width, head.height, head.several) == (91, 37, False)
    assert head.kind == ("GIF" if data.startswith(b"GIF") else "")


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_a_head_that_is_cut_anywhere_is_no_error(data):
    for length in range(200):
        picture_head(data[:length])


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("following", [0, 400])
def test_a_large_tiff_is_read_in_either_order(order, following):
    entries = [(256, 4, 1, 40_000), (257, 16, 1, 70_000)]
    packed = b"".join(
        struct.pack(order + "HHQ", tag, kind, count)
        + struct.pack(order + ("L4x" if kind == 4 else "Q"), value)
        for tag, kind, count, value in entries
    )
    head = (b"II+\0" if order == "<" else b"MM\0+") + struct.pack(order + "HHQ", 8, 0, 16)
    data = head + struct.pack(order + "Q", len(entries)) + packed + struct.pack(order + "Q", following)
    assert picture_head(data) == PictureHead(40_000, 70_000, following != 0)
    assert picture_head(data[:8] + b"\xff" * 8 + data[16:]) == PictureHead()


@pytest.mark.parametrize("ending", [".png", ".webp"])
def test_an_animation_is_more_than_one_picture(ending):
    """The decoder gives its first one, which says nothing of the others."""
    animation = cv2.Animation()
    animation.frames = [LAYERS, np.ascontiguousarray(LAYERS[::-1])]
    animation.durations = np.array([100, 100], np.int32)
    done, data = cv2.imencodeanimation(ending, animation)
    assert done
    with pytest.raises(DataInvalid, match="more than one picture"):
        decode_picture(np.asarray(data).tobytes())


def test_a_gif_is_not_taken_whatever_it_is_called():
    with pytest.raises(DataInvalid, match="GIF is not taken: save it as a PNG"):
        decode_picture(FILES[".gif"])


@pytest.mark.parametrize("ending", ENDINGS)
def test_more_pixels_than_a_page_has_are_refused_before_they_are_decoded(monkeypatch, ending):
    monkeypatch.setattr(sources_framing, "MOST_PIXELS", 91 * 37)
    assert decode_picture(FILES[ending]).shape == (37, 91)

    monkeypatch.setattr(sources_framing, "MOST_PIXELS", 91 * 37 - 1)
    monkeypatch.setattr(sources_framing.cv2, "imdecode", lambda *_: pytest.fail("was decoded"))
    with pytest.raises(DataInvalid, match="it has 91 x 37 pixels; 3,366 are taken"):
        decode_picture(FILES[ending])


def test_a_small_file_of_a_thousand_megapixels_is_told_by_its_size():
    header = struct.pack(">LLBBBBB", 32_000, 32_000, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", deflated(0, 1024)), (b"IEND", b"")]
    data = b"\x89PNG\r\n\x1a\n" + b"".join(builders.png_chunk(*chunk) for chunk in chunks)
    with pytest.raises(DataInvalid, match="it has 32,000 x 32,000 pixels"):
        decode_picture(data)
