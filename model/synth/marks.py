"""What people write beside numbers: letters, crosses, ticks, dashes, tallies, scribbles, signatures.

Only marks that a person would not read as a digit: no O, no l, no lone stroke.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from model.synth.handwriting import Paths, smooth_path, word_paths
from model.synth.printing import WORDS, print_text, random_face, text_size

__all__ = ["CLEAR_LETTERS", "MARKS", "mark_paths", "not_a_digit", "strike_paths"]

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

#: Letters that are no digit in anybody's hand.
CLEAR_LETTERS = "ACEFHKLMNPRTUVWXacdefhkmnprtuvwx"
#: Stroke width of a mask, in 28ths of its side.
MASK_STROKE = (1.2, 3.6)


def _lines(*strokes: Sequence[tuple[float, float]]) -> Paths:
    """Return straight strokes."""
    return [np.array(stroke, np.float32) for stroke in strokes]


def _cross(rng: np.random.Generator) -> Paths:
    """Return an x."""
    wide = rng.uniform(60, 110)
    return _lines([(0, -95), (wide, 0)], [(wide, -95), (0, 0)])


def _plus(rng: np.random.Generator) -> Paths:
    """Return a plus."""
    wide = rng.uniform(60, 90)
    return _lines([(wide / 2, -90), (wide / 2, -90 + wide)], [(0, -90 + wide / 2), (wide, -90 + wide / 2)])


def _tick(rng: np.random.Generator) -> Paths:
    """Return a check mark."""
    return _lines([(0, -40), (25, 0)], [(25, 0), (rng.uniform(70, 110), -100)])


def _dash(rng: np.random.Generator) -> Paths:
    """Return a dash, short or long."""
    wide = rng.uniform(50, 220)
    return [smooth_path(np.array([(0, -50), (wide / 2, -48), (wide, -50)], np.float32))]


def _equals(rng: np.random.Generator) -> Paths:
    """Return an equals sign."""
    wide = rng.uniform(55, 80)
    return _lines([(0, -65), (wide, -65)], [(0, -35), (wide, -35)])


def _hash(rng: np.random.Generator) -> Paths:
    """Return a number sign."""
    return _lines([(25, -100), (15, 0)], [(60, -100), (50, 0)], [(0, -66), (78, -66)], [(0, -32), (75, -32)])


def _star(rng: np.random.Generator) -> Paths:
    """Return an asterisk of three or four strokes."""
    angles = np.pi * np.arange(int(rng.integers(3, 5))) / rng.integers(3, 5)
    return _lines(
        *[[(40 - 40 * c, -50 - 40 * s), (40 + 40 * c, -50 + 40 * s)] for c, s in _directions(angles)]
    )


def _directions(angles: npt.NDArray[np.float64]) -> list[tuple[float, float]]:
    """Return cosine and sine of each angle."""
    return [(float(np.cos(a)), float(np.sin(a))) for a in angles]


def _arrow(rng: np.random.Generator) -> Paths:
    """Return an arrow to the right."""
    long = rng.uniform(90, 160)
    return _lines([(0, -50), (long, -50)], [(long - 28, -78), (long, -50)], [(long, -50), (long - 28, -22)])


def _tally(rng: np.random.Generator) -> Paths:
    """Return three or four strokes and the one across them."""
    count = int(rng.integers(3, 5))
    upright = [[(22.0 * i, -100.0), (22.0 * i - 4, 0.0)] for i in range(count)]
    return _lines(*upright, [(-15, -25), (22.0 * count, -75)])


def _scribble(rng: np.random.Generator) -> Paths:
    """Return a dense zigzag, as over something not meant to be read."""
    count, wide = int(rng.integers(10, 24)), rng.uniform(70, 200)
    across = np.linspace(0, wide, count) + rng.normal(0, 5, count)
    down = np.where(np.arange(count) % 2, -95.0, -5.0) + rng.normal(0, 12, count)
    return [smooth_path(np.stack([across, down], axis=1).astype(np.float32))]


def _signature(rng: np.random.Generator) -> Paths:
    """Return a flourish: loops that run to the right, of falling height."""
    turns = np.linspace(0, 2 * np.pi * rng.uniform(4, 7), 60)
    fade = np.linspace(1, 0.35, 60)
    across = 12 * turns + 26 * np.sin(turns + rng.uniform(0, 6)) * fade
    down = -40 - 45 * np.cos(turns * rng.uniform(0.9, 1.1)) * fade * rng.uniform(0.7, 1.2, 60)
    return [smooth_path(np.stack([across - across.min(), down], axis=1).astype(np.float32))]


def _dots(rng: np.random.Generator) -> Paths:
    """Return a colon or a row of dots."""
    if rng.random() < 0.3:
        return _lines([(0, -60), (1, -59)], [(0, -15), (1, -14)])
    return _lines(*[[(45.0 * i, -4.0), (45.0 * i + 1, -3.0)] for i in range(int(rng.integers(3, 5)))])


def _question(rng: np.random.Generator) -> Paths:
    """Return a question mark."""
    bow = np.array([(2, -78), (12, -96), (38, -98), (50, -78), (38, -58), (26, -46), (26, -26)], np.float32)
    return [
        smooth_path(bow + rng.normal(0, 1.5, bow.shape).astype(np.float32)),
        *_lines([(26, -3), (27, -2)]),
    ]


def _corner(rng: np.random.Generator) -> Paths:
    """Return the corner or the crossing of printed lines, as a careless erasure leaves it."""
    arms = [(50.0, -100.0), (100.0, -50.0), (50.0, 0.0), (0.0, -50.0)]
    kept = rng.permutation(4)[: int(rng.integers(2, 5))]
    kept = kept if abs(int(kept[0]) - int(kept[1])) != 2 else (np.arange(2) + int(kept[0])) % 4
    return _lines(*[[(50.0, -50.0), arms[int(i)]] for i in kept])


#: Every mark by its name: strokes on a scale where a digit is 100 high and stands on y = 0.
MARKS: dict[str, Callable[[np.random.Generator], Paths]] = {
    "cross": _cross,
    "plus": _plus,
    "tick": _tick,
    "dash": _dash,
    "equals": _equals,
    "hash": _hash,
    "star": _star,
    "arrow": _arrow,
    "tally": _tally,
    "scribble": _scribble,
    "signature": _signature,
    "dots": _dots,
    "question": _question,
    "corner": _corner,
}


def mark_paths(rng: np.random.Generator, name: str, height_px: float) -> Paths:
    """Return the strokes of a mark in pixels, its points a little off, standing on y = 0 from x = 0 on."""
    slant = rng.normal(0.05, 0.1)
    paths = []
    for path in MARKS[name](rng):
        bent = path + rng.normal(0, 1.5, path.shape).astype(np.float32)
        bent[:, 0] -= slant * bent[:, 1]
        paths.append((bent * (height_px / 100)).astype(np.float32))
    return paths


def strike_paths(rng: np.random.Generator, width: float, height: float) -> Paths:
    """Return strokes that cross out a word or number whose left foot is at the origin."""
    if rng.random() < 0.5:
        levels = rng.uniform(0.3, 0.7, int(rng.integers(2, 4)))
        return _lines(
            *[[(-0.15 * height, -h * height), (width + 0.15 * height, -(1 - h) * height)] for h in levels]
        )
    count = max(8, round(4 * width / height) * 2)
    across = np.linspace(-0.1 * height, width + 0.1 * height, count) + rng.normal(0, 0.03 * height, count)
    down = np.where(np.arange(count) % 2, -0.95, -0.05) * height + rng.normal(0, 0.06 * height, count)
    return [smooth_path(np.stack([across, down], axis=1).astype(np.float32))]


def not_a_digit(rng: np.random.Generator, size: int = 28, fonts: Sequence[Path] = ()) -> Bytes:
    """Draw a glyph that is no digit, framed as MNIST frames its digits.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of every variation.
    size : int
        Side of the image, at least 14.
    fonts : sequence of Path
        Further typefaces for printed letters.

    Returns
    -------
    (size, size) uint8 ndarray
        0 = paper, 255 = ink; never empty.
    """
    kind = rng.random()
    if kind < 0.35:
        paths = mark_paths(rng, str(rng.choice(list(MARKS))), 100)
    elif kind < 0.7:
        letters = "".join(rng.choice(list(CLEAR_LETTERS), int(rng.choice([1, 1, 1, 2, 3]))))
        paths = word_paths(rng, letters, 100, slant=float(rng.normal(0.08, 0.12)))
    else:
        return _framed(_printed_letters(rng, fonts), size)
    return _framed_paths(paths, size, float(rng.uniform(*MASK_STROKE)) * size / 28)


def _printed_letters(rng: np.random.Generator, fonts: Sequence[Path]) -> Bytes:
    """Return one printed letter, or a piece of a printed word, tightly cut."""
    face = random_face(rng, fonts)
    if rng.random() < 0.5:
        text = str(rng.choice(list(CLEAR_LETTERS)))
    else:
        word = str(rng.choice(WORDS))
        start = int(rng.integers(0, len(word) - 1))
        text = word[start : start + int(rng.integers(2, 6))]
    width, height = text_size(text, 64, face)
    canvas = np.zeros((height + 80, width + 80), np.uint8)
    print_text(canvas, text, 30, height + 40, 64, face, (255,))
    left, top, width, height = cv2.boundingRect(canvas)
    return canvas[top : top + height, left : left + width]


def _framed(ink: Bytes, size: int) -> Bytes:
    """Scale tightly cut ink into the middle 20 of 28 parts of a square."""
    inner = round(size * 20 / 28)
    scale = inner / max(ink.shape)
    shape = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    small = cv2.resize(ink, shape, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    frame = np.zeros((size, size), np.uint8)
    left, top = (size - shape[0]) // 2, (size - shape[1]) // 2
    frame[top : top + shape[1], left : left + shape[0]] = small
    return frame


def _framed_paths(paths: Paths, size: int, stroke_px: float) -> Bytes:
    """Draw paths into the middle 20 of 28 parts of a square, at four times the size and back."""
    points = np.concatenate(paths)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = 4 * (size * 20 / 28 - stroke_px) / max(float((high - low).max()), 30.0)
    shift = 2 * size - (low + high) / 2 * scale
    large = np.zeros((4 * size, 4 * size), np.uint8)
    fixed = [np.round(path * scale + shift).astype(np.int32) for path in paths]
    cv2.polylines(large, fixed, False, 255, max(1, round(4 * stroke_px)), cv2.LINE_AA)
    return np.asarray(cv2.resize(large, (size, size), interpolation=cv2.INTER_AREA), np.uint8)
