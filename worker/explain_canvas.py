"""A white sheet to draw explanations on: text, bars and pictures, with OpenCV alone."""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ACCENT",
    "BAD",
    "BLACK",
    "GOOD",
    "GREY",
    "LIGHT",
    "WHITE",
    "Canvas",
    "Colour",
    "fitted",
    "plain",
    "text_width",
    "wrapped",
]

Colour = tuple[int, int, int]

#: RGB.
BLACK: Final[Colour] = (20, 20, 20)
GREY: Final[Colour] = (105, 105, 105)
LIGHT: Final[Colour] = (214, 214, 214)
WHITE: Final[Colour] = (255, 255, 255)
GOOD: Final[Colour] = (0, 128, 60)
BAD: Final[Colour] = (200, 16, 32)
ACCENT: Final[Colour] = (26, 95, 180)

_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX
#: Height in px of a capital of that font at scale 1.
_FONT_PX: Final = 21


def plain(text: str) -> str:
    """Return `text` in the signs that the font has; ``?`` stands for the others."""
    named = text.replace("…", "...").replace("×", "x").replace("–", "-")
    return "".join(sign if " " <= sign <= "~" else "?" for sign in named)


def text_width(text: str, size_px: int, *, bold: bool = False) -> int:
    """Return how wide a line of text is drawn whose capitals have that height."""
    (width, _), _ = cv2.getTextSize(plain(text), _FONT, size_px / _FONT_PX, 2 if bold else 1)
    return int(width)


def fitted(text: str, size_px: int, width_px: int, *, bold: bool = False) -> str:
    """Return `text`, cut in its middle where it is too wide."""
    shown, kept = text, len(text)
    while text_width(shown, size_px, bold=bold) > width_px and kept > 4:
        kept -= 2
        shown = text[: kept // 2] + "..." + text[-(kept // 2) :]
    return shown


def wrapped(text: str, size_px: int, width_px: int) -> list[str]:
    """Break a sentence into lines that fit."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size_px) > width_px:
            lines.append(word)
        else:
            lines[-1] = longer
    return [fitted(line, size_px, width_px) for line in lines]


class Canvas:
    """White paper of a fixed width that grows downwards as it is drawn on.

    Parameters
    ----------
    width : int
        In px.
    height : int
        What there is to begin with; drawing further down makes more.
    """

    def __init__(self, width: int, height: int = 400) -> None:
        self.width = width
        self._pixels: Any = np.full((height, width, 3), 255, np.uint8)

    def cut(self, height: int) -> NDArray[np.uint8]:
        """Return what was drawn down to `height`."""
        self._reach(height)
        return np.ascontiguousarray(self._pixels[:height])

    def text(
        self,
        text: str,
        left: int,
        top: int,
        *,
        size_px: int = 11,
        colour: Colour = BLACK,
        bold: bool = False,
    ) -> None:
        """Write one line; `top` is the upper edge of its capitals."""
        self._reach(top + 2 * size_px)
        cv2.putText(
            self._pixels,
            plain(text),
            (left, top + size_px),
            _FONT,
            size_px / _FONT_PX,
            colour,
            2 if bold else 1,
            cv2.LINE_AA,
        )

    def frame(self, left: int, top: int, width: int, height: int, colour: Colour, line_px: int = 1) -> None:
        """Draw a frame whose outer edge is the given box."""
        self._reach(top + height)
        for step in range(line_px):
            a = (left + step, top + step)
            b = (left + width - 1 - step, top + height - 1 - step)
            cv2.rectangle(self._pixels, a, b, colour, 1)

    def fill(self, left: int, top: int, width: int, height: int, colour: Colour) -> None:
        """Fill a box; nothing where it has no area."""
        if width <= 0 or height <= 0:
            return
        self._reach(top + height)
        self._pixels[top : top + height, max(0, left) : left + width] = colour

    def picture(self, picture: NDArray[np.uint8], left: int, top: int) -> None:
        """Put a grey or RGB picture there."""
        height, width = picture.shape[:2]
        self._reach(top + height)
        shown = picture if picture.ndim == 3 else np.repeat(picture[:, :, None], 3, axis=2)
        self._pixels[top : top + height, left : left + width] = shown

    def _reach(self, height: int) -> None:
        missing = height - self._pixels.shape[0]
        if missing > 0:
            more = np.full((max(missing, 400), self.width, 3), 255, np.uint8)
            self._pixels = np.vstack([self._pixels, more])
