"""PDF: pages, rendered in grey at a stated dpi."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from segmentation import decode_jpeg
from segmentation.decode_messages import caught_messages
from segmentation.errors import PageUnreadable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["is_pdf", "page_count", "render"]

_MAGIC: Final = b"%PDF-"
_END: Final = b"%%EOF"
#: How far from either end readers look for the marks, in bytes.
_MARGIN_BYTES: Final = 1024
_POINTS_PER_INCH: Final = 72
#: PDFium's ``FPDF_ERR_PASSWORD``.
_PASSWORD_ERROR: Final = 4
#: Two millimetres: no page holds a number on that, but a page whose box is damaged may come to it.
_MIN_SIDE_POINTS: Final = 6
_JPEG_FILTER: Final = "DCTDecode"
_JPEG_END: Final = b"\xff\xd9"
#: A scan is one picture, or some strips of one: no need to look at all that a drawing is made of.
_LOOKED_AT: Final = 500
_LOOKED_INTO: Final = 3


def is_pdf(data: bytes) -> bool:
    """Tell whether there is a PDF mark; junk before it is tolerated as all readers do."""
    return _MAGIC in data[:_MARGIN_BYTES]


def page_count(data: bytes) -> int:
    """Return the number of pages.

    Raises
    ------
    PageUnreadable
        The document is broken, cut off, or needs a password.
    """
    with _open(data) as document:
        return len(document)


def render(
    data: bytes, page: int, *, dpi: int, check_size: Callable[[int, int], None]
) -> "tuple[NDArray[np.uint8], tuple[str, ...]]":
    """Return `page`, counted from 1, in grey on white, and what is odd about its pictures.

    Parameters
    ----------
    data : bytes
        The whole document.
    page : int
        Counts from 1.
    dpi : int
        Dots per inch.
    check_size : callable
        Called with the width and height in pixels before anything is drawn; raises to refuse them.

    Returns
    -------
    grey : (H, W) uint8 ndarray
        0 = black. The page's own rotation is undone.
    doubts : tuple of str
        Complaints of a decoder that cost no pixel, or next to none.

    Raises
    ------
    PageUnreadable
        The document is broken, cut off, needs a password, or has no such page; or the page has no size,
        or one of its pictures is damaged.
    """
    import numpy as np

    scale = dpi / _POINTS_PER_INCH
    # A page that asks for all the memory there is ends the process in there, and that is not said quietly.
    with caught_messages(), _open(data) as document, _page(document, page) as sheet:
        width, height = _size(sheet)
        check_size(math.ceil(width * scale), math.ceil(height * scale))
        bitmap = sheet.render(scale=scale, grayscale=True)
        pixels = bitmap.to_numpy()
        # A copy, because the pixels go with the bitmap.
        grey: NDArray[np.uint8] = np.array(pixels.reshape(pixels.shape[:2]), dtype=np.uint8, order="C")
        bitmap.close()
        return grey, _doubts(sheet)


def _doubts(sheet: Any) -> tuple[str, ...]:
    """Look into the pictures of a scanned page: PDFium fills up what is missing, and says nothing at all."""
    import pypdfium2

    from segmentation.decode_pixels import jpeg_doubts

    doubts: dict[str, None] = {}
    for part in islice(sheet.get_objects(max_depth=_LOOKED_INTO), _LOOKED_AT):
        if not isinstance(part, pypdfium2.PdfImage) or part.get_filters() != [_JPEG_FILTER]:
            continue
        stored = bytes(part.get_data())
        # The mark may be missing, as the document says itself how long the picture is.
        doubts.update(dict.fromkeys(jpeg_doubts(decode_jpeg.payload(stored + _JPEG_END, 1))))
    return tuple(doubts)


def _size(sheet: Any) -> tuple[float, float]:
    """Return width and height in points; PDFium would draw a sheet of US Letter for an empty box."""
    width, height = sheet.get_size()
    box = sheet.get_mediabox(fallback_ok=False) or (0, 0, width, height)
    left, bottom, right, top = box
    if min(width, height, abs(right - left), abs(top - bottom)) < _MIN_SIDE_POINTS:
        sides = f"{abs(right - left):g} x {abs(top - bottom):g}"
        raise PageUnreadable("truncated", f"the page's box in the PDF is empty or tiny ({sides} points)")
    return width, height


@contextmanager
def _open(data: bytes) -> Iterator[Any]:
    import pypdfium2

    # A PDF cut short often still opens, with its last pages silently blank.
    if _END not in data.rstrip(b"\0\r\n\t ")[-_MARGIN_BYTES:]:
        raise PageUnreadable("truncated", "the PDF ends before its end mark")
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD_ERROR:
            raise PageUnreadable("password-protected", "the PDF needs a password") from None
        raise PageUnreadable("not-an-image", "the PDF is broken and cannot be opened") from None
    try:
        yield document
    finally:
        document.close()


@contextmanager
def _page(document: Any, page: int) -> Iterator[Any]:
    import pypdfium2

    if page > len(document):
        raise PageUnreadable("no-such-page", f"page {page} was asked for, the PDF has {len(document)}")
    try:
        sheet = document[page - 1]
    except pypdfium2.PdfiumError:
        raise PageUnreadable("truncated", f"page {page} of the PDF is broken") from None
    try:
        yield sheet
    finally:
        sheet.close()
