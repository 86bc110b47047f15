"""Small files that ask for far more than they hold: of time, or of memory. For tests."""

import struct
import zlib

import numpy as np

from tests.builders import jpeg, png, png_chunk, png_rows, png_with, sample, tiff, tiff_page
from tests.builders_pdf import assembled_pdf, page_bodies

#: What Adler's checksum counts by.
_ADLER = 65_521


def deflated(byte: int, megabytes: int) -> bytes:
    """One byte again and again, deflated a thousand to one: the same block of a megabyte, repeated."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes([byte]) * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    count = megabytes * 2**20
    low, high = (1 + byte * count) % _ADLER, (count + byte * count * (count + 1) // 2) % _ADLER
    return b"\x78\xda" + block * megabytes + b"\x03\0" + struct.pack(">L", high << 16 | low)


def png_of_more_pixels_than_it_has(megabytes: int) -> bytes:
    """A PNG of 60 x 40 pixels whose compressed pixels unfold to megabytes."""
    header = struct.pack(">LLBBBBB", 60, 40, 8, 0, 0, 0, 0)
    chunks = png_chunk(b"IHDR", header), png_chunk(b"IDAT", deflated(0, megabytes)), png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def png_with_unfolding_note(name: bytes, megabytes: int) -> bytes:
    """A sound PNG with a profile (``iCCP``) or a text (``zTXt``) that unfolds to megabytes."""
    return png_with(sample(), png_chunk(name, b"note\0\0" + deflated(0, megabytes)))


def png_of_many_chunks(chunks: int) -> bytes:
    """A sound PNG with empty notes, each of which costs its reader something."""
    rows = png_rows(sample())
    return png(60, 40, rows, extras=[png_chunk(b"tEXt", b"a\0")] * chunks)


def tiff_of_more_pixels_than_it_has(megabytes: int) -> bytes:
    """A TIFF of 60 x 40 pixels whose deflated strip unfolds to megabytes."""
    return tiff_page(deflated(0, megabytes), (259, 3, [8]))


def tiff_of_directories_in_each_other(directories: int, entries: int = 60_000) -> bytes:
    """A TIFF whose directories overlap: each four bytes behind the last, and each as long as the file.

    Every one of them is led by the same number of entries, which stands everywhere, and is followed by the
    place of the next one.
    """
    size = 2 + 12 * entries + 4
    data = bytearray(struct.pack("<H", entries) * (8 + size // 2 + 2 * directories))
    struct.pack_into("<2sHL", data, 0, b"II", 42, 8)
    for number in range(directories - 1):
        # These places lie behind all the counts that are needed.
        struct.pack_into("<L", data, 8 + 4 * number + 2 + 12 * entries, 8 + 4 * (number + 1))
    return bytes(data)


def tiff_that_claims_values(count: int) -> bytes:
    """A TIFF whose first tag claims so many values, of a byte each, and is as long."""
    data = tiff([(254, 4, [0]), (256, 4, [60]), (257, 4, [40])], bytes(100))
    entry = struct.pack("<HHLL", 254, 1, count, len(data))
    return data[:10] + entry + data[22:] + bytes(count)


def pdf_of_unfolding_drawing(megabytes: int) -> bytes:
    """A PDF whose page is drawn by a text of nothing but blanks, deflated twice."""
    twice = zlib.compress(deflated(ord(" "), megabytes), 9)
    bodies = page_bodies(72, 36, b"")
    bodies[3] = b"<< /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n%s\nendstream" % (
        len(twice),
        twice,
    )
    return assembled_pdf(bodies)


def pdf_with_huge_picture(side: int) -> bytes:
    """A PDF whose page is a picture of ``side * side`` black and white pixels, all alike."""
    packed = deflated(0, side * side // 8 // 2**20 + 1)
    bodies = page_bodies(72, 36, b"72 0 0 36 0 0 cm /I Do")
    bodies[2] = bodies[2].replace(b"/Contents", b"/Resources << /XObject << /I 5 0 R >> >> /Contents")
    bodies.append(
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8"
        b" /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (side, side, len(packed), packed)
    )
    return assembled_pdf(bodies)


def jpeg_of_claimed_size(width: int, height: int) -> bytes:
    """A JPEG that says in its header that it is larger than its pixels."""
    data = bytearray(jpeg(np.full((40, 60), 200, np.uint8)))
    at = data.index(b"\xff\xc0") + 5
    struct.pack_into(">HH", data, at, height, width)
    return bytes(data)
