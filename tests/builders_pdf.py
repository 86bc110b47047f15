"""PDF files for tests: drawn ones, and hand-built encrypted ones."""

import hashlib
import io
import struct
from collections.abc import Sequence

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray

from tests.builders import sample

#: What the standard handler fills passwords up with (PDF 1.7, algorithm 2).
_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
_PERMISSIONS = -4
_FILE_ID = bytes(range(16))


def pdf(pages: int | Sequence[NDArray[np.uint8]] = 2, *, dpi: int = 72) -> bytes:
    """A PDF of scanned pages; a number stands for so many samples, each darker by 20 than the last."""
    if isinstance(pages, int):
        pages = [np.maximum(sample().astype(int) - 20 * k, 0).astype(np.uint8) for k in range(pages)]
    document = pypdfium2.PdfDocument.new()
    for pixels in pages:
        height, width = (side * 72 / dpi for side in pixels.shape)
        sheet = document.new_page(width, height)
        picture = pypdfium2.PdfImage.new(document)
        bitmap = pypdfium2.PdfBitmap.new_native(
            pixels.shape[1], pixels.shape[0], pypdfium2.raw.FPDFBitmap_BGR
        )
        bitmap.to_numpy()[:] = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
        picture.set_bitmap(bitmap)
        picture.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
        sheet.insert_obj(picture)
        sheet.gen_content()
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def drawn_pdf(width: float = 72, height: float = 36, *, content: bytes = b"0 0 36 36 re f") -> bytes:
    """A plain hand-built PDF of one page; by default its left half is black."""
    return _assemble(_bodies(width, height, content), trailer=b"")


def password_pdf(password: str = "secret", *, content: bytes = b"0 0 36 36 re f") -> bytes:
    """A PDF encrypted with 40-bit RC4; opens by itself when `password` is empty."""
    user = _padded(password)
    owner_key = hashlib.md5(_padded("owner"), usedforsecurity=False).digest()[:5]
    owner = _rc4(owner_key, user)
    seed = user + owner + struct.pack("<l", _PERMISSIONS) + _FILE_ID
    key = hashlib.md5(seed, usedforsecurity=False).digest()[:5]
    object_key = hashlib.md5(key + bytes([4, 0, 0, 0, 0]), usedforsecurity=False).digest()[:10]
    encrypt = b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P %d >>" % (
        owner.hex().encode(),
        _rc4(key, _PADDING).hex().encode(),
        _PERMISSIONS,
    )
    trailer = b" /Encrypt %s /ID [<%s> <%s>]" % (encrypt, *[_FILE_ID.hex().encode()] * 2)
    return _assemble(_bodies(72, 36, _rc4(object_key, content)), trailer=trailer)


def boxed_pdf(box: bytes) -> bytes:
    """A PDF whose page states `box` as its size, as in ``0 0 72 36``."""
    bodies = _bodies(72, 36, b"0 0 36 36 re f")
    bodies[2] = bodies[2].replace(b"0 0 72 36", box)
    return _assemble(bodies, trailer=b"")


def scanned_pdf(jpeg: bytes) -> bytes:
    """A PDF whose page is a JPEG of 120 x 80 pixels, taken as it is, whole or not."""
    bodies = _bodies(72, 48, b"72 0 0 48 0 0 cm /I Do")
    bodies[2] = bodies[2].replace(b"/Contents", b"/Resources << /XObject << /I 5 0 R >> >> /Contents")
    bodies.append(
        b"<< /Type /XObject /Subtype /Image /Width 120 /Height 80 /ColorSpace /DeviceGray /BitsPerComponent 8"
        b" /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream" % (len(jpeg), jpeg)
    )
    return _assemble(bodies, trailer=b"")


def nested_pdf(levels: int, *, fold: int = 12) -> bytes:
    """A small PDF whose page draws ``fold ** levels`` strokes: parts that hold parts `fold` times each."""
    bodies = _bodies(72, 36, b"/F Do")
    bodies[2] = bodies[2].replace(b"/Contents", b"/Resources << /XObject << /F 5 0 R >> >> /Contents")
    form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 72 36] %s/Length %d >>\nstream\n%s\nendstream"
    for level in range(1, levels + 1):
        parts = b"/Resources << /XObject << /F %d 0 R >> >> " % (5 + level)
        bodies.append(form % (parts, 6 * fold, b"/F Do " * fold))
    bodies.append(form % (b"", 14, b"0 0 m 9 9 l S "))
    return _assemble(bodies, trailer=b"")


def page_bodies(width: float, height: float, content: bytes) -> list[bytes]:
    """The objects of a PDF of one page, to be changed: catalogue, list of pages, page, content."""
    return _bodies(width, height, content)


def assembled_pdf(bodies: Sequence[bytes]) -> bytes:
    """A PDF of such objects."""
    return _assemble(bodies, trailer=b"")


def _bodies(width: float, height: float, content: bytes) -> list[bytes]:
    """Catalogue, list of pages, page, content stream: objects 1 to 4."""
    return [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R >>" % (width, height),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    ]


def _assemble(bodies: Sequence[bytes], *, trailer: bytes) -> bytes:
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(bodies) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    tail = b"trailer\n<< /Size %d /Root 1 0 R%s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, len(out))
    return out + head + tail


def _padded(password: str) -> bytes:
    return (password.encode("latin-1") + _PADDING)[:32]


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
