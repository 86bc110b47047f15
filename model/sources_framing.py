"""A picture of one digit to an image as MNIST's: light ink on black, a box of 20 px, centre of mass central.

The digit is the darkest or the lightest thing on the picture, and the picture shows nothing else: lines
and neighbours are not looked for, because training data are cut out by whoever labels them.
"""

from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from model.contract import GLYPH_SIDE
from model.errors import DataInvalid
from model.picture_heads import PictureHead, picture_head

__all__ = ["Ink", "decode_picture", "frame_digit"]

Bytes = NDArray[np.uint8]
Ink = Literal["dark", "light"]

#: The longer side of a digit in px, MNIST's.
BOX_PX = 20
#: Pictures are brought down to this before anything is looked for: a digit has no finer detail.
LONGEST_PX = 400
#: Grey levels, of 255, that ink stands out from its paper at least, and in spreads of the paper's grey:
#: grain on blank paper falls into two halves that lie 2.7 spreads apart.
LEAST_CONTRAST, LEAST_SPREADS = 12, 3.2
#: Share of the largest part's area below which a part is a speck.
SPECK_SHARE = 0.03
#: Width of a stroke at least, in px of the result: a hairline would fade to nothing.
LEAST_STROKE_PX = 1.7
#: Pixels of a picture at most, as of a page; a digit has a few thousand.
MOST_PIXELS = 200_000_000


def decode_picture(data: bytes) -> Bytes:
    """Decode a file to grey, upright, on white where it is transparent.

    Parameters
    ----------
    data : bytes
        PNG, JPEG, BMP, TIFF or WebP, told by the content.

    Returns
    -------
    (H, W) uint8 ndarray
        0 = black.

    Raises
    ------
    DataInvalid
        It is no picture, a damaged or far too large one, or several in one file.
    """
    level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    buffer = np.frombuffer(data, np.uint8)
    try:
        if not data:
            raise DataInvalid("the file is empty")
        _check_head(picture_head(data))
        stored: Any = cv2.imdecode(buffer, cv2.IMREAD_UNCHANGED)
        # Decoded again, because only then the orientation that a camera notes is undone.
        opaque = stored is None or stored.ndim != 3 or stored.shape[2] != 4 or stored.dtype.kind != "u"
        grey: Any = cv2.imdecode(buffer, cv2.IMREAD_GRAYSCALE) if opaque else _on_white(stored)
    except cv2.error as error:
        raise DataInvalid("it is no picture, or a damaged one") from error
    finally:
        cv2.utils.logging.setLogLevel(level)
    if grey is None or not grey.size:
        raise DataInvalid("it is no picture, or a damaged one")
    return np.asarray(grey, np.uint8)


def _check_head(head: PictureHead) -> None:
    """Refuse what would be taken for less, or cost more, than it is worth, before it is decoded."""
    if head.kind:
        raise DataInvalid(f"{head.kind} is not taken: save it as a PNG")
    if head.several:
        raise DataInvalid("more than one picture is in the file")
    if head.width * head.height > MOST_PIXELS:
        raise DataInvalid(f"it has {head.width:,} x {head.height:,} pixels; {MOST_PIXELS:,} are taken")


def _on_white(stored: NDArray[np.uint8] | NDArray[np.uint16]) -> Bytes:
    """Return what is seen of a picture with transparency on white paper; ink of any colour where all is one.

    White strokes on nothing are as common as black ones; they would vanish on white.
    """
    samples = stored.astype(np.float32) * (255.0 / np.iinfo(stored.dtype).max)
    alpha = samples[..., 3]
    grey = cv2.cvtColor(np.ascontiguousarray(samples[..., :3]), cv2.COLOR_BGR2GRAY)
    seen = grey[alpha > 0]
    if seen.size and alpha.min() < 128 and np.ptp(seen) < LEAST_CONTRAST:
        grey = np.zeros_like(grey)
    return np.asarray(255 - (255 - grey) * alpha / 255, np.float32).round().astype(np.uint8)


def frame_digit(picture: Bytes, *, ink: Ink | None = None) -> Bytes:
    """Cut the digit out of its picture and frame it as MNIST is framed.

    Parameters
    ----------
    picture : (H, W) uint8 ndarray
        0 = black. Not modified.
    ink : {"dark", "light"}, optional
        Whether the digit is darker or lighter than its paper; by default what most of the edge is not.

    Returns
    -------
    (28, 28) uint8 ndarray
        Ink = 255. An image that is framed already comes back as it is.

    Raises
    ------
    DataInvalid
        Nothing stands out on the picture.
    """
    light = _is_light(picture) if ink is None else ink == "light"
    lit = picture if light else cv2.bitwise_not(picture)
    if _is_framed(np.asarray(lit, np.uint8)):
        return np.array(lit, np.uint8)
    strength, mask = _ink(_smaller(np.asarray(lit, np.uint8)))
    x, y, width, height = cv2.boundingRect(mask.view(np.uint8))
    return _placed(_scaled(strength[y : y + height, x : x + width]))


def _is_framed(lit: Bytes) -> bool:
    """Tell whether this is an image as MNIST's already: framed again it would be scaled by a pixel or so."""
    if lit.shape != (GLYPH_SIDE, GLYPH_SIDE) or not lit.any() or lit[0].any() or lit[:, 0].any():
        return False
    _, _, width, height = cv2.boundingRect(lit)
    moments = cv2.moments(lit)
    middle = np.array([moments["m10"], moments["m01"]]) / moments["m00"]
    return bool(max(width, height) == BOX_PX and np.abs(middle - GLYPH_SIDE / 2).max() < 1.5)


def _smaller(picture: Bytes) -> Bytes:
    scale = LONGEST_PX / max(picture.shape)
    if scale >= 1:
        return picture
    size = tuple(max(1, round(side * scale)) for side in picture.shape[::-1])
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _threshold(values: Bytes) -> float:
    return float(cv2.threshold(values, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0])


def _is_light(picture: Bytes) -> bool:
    """Tell whether most of the edge, which is paper, is dark."""
    edge = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    return float((edge > _threshold(picture)).mean()) < 0.5


def _paper(lit: Bytes, paper: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return how light the paper is everywhere: a plane through what is taken for paper."""
    rows, columns = np.indices(lit.shape) / max(lit.shape)
    axes = np.stack([np.ones(lit.size), rows.ravel(), columns.ravel()], axis=1)
    chosen = paper.ravel()
    plane, *_ = np.linalg.lstsq(axes[chosen], lit.ravel()[chosen].astype(np.float64), rcond=None)
    return np.asarray(axes @ plane, np.float64).reshape(lit.shape)


def _ink(lit: Bytes) -> tuple[Bytes, NDArray[np.bool_]]:
    """Return how much ink is where, 0 to 255, and where the strokes are."""
    above = lit.astype(np.float64) - _paper(lit, lit <= _threshold(lit))
    flat = np.clip(above - above.min(), 0, 255).astype(np.uint8)
    level = _threshold(flat)
    inked, bare = flat > level, flat <= level
    needed = max(LEAST_CONTRAST, LEAST_SPREADS * float(flat[bare].std()))
    if not inked.any() or float(flat[inked].mean() - flat[bare].mean()) < needed:
        raise DataInvalid("no digit is on the picture: nothing stands out")
    strokes = _without_specks(inked)
    near = np.asarray(cv2.dilate(strokes.view(np.uint8), np.ones((3, 3), np.uint8))) > 0
    paper, full = float(np.median(flat[bare])), float(np.percentile(flat[strokes], 75))
    strength = np.clip((flat - paper) * (255 / max(1.0, full - paper)), 0, 255)
    return np.where(near, strength, 0).astype(np.uint8), strokes


def _without_specks(inked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    _, parts, stats, _ = cv2.connectedComponentsWithStats(inked.view(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    kept = areas >= SPECK_SHARE * areas[1:].max()
    kept[0] = False
    return np.asarray(kept[parts], bool)


def _scaled(strength: Bytes) -> Bytes:
    """Scale ink into the box; strokes that would come out thinner than a pen's are widened first."""
    longest = max(strength.shape)
    least = LEAST_STROKE_PX * longest / BOX_PX
    solid = np.pad(strength >= 128, 1).view(np.uint8)
    depth = np.asarray(cv2.distanceTransform(solid, cv2.DIST_L2, 3))
    missing = round(least - 2 * float(np.percentile(depth[depth > 0], 90)))
    if missing > 0:
        strength = np.pad(strength, (missing + 1) // 2)
        brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (missing + 1, missing + 1))
        strength = np.asarray(cv2.dilate(strength, brush), np.uint8)
    scale = BOX_PX / max(strength.shape)
    size = tuple(max(1, round(side * scale)) for side in strength.shape[::-1])
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(strength, size, interpolation=way), np.float32)
    lit: NDArray[np.float32] = small * np.float32(255 / max(1.0, float(small.max())))
    return np.clip(lit, 0, 255).astype(np.uint8)


def _placed(glyph: Bytes) -> Bytes:
    """Put the centre of mass where MNIST has it, as far as the digit then lies within the image."""
    moments = cv2.moments(glyph)
    image = np.zeros((GLYPH_SIDE, GLYPH_SIDE), np.uint8)
    start = []
    for moment, side in zip(("m01", "m10"), glyph.shape, strict=True):
        wanted = round(GLYPH_SIDE / 2 - moments[moment] / moments["m00"])
        start.append(min(max(wanted, 0), GLYPH_SIDE - side))
    top, left = start
    image[top : top + glyph.shape[0], left : left + glyph.shape[1]] = glyph
    return image
