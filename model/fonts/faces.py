"""A font file to pictures of single characters, by Pillow, which reads all of ``ENDINGS``."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from model.errors import DataInvalid, TrainingUnavailable

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

__all__ = ["ENDINGS", "FontFace"]

Bytes = NDArray[np.uint8]

#: What font files are called; ``.woff2`` would need another unpacker.
ENDINGS = (".ttf", ".otf", ".woff")
#: Height that characters are drawn at, px from one line to the next: digits come out some 80 px high.
SIZE_PX = 128
#: Nothing is ever drawn for it, so that it shows what a font draws for characters that it lacks.
_NO_CHARACTER = "\uffff"


class FontFace:
    """A font, drawn from its file's bytes.

    Parameters
    ----------
    data : bytes
        What the file holds.
    path : Path
        Where it lies, for errors.

    Attributes
    ----------
    family : str
        What the typeface is called, without weight and slant, by its own name table.

    Raises
    ------
    DataInvalid
        It is no font, or a damaged one.
    TrainingUnavailable
        Pillow is not installed.
    """

    def __init__(self, data: bytes, path: Path) -> None:
        self._path = path
        self._font = _opened(data, path)
        self.family = (self._font.getname()[0] or path.stem).strip()
        self._missing = self._drawn(_NO_CHARACTER)

    def draw(self, character: str) -> Bytes | None:
        """Draw a character, tightly cut.

        Parameters
        ----------
        character : str
            One.

        Returns
        -------
        (H, W) uint8 ndarray, or None
            Ink = 255; None where the font lacks it.

        Raises
        ------
        DataInvalid
            The font is damaged where the character is described.
        """
        drawn = self._drawn(character)
        if not drawn.any() or np.array_equal(drawn, self._missing):
            return None
        rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
        return drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]

    def _drawn(self, character: str) -> Bytes:
        """Draw what the font has for a character, if only a box that says that it lacks it."""
        from PIL import Image, ImageDraw

        try:
            left, top, right, bottom = (round(edge) for edge in self._font.getbbox(character))
            canvas = Image.new("L", (max(1, right - left), max(1, bottom - top)))
            ImageDraw.Draw(canvas).text((-left, -top), character, font=self._font, fill=255)
        except OSError as error:
            raise DataInvalid(f"{self._path}: the font is damaged at {character!r}: {error}") from error
        return np.array(canvas, np.uint8)


def _opened(data: bytes, path: Path) -> "FreeTypeFont":
    try:
        from PIL import ImageFont
    except ImportError as error:
        raise TrainingUnavailable("fonts need Pillow, which comes with the extra `train`") from error
    try:
        # The plain layout is there on every machine; the other one depends on a library of the system.
        return ImageFont.truetype(io.BytesIO(data), SIZE_PX, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise DataInvalid(f"{path} is no font, or a damaged one: {error}") from error
