"""Files for tests, built in memory: good ones of every kind, and every sort of bad one.

Each builder returns the bytes of a file. Pictures are small, lopsided and drawn here, so that
a turn, a mirror or an inversion shows; nothing is read from disk.
"""

import struct
import zlib
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

#: Orientation, as TIFF and EXIF number it.
ORIENTATION_TAG = 274
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


def sample(height: int = 40, width: int = 60) -> Pixels:
    """A grey picture without any symmetry: a ramp to the lower right, a dark block top left."""
    ramp = np.add.outer(np.arange(height), 2.0 * np.arange(width))
    pixels = np.rint(60 + 190 * ramp / ramp.max()).astype(np.uint8)
    pixels[: height // 3, : width // 4] = 5
    return pixels


def colour_sample(height: int = 40, width: int = 60) -> Pixels:
    """The picture in blue, green, red: three different planes."""
    grey = sample(height, width)
    return np.dstack([grey, np.flipud(grey), np.fliplr(grey)])


def blank(height: int = 80, width: int = 120) -> Pixels:
    """An empty sheet."""
    return np.full((height, width), 255, dtype=np.uint8)


def encoded(pixels: NDArray[np.generic], kind: str, *options: int) -> bytes:
    """`pixels` as a file of `kind` (``png``, ``jpg``, ``bmp``, ``webp``, ``tiff``)."""
    ok, data = cv2.imencode(f".{kind}", pixels, list(options))
    assert ok
    return data.tobytes()


# --- PNG ---------------------------------------------------------------------------------


def png_chunk(name: bytes, content: bytes) -> bytes:
    """One chunk with its length and checksum."""
    return struct.pack(">L", len(content)) + name + content + struct.pack(">L", zlib.crc32(name + content))


def png(
    width: int, height: int, rows: bytes, *, depth: int = 8, colour: int = 0, extras: Sequence[bytes] = ()
) -> bytes:
    """A PNG of raw `rows`, each led by its filter byte; `extras` are whole chunks before the pixels."""
    header = struct.pack(">LLBBBBB", width, height, depth, colour, 0, 0, 0)
    chunks = [png_chunk(b"IHDR", header), *extras]
    chunks += [png_chunk(b"IDAT", zlib.compress(rows)), png_chunk(b"IEND", b"")]
    return PNG_MAGIC + b"".join(chunks)


def png_rows(pixels: NDArray[np.generic]) -> bytes:
    """Unfiltered rows for :func:`png`."""
    return b"".join(b"\0" + row.tobytes() for row in pixels)


def png_with(pixels: Pixels, *extras: bytes) -> bytes:
    """A grey PNG with further chunks before its pixels."""
    height, width = pixels.shape
    return png(width, height, png_rows(pixels), extras=extras)


def png16(pixels: Pixels | None = None) -> bytes:
    """A grey PNG of 16 bits a sample."""
    return encoded((sample() if pixels is None else pixels).astype(np.uint16) * 257, "png")


def rgba_png() -> bytes:
    """A colour PNG, fully transparent (and black) in its left half: white when composited."""
    pixels = np.dstack([colour_sample(), np.full((40, 60), 255, dtype=np.uint8)])
    pixels[:, :30] = 0
    return encoded(pixels, "png")


def blank_png() -> bytes:
    """An empty sheet: a page without a number, and no error."""
    return encoded(blank(), "png")


def bomb_png(width: int = 60_000, height: int = 60_000) -> bytes:
    """A few kB that claim `width` x `height` pixels; the zlib stream is valid, and stops early."""
    return png(width, height, bytes(4_000_000), depth=1)


def truncated_png() -> bytes:
    """A PNG that ends in the middle of its pixels."""
    noise = np.random.default_rng(1).integers(0, 256, (80, 120), dtype=np.uint8)
    data = encoded(noise, "png")
    return data[: len(data) // 2]


# --- JPEG --------------------------------------------------------------------------------


def jpeg(pixels: Pixels | None = None, *, quality: int = 100) -> bytes:
    """A baseline JPEG."""
    return encoded(sample() if pixels is None else pixels, "jpg", cv2.IMWRITE_JPEG_QUALITY, quality)


def truncated_jpeg() -> bytes:
    """A JPEG that ends in the middle of its pixels: decoders fill the rest with grey."""
    noise = np.random.default_rng(1).integers(0, 256, (80, 120), dtype=np.uint8)
    data = jpeg(noise)
    return data[: len(data) // 2]


def exif_block(orientation: int, *, dpi: int | None = None, order: str = "<") -> bytes:
    """An EXIF block (a small TIFF) that states an orientation and, where given, a resolution."""
    tags = [(ORIENTATION_TAG, 3, [orientation])]
    if dpi is not None:
        tags += [(282, 5, [dpi, 1]), (283, 5, [dpi, 1]), (296, 3, [2])]
    return tiff(tags, order=order)


def exif_jpeg(orientation: int, pixels: Pixels | None = None, *, dpi: int | None = None) -> bytes:
    """A JPEG whose EXIF block says how the camera was held."""
    block = b"Exif\0\0" + exif_block(orientation, dpi=dpi, order=">")
    data = jpeg(pixels)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + data[2:]


def cmyk_jpeg(bgr: Pixels | None = None) -> bytes:
    """A CMYK JPEG as Photoshop writes it, inverted and with the Adobe mark.

    Four grey JPEGs, put together as the four scans of one frame: all are coded with the same
    tables, so that their compressed pixels can be taken over as they are.
    """
    bgr = colour_sample() if bgr is None else bgr
    height, width = bgr.shape[:2]
    # Inverted: 255 is no ink, so that the stored C, M, Y are R, G, B, and K is blank.
    planes = [bgr[..., 2], bgr[..., 1], bgr[..., 0], np.full((height, width), 255, dtype=np.uint8)]
    greys = [jpeg(np.ascontiguousarray(plane)) for plane in planes]
    tables = b"".join(_jpeg_segments(greys[0], wanted=(0xDB, 0xC4)))
    adobe = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0\0"
    components = b"".join(bytes([number, 0x11, 0]) for number in range(1, 5))
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 8 + 12, 8, height, width, 4) + components
    scans = b"".join(
        b"\xff\xda\0\x08\x01" + bytes([number, 0, 0, 63, 0]) + _jpeg_scan(grey)
        for number, grey in enumerate(greys, start=1)
    )
    return b"\xff\xd8" + adobe + tables + frame + scans + b"\xff\xd9"


def _jpeg_segments(data: bytes, *, wanted: Sequence[int]) -> list[bytes]:
    """The header's segments of the wanted markers, whole."""
    found, at = [], 2
    while data[at + 1] != 0xDA:
        (length,) = struct.unpack_from(">H", data, at + 2)
        if data[at + 1] in wanted:
            found.append(data[at : at + 2 + length])
        at += 2 + length
    return found


def _jpeg_scan(data: bytes) -> bytes:
    """The compressed pixels of a JPEG of one scan."""
    start = data.index(b"\xff\xda")
    (length,) = struct.unpack_from(">H", data, start + 2)
    return data[start + 2 + length : -2]


# --- TIFF --------------------------------------------------------------------------------

_TIFF_LETTERS = {3: "H", 4: "L", 5: "L"}

#: A tag: number, type code (3 short, 4 long, 5 fraction as two longs), values.
Tag = tuple[int, int, Sequence[int]]


def tiff(tags: Sequence[Tag], pixels: bytes = b"", *, order: str = "<") -> bytes:
    """A TIFF of one directory; with `pixels`, the strip's place and size are added to the tags."""
    tags = list(tags)
    values_at = 8 + 2 + 12 * (len(tags) + (2 if pixels else 0)) + 4
    if pixels:
        tags.append((279, 4, [len(pixels)]))
    values, entries = b"", []
    for number, code, numbers in tags:
        raw = struct.pack(f"{order}{len(numbers)}{_TIFF_LETTERS[code]}", *numbers)
        if len(raw) > 4:
            offset = struct.pack(order + "L", values_at + len(values))
            values, raw = values + raw, offset
        count = len(numbers) // (2 if code == 5 else 1)
        entries.append(struct.pack(order + "HHL", number, code, count) + raw.ljust(4, b"\0"))
    if pixels:
        strip = struct.pack(order + "L", values_at + len(values))
        entries.append(struct.pack(order + "HHL", 273, 4, 1) + strip)
    entries.sort(key=lambda entry: struct.unpack_from(order + "H", entry))
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "LH", 8, len(entries))
    return head + b"".join(entries) + bytes(4) + values + pixels


def tiff_page(
    pixels: bytes,
    *tags: Tag,
    bits: Sequence[int] = (8,),
    photometric: int = 1,
    size: tuple[int, int] = (60, 40),
    order: str = "<",
) -> bytes:
    """An uncompressed TIFF page of raw `pixels`; `size` is width, height."""
    width, height = size
    basic: list[Tag] = [
        (256, 4, [width]),
        (257, 4, [height]),
        (258, 3, bits),
        (259, 3, [1]),
        (262, 3, [photometric]),
        (277, 3, [len(bits)]),
        (278, 4, [height]),
    ]
    return tiff([*basic, *tags], pixels, order=order)


def multi_page_tiff(pages: int = 3) -> bytes:
    """A TIFF whose page k (from 1) is the sample, darker by 20 (k - 1), compressed with LZW."""
    sheets = [np.maximum(sample().astype(int) - 20 * k, 0).astype(np.uint8) for k in range(pages)]
    ok, data = cv2.imencodemulti(".tiff", sheets, [cv2.IMWRITE_TIFF_COMPRESSION, 5])
    assert ok
    return data.tobytes()


# --- not images --------------------------------------------------------------------------


def text_named_png() -> bytes:
    """What somebody saved as ``list.png``: plain text."""
    return b"name;amount\nM\xc3\xbcller;147\n"


def empty_file() -> bytes:
    """Nothing at all."""
    return b""
