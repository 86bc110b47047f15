"""What a file of a picture says of itself before a pixel is decoded: its size, and whether it holds several.

The decoder takes the memory for whatever size is stated, and of several pictures the first one. What is
not understood here is left to it.
"""

import struct
from dataclasses import dataclass

__all__ = ["PictureHead", "picture_head"]

_PNG, _JPEG, _GIF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", (b"GIF87a", b"GIF89a")
#: Of JPEG: markers without content, and those from C0 to CF that begin no frame.
_BARE, _NO_FRAME = frozenset({0x01, *range(0xD0, 0xD8)}), frozenset({0xC4, 0xC8, 0xCC})
#: Of WebP: the flag of an animation.
_ANIMATED = 0x02
_WIDTH, _HEIGHT = 256, 257
#: Of TIFF: how whole numbers of a type are stored.
_NUMBERS = {3: "H", 4: "L", 16: "Q"}


@dataclass(frozen=True, slots=True)
class PictureHead:
    """What is stated.

    Attributes
    ----------
    width, height : int
        In pixels; 0 where it is not understood.
    several : bool
        Whether there are more pictures than one: pages, or an animation.
    kind : str
        Of a kind that nobody takes for a picture of a digit: its name; else empty.
    """

    width: int = 0
    height: int = 0
    several: bool = False
    kind: str = ""


def picture_head(data: bytes) -> PictureHead:
    """Read the head of a PNG, JPEG, BMP, TIFF, WebP or GIF.

    Parameters
    ----------
    data : bytes
        The file; it may be none of them, or damaged.
    """
    try:
        if data.startswith(_PNG):
            return _png(data)
        if data.startswith(_JPEG):
            return _jpeg(data)
        if data.startswith(_GIF):
            width, height = struct.unpack_from("<HH", data, 6)
            return PictureHead(width, height, kind="GIF")
        if data[:2] == b"BM":
            return _bmp(data)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data)
        if data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
            return _tiff(data)
    except (struct.error, IndexError, OverflowError):  # it ends before that
        pass
    return PictureHead()


def _png(data: bytes) -> PictureHead:
    width, height = struct.unpack_from(">LL", data, 16)
    at, several = len(_PNG), False
    while at + 8 <= len(data):
        length, name = struct.unpack_from(">L4s", data, at)
        if name == b"IDAT":  # what says that it is animated stands before the pixels
            break
        several |= name == b"acTL"
        at += 12 + length
    return PictureHead(width, height, several)


def _jpeg(data: bytes) -> PictureHead:
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _BARE:
            at += 2
        elif 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return PictureHead(width, height)
        else:
            at += 2 + int(struct.unpack_from(">H", data, at + 2)[0])
    return PictureHead()


def _bmp(data: bytes) -> PictureHead:
    (size,) = struct.unpack_from("<L", data, 14)
    width, height = struct.unpack_from("<HH" if size == 12 else "<ll", data, 18)
    return PictureHead(abs(width), abs(height))


def _webp(data: bytes) -> PictureHead:
    name, content = data[12:16], data[20:30]
    if name == b"VP8X":
        width, height = (int.from_bytes(content[at : at + 3], "little") + 1 for at in (4, 7))
        return PictureHead(width, height, bool(content[0] & _ANIMATED))
    if name == b"VP8L":
        (bits,) = struct.unpack_from("<L", content, 1)
        return PictureHead((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    width, height = struct.unpack_from("<HH", content, 6)
    return PictureHead(width & 0x3FFF, height & 0x3FFF)


def _tiff(data: bytes) -> PictureHead:
    """Read the first directory; another one behind it is another picture."""
    order = "<" if data[:2] == b"II" else ">"
    big = b"+" in data[2:4]
    place, count, entry, value = ("Q", "Q", 20, 12) if big else ("L", "H", 12, 8)
    (start,) = struct.unpack_from(order + place, data, 8 if big else 4)
    (entries,) = struct.unpack_from(order + count, data, start)
    start += struct.calcsize(order + count)
    found = {_WIDTH: 0, _HEIGHT: 0}
    for at in range(start, min(start + entry * entries, len(data)), entry):
        tag, kind = struct.unpack_from(order + "HH", data, at)
        if tag in found and kind in _NUMBERS:
            (found[tag],) = struct.unpack_from(order + _NUMBERS[kind], data, at + value)
    (following,) = struct.unpack_from(order + place, data, start + entry * entries)
    return PictureHead(found[_WIDTH], found[_HEIGHT], following != 0)
