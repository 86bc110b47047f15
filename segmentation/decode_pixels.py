"""From a checked payload to grey pixels, upright."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from segmentation.decode_header import Header, Route
from segmentation.decode_messages import caught_messages, doubts_in, means_no_memory
from segmentation.errors import PageUnreadable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Decoded", "grey_pixels", "jpeg_doubts", "upright"]

#: Pixels that are turned from the stored samples into grey at a time: more copies of a page at once
#: would cost more than the page itself.
_BAND_PIXELS: Final = 2**20

#: What the decoders allocate at most for a pixel, apart from 16-bit colours: used to tell a page that
#: does not fit into memory from one that is damaged, because some decoders give up without a word.
_DECODER_BYTES_PER_PIXEL: Final = 8


class Decoded(NamedTuple):
    """Pixels, and what the decoder found odd about them.

    Attributes
    ----------
    grey : (H, W) uint8 ndarray
        0 = black, as stored: the orientation is not undone yet.
    doubts : tuple of str
        Complaints of the decoder that cost no pixel, or next to none.
    """

    grey: "NDArray[np.uint8]"
    doubts: tuple[str, ...]


def grey_pixels(payload: bytes, header: Header) -> Decoded:
    """Decode to 8-bit grey on white.

    Parameters
    ----------
    payload : bytes
        What a format's ``payload`` returned: known to be whole.
    header : Header
        What its ``read_header`` returned.

    Raises
    ------
    PageUnreadable
        The decoder gives up, or says that it filled up what is missing: the pixel data are damaged.
    MemoryError
        The decoder was given no more memory.
    """
    import cv2

    as_grey = cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION
    if header.route is Route.PLAIN:
        return Decoded(*_decode(payload, as_grey, header))
    stored, doubts = _decode(payload, cv2.IMREAD_UNCHANGED, header)
    if header.route is Route.PREMULTIPLIED:
        alpha = _to_8_bit(stored[..., 3])
        del stored  # four times as large as what is decoded next
        grey, doubts = _decode(payload, as_grey, header)
        return Decoded(_on_white(grey, alpha), doubts)
    return Decoded(_stored_to_grey(stored, header), doubts)


def jpeg_doubts(payload: bytes) -> tuple[str, ...]:
    """Return the decoder's doubts about a JPEG within another file, which another decoder will decode.

    Parameters
    ----------
    payload : bytes
        What :func:`segmentation.decode_jpeg.payload` returned.

    Raises
    ------
    PageUnreadable
        Pixel data are missing or damaged.
    """
    import cv2
    import numpy as np

    # All compressed pixels are looked at, for an eighth of the work of making a picture of them.
    small = cv2.IMREAD_REDUCED_GRAYSCALE_8 | cv2.IMREAD_IGNORE_ORIENTATION
    with caught_messages() as messages, _telling_all(), suppress(cv2.error):
        cv2.imdecode(np.frombuffer(payload, dtype=np.uint8), small)
    return doubts_in(messages, payload)


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


def _decode(payload: bytes, flags: int, header: Header) -> tuple[Any, tuple[str, ...]]:
    """Return the decoder's array, of the size that the header promised, and its doubts."""
    import cv2
    import numpy as np

    with caught_messages() as messages, _telling_all():
        try:
            pixels = cv2.imdecode(np.frombuffer(payload, dtype=np.uint8), flags)
        except cv2.error as error:
            pixels = None
            complaint = str(error)
        else:
            complaint = ""
    if pixels is None or pixels.shape[:2] != (header.height, header.width):
        _check_memory([*messages, complaint], header)
        raise PageUnreadable("truncated", "the pixel data are incomplete or damaged")
    return pixels, doubts_in(messages, payload)


def _check_memory(messages: Iterable[str], header: Header) -> None:
    """Raise MemoryError if that is why the decoder gave up."""
    import numpy as np

    if any(map(means_no_memory, messages)):
        raise MemoryError("the decoder was given no more memory")
    # Not touched, so that it costs an address range and no memory; raises by itself.
    np.empty(header.width * header.height * _DECODER_BYTES_PER_PIXEL, dtype=np.uint8)


def _stored_to_grey(stored: Any, header: Header) -> "NDArray[np.uint8]":
    """Turn samples as stored into grey, a band of rows at a time."""
    import numpy as np

    height, width = stored.shape[:2]
    grey = np.empty((height, width), dtype=np.uint8)
    rows = max(1, _BAND_PIXELS // width)
    for top in range(0, height, rows):
        grey[top : top + rows] = _band_to_grey(stored[top : top + rows], header)
    return grey


def _band_to_grey(stored: Any, header: Header) -> "NDArray[np.uint8]":
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
def _telling_all() -> Iterator[None]:
    """Have the decoders say what they make up, which they are asked to keep to themselves otherwise."""
    import cv2

    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_WARNING)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)
