"""From a checked payload to grey pixels, upright."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from segmentation.decode_header import Header, Route
from segmentation.errors import PageUnreadable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["grey_pixels", "upright"]


def grey_pixels(payload: bytes, header: Header) -> "NDArray[np.uint8]":
    """Decode to 8-bit grey on white.

    Parameters
    ----------
    payload : bytes
        What a format's ``payload`` returned: known to be whole.
    header : Header
        What its ``read_header`` returned.

    Returns
    -------
    (H, W) uint8 ndarray
        0 = black, as stored: the orientation is not undone yet.

    Raises
    ------
    PageUnreadable
        The decoder gives up: the pixel data are damaged.
    """
    import cv2

    as_grey = cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION
    if header.route is Route.PLAIN:
        plain: NDArray[np.uint8] = _decode(payload, as_grey, header)
        return plain
    stored = _decode(payload, cv2.IMREAD_UNCHANGED, header)
    if header.route is Route.PREMULTIPLIED:
        grey = _decode(payload, as_grey, header)
        return _on_white(grey, _to_8_bit(stored[..., 3]))
    return _stored_to_grey(stored, header)


def upright(pixels: "NDArray[np.uint8]", orientation: int) -> "NDArray[np.uint8]":
    """Undo an EXIF orientation.

    Parameters
    ----------
    pixels : (H, W) uint8 ndarray
        As stored. Not modified.
    orientation : int
        EXIF orientation, 1 to 8.

    Returns
    -------
    uint8 ndarray
        As meant to be seen, C-contiguous; width and height change places from 5 on.
    """
    import numpy as np

    if orientation >= 5:
        pixels = pixels.T
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def _decode(payload: bytes, flags: int, header: Header) -> Any:
    """Return the decoder's array, of the size that the header promised."""
    import cv2
    import numpy as np

    with _silenced():
        try:
            pixels = cv2.imdecode(np.frombuffer(payload, dtype=np.uint8), flags)
        except cv2.error:
            pixels = None
    if pixels is None or pixels.shape[:2] != (header.height, header.width):
        raise PageUnreadable("truncated", "the pixel data are incomplete or damaged")
    return pixels


def _stored_to_grey(stored: Any, header: Header) -> "NDArray[np.uint8]":
    import cv2

    if stored.ndim == 2:
        grey = _to_8_bit(stored)
        if header.transparent_grey is not None:
            grey[grey == header.transparent_grey] = 255
        return grey
    if stored.shape[2] == 3:
        return _to_8_bit(cv2.cvtColor(stored, cv2.COLOR_BGR2GRAY))
    grey, alpha = _to_8_bit(cv2.cvtColor(stored, cv2.COLOR_BGRA2GRAY)), _to_8_bit(stored[..., 3])
    return _on_white(cv2.multiply(grey, alpha, scale=1 / 255), alpha)


def _to_8_bit(samples: Any) -> "NDArray[np.uint8]":
    import cv2
    import numpy as np

    if samples.dtype == np.uint8:
        return np.ascontiguousarray(samples)
    scaled: Any = cv2.convertScaleAbs(np.ascontiguousarray(samples), alpha=255 / 65535)
    return np.asarray(scaled, dtype=np.uint8)


def _on_white(multiplied: Any, alpha: Any) -> "NDArray[np.uint8]":
    """Return grey already multiplied by `alpha` over white paper."""
    import cv2
    import numpy as np

    blended: Any = cv2.add(multiplied, cv2.bitwise_not(alpha))
    return np.asarray(blended, dtype=np.uint8)


@contextmanager
def _silenced() -> Iterator[None]:
    """Keep the decoder's complaints off stderr: they come back as our own errors."""
    import cv2

    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)
