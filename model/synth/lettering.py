"""Lines of text in any typeface, and where the digits in them stand."""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from model.synth.printing import BUILTIN_FACES

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

__all__ = ["BUILTIN_LETTERINGS", "BuiltinLettering", "FileLettering", "Lettering", "Line"]

Bytes = npt.NDArray[np.uint8]

#: Sizes of one file's font that are kept ready.
KEPT_SIZES = 64


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text as it is drawn.

    Attributes
    ----------
    opacity : (H, W) uint8 ndarray
        Tightly around the line, 255 = ink.
    digits : tuple of (int, int)
        From which column to which (half-open) each run of digits stands.
    """

    opacity: Bytes
    digits: tuple[tuple[int, int], ...]


class Lettering(Protocol):
    """A typeface, or a font made from somebody's hand."""

    @property
    def by_hand(self) -> bool:
        """Whether it looks written rather than printed."""

    def line(self, text: str, size_px: int) -> Line | None:
        """Draw one line of text; None where nothing of it can be seen."""


@dataclass(frozen=True)
class BuiltinLettering:
    """A face that OpenCV brings along."""

    name: str
    weight: int = 400
    by_hand: bool = False

    def line(self, text: str, size_px: int) -> Line | None:
        """Draw one line of text; None where nothing of it can be seen."""
        face = cv2.FontFace(self.name)

        def width(part: str) -> float:
            return float(cv2.getTextSize((0, 0), part, (0, 0), face, size_px, self.weight)[2])

        canvas = np.zeros((3 * size_px, round(width(text)) + 2 * size_px), np.uint8)
        cv2.putText(canvas, text, (size_px // 2, 2 * size_px), (255,), face, size_px, self.weight)
        runs = [(size_px // 2 + a, size_px // 2 + b) for a, b in _digit_runs(text, width)]
        return _tight(canvas, runs)


@dataclass(frozen=True)
class FileLettering:
    """A font file, drawn by Pillow, which reads more kinds of files than OpenCV.

    Raises
    ------
    OSError
        The file cannot be read, or is no font; told when it is first drawn with.
    """

    path: Path
    by_hand: bool = False
    _sizes: dict[int, "FreeTypeFont"] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def _data(self) -> bytes:
        return self.path.read_bytes()

    def line(self, text: str, size_px: int) -> Line | None:
        """Draw one line of text; None where nothing of it can be seen."""
        from PIL import Image, ImageDraw

        font = _font(self._data, size_px)
        left, top, right, bottom = (round(edge) for edge in font.getbbox(text))
        if right <= left or bottom <= top:
            return None
        canvas = Image.new("L", (right - left + 2, bottom - top + 2))
        ImageDraw.Draw(canvas).text((1 - left, 1 - top), text, font=font, fill=255)
        runs = [(1 - left + a, 1 - left + b) for a, b in _digit_runs(text, font.getlength)]
        return _tight(np.array(canvas, np.uint8), runs)


#: The faces that are there without any file.
BUILTIN_LETTERINGS = tuple(
    BuiltinLettering(name, weight) for name in BUILTIN_FACES for weight in (300, 500, 700)
)


@lru_cache(maxsize=KEPT_SIZES)
def _font(data: bytes, size_px: int) -> "FreeTypeFont":
    from PIL import ImageFont

    # The plain layout is there on every machine; the other one depends on a library of the system.
    return ImageFont.truetype(io.BytesIO(data), size_px, layout_engine=ImageFont.Layout.BASIC)


def _digit_runs(text: str, width: Callable[[str], float]) -> Iterator[tuple[int, int]]:
    """Yield from where to where each run of digits stands, given how wide each beginning of the text is."""
    at = 0
    for digit, run in groupby(text, str.isdigit):
        stop = at + len(list(run))
        if digit:
            yield round(width(text[:at])), round(width(text[:stop]))
        at = stop


def _tight(canvas: Bytes, runs: Sequence[tuple[int, int]]) -> Line | None:
    left, top, width, height = cv2.boundingRect((canvas >= 32).view(np.uint8))
    if not width or not height:
        return None
    inside = [(max(0, a - left), min(width, b - left)) for a, b in runs]
    return Line(
        canvas[top : top + height, left : left + width].copy(), tuple((a, b) for a, b in inside if b > a)
    )
