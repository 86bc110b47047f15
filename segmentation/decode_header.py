"""What a file's header tells of a page before any pixel is decoded.

Every kind of file has its own small parser, so that a page too large for the limits
is refused without touching its pixels, and so that quirks which the decoders treat
differently from kind to kind (orientation, transparency, depth) are known beforehand.
Nothing here imports cv2 or numpy.
"""

from dataclasses import dataclass
from enum import Enum, auto

__all__ = ["MAX_DPI", "METRES_PER_INCH", "Header", "Route", "plausible_dpi", "resolve_dpi"]

#: Metres in an inch: PNG and BMP count dots per metre.
METRES_PER_INCH = 0.0254

#: Above this, and below 1, a stated dpi is a broken header and not a scanner's.
MAX_DPI = 20_000.0

#: Two axes that differ by less than this share one dpi.
_SAME_DPI_RATIO = 1.02


class Route(Enum):
    """How the pixels become grey."""

    #: Straight to 8-bit grey in one call of the decoder.
    PLAIN = auto()
    #: Decoded as stored (16 bit, alpha), made grey by us.
    AS_STORED = auto()
    #: The decoder's grey is already multiplied by alpha; white is added by us.
    PREMULTIPLIED = auto()


@dataclass(frozen=True)
class Header:
    """Size and quirks of one page, from the header alone.

    Parameters
    ----------
    width, height : int
        Pixels as stored, before the orientation is undone.
    dpi : float or None
        Dots per inch; None where the file does not say or says nonsense.
    orientation : int
        EXIF orientation, 1 to 8; 1 where the file does not say.
    route : Route
        How the pixels become grey.
    transparent_grey : int or None
        8-bit grey level that stands for transparent (PNG ``tRNS`` of grey pages).
    """

    width: int
    height: int
    dpi: float | None = None
    orientation: int = 1
    route: Route = Route.PLAIN
    transparent_grey: int | None = None


def plausible_dpi(dpi: float) -> float | None:
    """Return `dpi`, or None where it cannot be meant.

    Examples
    --------
    >>> plausible_dpi(300.0)
    300.0
    >>> plausible_dpi(0.0) is None
    True
    """
    return round(dpi, 2) if 1.0 < dpi <= MAX_DPI else None


def resolve_dpi(horizontal: float, vertical: float) -> float | None:
    """Return the one dpi of a page; None where its pixels are not square.

    Examples
    --------
    >>> resolve_dpi(300.0, 300.0)
    300.0
    >>> resolve_dpi(204.0, 98.0) is None
    True
    """
    low, high = sorted((horizontal, vertical))
    if low <= 0 or high > low * _SAME_DPI_RATIO:
        return None
    return plausible_dpi(horizontal)
