"""Faces that nothing was trained on: OpenCV's own at any weight, a plotter's; leaning, narrow, wide."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from model.synth.lettering import BuiltinLettering
from model.synth.printing import BUILTIN_FACES

__all__ = ["Typeface", "random_typeface"]

Bytes = npt.NDArray[np.uint8]
#: Text and size in px to its opacity, tightly around it.
Typeface = Callable[[str, int], Bytes]

#: Share of the faces that are OpenCV's own, and their weights.
OWN_SHARE, WEIGHTS = 0.6, (200, 851)
#: Faces of plotters.
_PLOTTED = (
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX_SMALL,
    cv2.FONT_HERSHEY_SIMPLEX,
)
#: Shares of the faces that lean, and that are narrower or wider than they were drawn; how far each goes.
LEANING_SHARE, LEANS = 0.35, (-0.08, 0.35)
STRETCHED_SHARE, STRETCHES = 0.4, (0.72, 1.25)


def random_typeface(rng: np.random.Generator) -> Typeface:
    """Pick a face.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same face.
    """
    plain = _own(rng) if rng.random() < OWN_SHARE else _plotted(rng)
    lean = float(rng.uniform(*LEANS)) if rng.random() < LEANING_SHARE else 0.0
    stretch = float(rng.uniform(*STRETCHES)) if rng.random() < STRETCHED_SHARE else 1.0

    def bent(text: str, size_px: int) -> Bytes:
        upright = plain(text, size_px)
        height, width = upright.shape
        room = abs(lean) * height
        matrix = np.array([[stretch, -lean, max(0.0, lean) * height], [0.0, 1.0, 0.0]])
        size = (max(1, round(stretch * width + room)), height)
        return np.asarray(cv2.warpAffine(upright, matrix, size, flags=cv2.INTER_AREA), np.uint8)

    return bent if lean or stretch != 1.0 else plain


def _own(rng: np.random.Generator) -> Typeface:
    name = BUILTIN_FACES[int(rng.integers(len(BUILTIN_FACES)))]
    lettering = BuiltinLettering(name, int(rng.integers(*WEIGHTS)))

    def set_in_type(text: str, size_px: int) -> Bytes:
        line = lettering.line(text, size_px)
        return np.zeros((1, 1), np.uint8) if line is None else line.opacity

    return set_in_type


def _plotted(rng: np.random.Generator) -> Typeface:
    face, bold = int(rng.choice(_PLOTTED)), float(rng.uniform(0.8, 2.2))

    def plotted(text: str, size_px: int) -> Bytes:
        stroke = max(1, round(bold * size_px / 22))
        scale = cv2.getFontScaleFromHeight(face, max(6, round(0.7 * size_px)), stroke)
        (width, height), below = cv2.getTextSize(text, face, scale, stroke)
        canvas = np.zeros((height + below + 2 * stroke, width + 2 * stroke), np.uint8)
        cv2.putText(canvas, text, (stroke, height + stroke), face, scale, 255, stroke, cv2.LINE_AA)
        return canvas

    return plotted
