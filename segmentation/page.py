"""A file's bytes become a page: grey, upright, within limits.

The kind of a file is found from its content, never from its name. Every size is checked
against the limits before a pixel is decoded. :func:`count_pages` and all header checks
work without cv2 and numpy, so that they may be called where these are not wanted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from segmentation import decode_bmp, decode_jpeg, decode_pdf, decode_png, decode_tiff, decode_webp
from segmentation.decode_header import Header
from segmentation.errors import PageUnreadable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["DecodeLimits", "Kind", "Page", "count_pages", "decode_page"]

Kind: TypeAlias = Literal["bmp", "jpeg", "pdf", "png", "tiff", "webp"]

#: The decoder's own bounds; no limit of ours goes beyond them.
_DECODER_MAX_PIXELS: Final = 2**30
_DECODER_MAX_SIDE_PX: Final = 2**20


@dataclass(frozen=True)
class Page:
    """One page as it is meant to be seen.

    Parameters
    ----------
    pixels : (H, W) uint8 ndarray
        Grey, 0 = black, C-contiguous, on white where the file was transparent.
    dpi : float or None
        Dots per inch; None where the file does not say.
    orientation : int
        EXIF orientation, 1 to 8, that was undone; 1 = nothing to undo. Boxes are in pixels
        of the page after that.
    kind : str
        ``bmp``, ``jpeg``, ``pdf``, ``png``, ``tiff`` or ``webp``.
    doubts : tuple of str
        What is odd about the file and cost no pixel, or next to none; one line each.
    """

    pixels: "NDArray[np.uint8]"
    dpi: float | None
    orientation: int
    kind: Kind
    doubts: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.pixels.shape[0])


@dataclass(frozen=True)
class DecodeLimits:
    """What a file may cost, and how finely a PDF is rendered.

    Parameters
    ----------
    max_pixels : int
        Pixels of one page; more than 2**30 has no effect, the decoder ends there.
    max_file_bytes : int
        Bytes of one file.
    max_pages : int
        Pages of one file.
    pdf_dpi : int
        Dots per inch at which pages of a PDF are rendered.
    """

    max_pixels: int = 200_000_000
    max_file_bytes: int = 500_000_000
    max_pages: int = 10_000
    pdf_dpi: int = 200


_DEFAULT_LIMITS: Final = DecodeLimits()


class _Format(NamedTuple):
    read_header: Callable[[bytes, int], Header]
    payload: Callable[[bytes, int], bytes]


_FORMATS: Final[dict[Kind, _Format]] = {
    "bmp": _Format(decode_bmp.read_header, decode_bmp.payload),
    "jpeg": _Format(decode_jpeg.read_header, decode_jpeg.payload),
    "png": _Format(decode_png.read_header, decode_png.payload),
    "tiff": _Format(decode_tiff.read_header, decode_tiff.payload),
    "webp": _Format(decode_webp.read_header, decode_webp.payload),
}

#: Kinds that people do have on their disks, to be named instead of "not an image".
_OTHER_KINDS: Final = (
    (0, b"GIF8", "GIF"),
    (4, b"ftypheic", "HEIC"),
    (4, b"ftypheix", "HEIC"),
    (4, b"ftypmif1", "HEIC"),
    (4, b"ftypavif", "AVIF"),
    (0, b"8BPS", "Photoshop"),
    (0, b"AT&TFORM", "DjVu"),
    (0, b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"\0\0\0\x0cJXL ", "JPEG XL"),
)


def decode_page(data: bytes, *, page: int = 1, limits: DecodeLimits = _DEFAULT_LIMITS) -> Page:
    """Decode one page of a file.

    Parameters
    ----------
    data : bytes
        The whole file.
    page : int
        Counts from 1.
    limits : DecodeLimits
        Checked before anything is decoded.

    Returns
    -------
    Page
        Grey and upright.

    Raises
    ------
    PageUnreadable
        The bytes do not give that page; its ``code`` says why.
    MemoryError
        The page does not fit into the memory that this process may take.
    """
    kind = _kind(data, limits)
    if page < 1:
        raise PageUnreadable("no-such-page", f"page {page} was asked for, pages count from 1")
    if kind == "pdf":
        check_size = partial(_check_size, limits=limits)
        pixels, doubts = decode_pdf.render(data, page, dpi=limits.pdf_dpi, check_size=check_size)
        return Page(pixels, dpi=float(limits.pdf_dpi), orientation=1, kind=kind, doubts=doubts)
    if page > 1 and kind != "tiff":
        raise PageUnreadable("no-such-page", f"page {page} was asked for, a {kind.upper()} file has one")
    return _decode_raster(data, page, kind, limits)


def count_pages(data: bytes, *, limits: DecodeLimits = _DEFAULT_LIMITS) -> int:
    """Return how many pages a file holds, without decoding any.

    Pages of single-page kinds are not looked into: what is wrong with them is found by
    :func:`decode_page`.

    Raises
    ------
    PageUnreadable
        The bytes are no file of a known kind, or too many bytes or pages.
    """
    kind = _kind(data, limits)
    if kind == "pdf":
        count = decode_pdf.page_count(data)
    elif kind == "tiff":
        count = decode_tiff.page_count(data, at_most=limits.max_pages)
    else:
        count = 1
    if count > limits.max_pages:
        raise PageUnreadable("too-large", f"the file has more than {limits.max_pages} pages")
    if count < 1:
        raise PageUnreadable("not-an-image", f"the {kind.upper()} file holds no page")
    return count


def _decode_raster(data: bytes, page: int, kind: Kind, limits: DecodeLimits) -> Page:
    form = _FORMATS[kind]
    header = form.read_header(data, page)
    _check_size(header.width, header.height, limits)
    payload = form.payload(data, page)

    from segmentation.decode_pixels import grey_pixels, upright

    grey, doubts = grey_pixels(payload, header)
    pixels = upright(grey, header.orientation)
    return Page(pixels, dpi=header.dpi, orientation=header.orientation, kind=kind, doubts=doubts)


def _kind(data: bytes, limits: DecodeLimits) -> Kind:
    if not data:
        raise PageUnreadable("empty-file", "the file is empty")
    if len(data) > limits.max_file_bytes:
        raise PageUnreadable(
            "too-large", f"the file has {len(data):,} bytes; the limit is {limits.max_file_bytes:,}"
        )
    for kind, matches in _SIGNATURES.items():
        if matches(data):
            return kind
    for at, mark, name in _OTHER_KINDS:
        if data.startswith(mark, at):
            raise PageUnreadable("unsupported", f"{name} files are not read; save it as PNG or JPEG")
    raise PageUnreadable("not-an-image", "the content is no PNG, JPEG, TIFF, PDF, BMP or WebP")


def _check_size(width: int, height: int, limits: DecodeLimits) -> None:
    if width < 1 or height < 1:
        raise PageUnreadable("not-an-image", f"the header states a page of {width} x {height} pixels")
    max_pixels = min(limits.max_pixels, _DECODER_MAX_PIXELS)
    if width * height > max_pixels:
        raise PageUnreadable(
            "too-large", f"the page has {width:,} x {height:,} pixels; the limit is {max_pixels:,} in all"
        )
    if max(width, height) > _DECODER_MAX_SIDE_PX:
        raise PageUnreadable(
            "too-large",
            f"the page has {width:,} x {height:,} pixels; a side may have {_DECODER_MAX_SIDE_PX:,}",
        )


_SIGNATURES: Final[dict[Kind, Callable[[bytes], bool]]] = {
    "png": lambda data: data.startswith(decode_png.MAGIC),
    "jpeg": lambda data: data.startswith(decode_jpeg.MAGIC),
    "tiff": decode_tiff.is_tiff,
    "webp": decode_webp.is_webp,
    "bmp": lambda data: data.startswith(decode_bmp.MAGIC),
    "pdf": decode_pdf.is_pdf,
}
