"""Letters as the paths of a pen, so that words can be written by hand, each time a little differently."""

import cv2
import numpy as np
import numpy.typing as npt

from model.synth.pens import INK_OPACITY, MARGIN_PX, Ink, Pen

__all__ = ["LETTERS", "ink_paths", "smooth_path", "word_paths"]

Floats = npt.NDArray[np.float32]
Paths = list[Floats]

#: Sub-pixel bits of cv2.polylines.
_SHIFT = 4

#: Points ``x,y`` of each stroke, strokes apart by ``/``: top 0, middle 42, baseline 100, below 140.
LETTERS = {
    "A": "0,100 30,0 60,100/12,62 48,62",
    "B": "5,0 5,100/5,3 45,10 48,38 8,48 52,58 52,92 5,100",
    "C": "58,15 35,0 8,25 5,65 28,98 60,85",
    "D": "5,0 5,100/0,2 45,15 58,50 42,88 2,100",
    "E": "55,2 5,2 5,100 58,98/5,50 45,48",
    "F": "55,2 5,2/5,2 5,100/5,50 42,48",
    "G": "58,15 35,0 8,25 5,65 28,98 55,88 58,58 38,58",
    "H": "5,0 5,100/58,0 58,100/5,50 58,48",
    "I": "10,0 10,100",
    "J": "10,2 60,0/42,2 42,75 28,100 5,85",
    "K": "5,0 5,100/52,0 8,55/18,48 58,100",
    "L": "5,0 5,96/5,96 55,98",
    "M": "2,100 8,0/8,0 35,65/35,65 62,0/62,0 70,100",
    "N": "5,100 5,0/5,0 55,100/55,100 55,0",
    "O": "32,0 5,30 5,70 32,100 60,70 60,30 32,0",
    "P": "5,100 5,0/5,0 48,8 50,42 8,52",
    "Q": "32,0 5,30 5,70 32,100 60,70 60,30 32,0/40,75 65,108",
    "R": "5,100 5,0/5,0 48,8 48,42 8,50/25,50 58,100",
    "S": "55,12 30,0 8,20 30,48 55,72 32,100 5,88",
    "T": "0,3 62,0/31,2 31,100",
    "U": "5,0 5,70 30,100 56,70 56,0",
    "V": "2,0 30,100/30,100 58,0",
    "W": "0,0 18,100/18,100 38,35/38,35 58,100/58,100 78,0",
    "X": "3,0 58,100/58,0 3,100",
    "Y": "2,0 30,48/58,0 30,48 25,100",
    "Z": "3,3 58,0/58,0 3,98/3,98 62,97",
    "a": "45,48 25,40 5,65 20,98 42,80 45,45/45,45 45,85 58,98",
    "b": "5,0 5,95/5,65 25,45 45,65 40,92 20,100 5,90",
    "c": "45,50 25,40 5,70 25,100 48,88",
    "d": "45,50 22,45 5,72 22,100 45,82/47,0 47,98",
    "e": "8,70 45,66 38,42 15,45 5,72 20,100 48,88",
    "f": "45,8 30,0 20,25 20,100/5,45 40,43",
    "g": "45,50 25,40 5,65 22,92 44,75/46,42 46,115 28,140 5,128",
    "h": "5,0 5,100/5,65 25,42 42,60 42,100",
    "i": "10,42 10,85 22,98/10,18 12,20",
    "j": "30,42 30,120 15,140 0,128/30,18 31,20",
    "k": "5,0 5,100/40,42 8,72/15,68 42,100",
    "l": "8,0 8,85 22,98",
    "m": "3,100 3,42/3,60 18,42 30,58 30,100/30,60 46,42 58,60 60,100",
    "n": "3,100 3,42/3,62 22,42 40,58 42,100",
    "o": "25,42 5,60 8,90 28,100 46,82 42,50 25,42",
    "p": "5,42 5,140/5,60 25,42 45,62 40,92 20,100 5,88",
    "q": "45,50 25,40 5,65 22,98 44,80/46,42 46,140",
    "r": "4,100 4,42/4,65 20,44 38,48",
    "s": "40,48 22,40 8,55 25,70 40,85 22,100 4,92",
    "t": "20,10 20,85 38,98/3,42 40,40",
    "u": "4,42 6,85 22,100 40,80/41,42 42,85 52,98",
    "v": "2,42 22,100/22,100 42,42",
    "w": "0,42 14,100/14,100 28,60/28,60 42,100/42,100 56,42",
    "x": "3,42 40,100/40,42 3,100",
    "y": "3,42 22,95/42,42 22,100 8,140",
    "z": "4,44 40,42/40,42 4,98/4,98 44,97",
}


def smooth_path(points: Floats, steps: int = 6) -> Floats:
    """Round a path off: a Catmull-Rom curve through its points, `steps` pieces between two of them."""
    if len(points) < 3:
        return points
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    before, start, end, after = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = (np.arange(steps, dtype=np.float32) / steps)[None, :, None]
    curve = 0.5 * (
        2 * start[:, None]
        + (end - before)[:, None] * t
        + (2 * before - 5 * start + 4 * end - after)[:, None] * t**2
        + (3 * (start - end) + after - before)[:, None] * t**3
    )
    return np.concatenate([curve.reshape(-1, 2), points[-1:]]).astype(np.float32)


def word_paths(rng: np.random.Generator, word: str, height_px: float, *, slant: float = 0.1) -> Paths:
    """Return the strokes of a word in pixels: the baseline is y = 0, the first letter starts at x = 0.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of every variation.
    word : str
        Letters of `LETTERS`; anything else becomes a gap.
    height_px : float
        Height of a capital.
    slant : float
        Shift to the right for one pixel up.
    """
    paths: Paths = []
    left = 0.0
    for letter in word:
        strokes = _letter(rng, letter) if letter in LETTERS else []
        for stroke in strokes:
            stroke[:, 0] += left - slant * stroke[:, 1]
            paths.append(stroke * np.float32(height_px / 100))
        width = max((float((s[:, 0] + slant * s[:, 1]).max()) for s in strokes), default=left + 40)
        left = width + float(rng.uniform(8, 20))
    return paths


def _letter(rng: np.random.Generator, letter: str) -> Paths:
    """Return the smoothed strokes of one letter, each point a little off."""
    strokes = []
    size = rng.normal(1, 0.06, 2)
    for text in LETTERS[letter].split("/"):
        points = np.array([pair.split(",") for pair in text.split()], np.float32) - (0, 100)
        points = points * size + rng.normal(0, 2.2, points.shape)
        strokes.append(smooth_path(points.astype(np.float32)))
    return strokes


def ink_paths(paths: Paths, stroke_px: float, pen: Pen) -> tuple[Ink, int, int]:
    """Draw paths with a pen.

    Returns
    -------
    ink : Ink
        The drawn paths.
    left, top : int
        Where the ink's box lies in the coordinates of the paths.
    """
    points = np.concatenate(paths)
    pad = MARGIN_PX + int(np.ceil(stroke_px / 2)) + 1
    low = np.floor(points.min(axis=0)).astype(int) - pad
    extent = np.ceil(points.max(axis=0)).astype(int) + pad + 1 - low
    # Twice the size and back: strokes of any width get a smooth edge.
    solid = np.zeros((int(extent[1]) * 2, int(extent[0]) * 2), np.uint8)
    fixed = [np.round((path - low) * 2 * 2**_SHIFT).astype(np.int32) for path in paths]
    cv2.polylines(solid, fixed, False, 255, max(1, round(2 * stroke_px)), cv2.LINE_AA, _SHIFT)
    solid = np.asarray(cv2.resize(solid, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    left, top, width, height = cv2.boundingRect((solid >= INK_OPACITY).view(np.uint8))
    if not width:
        left, top, height, width = 0, 0, *solid.shape
    opacity = np.asarray(cv2.convertScaleAbs(solid, alpha=pen.darkness), np.uint8)
    ink = Ink(opacity, (left, top, left + width, top + height), pen.colour_bgr)
    return ink, int(low[0]) + left, int(low[1]) + top
