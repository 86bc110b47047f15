"""A page with its numbers, as one sees it who puts other things on it: what room is left, and what faces."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from model.synth.handwriting import Paths
from model.synth.ink_sorts import InkSort
from model.synth.lettering import Lettering, Line
from model.synth.writer import Board, Writer, draw_paths

__all__ = ["Surroundings", "holds_ink", "lay", "print_colour", "set_line"]

Bytes = npt.NDArray[np.uint8]

#: A place is free when at most this share of it is inked.
FREE_SHARE = 0.004
#: What passes less than this of 255 is inked.
INKED = 200
#: Places that are tried for one thing.
TRIES = 6
#: Sizes of print in writing heights, and in px.
PRINT_SIZES, PRINT_PX = (0.35, 1.3), (9, 110)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What things are put around the numbers of a page with.

    Attributes
    ----------
    rng : numpy.random.Generator
        The same state gives the same page.
    board : Board
        With the numbers on it; changed in place.
    writer : Writer
        Whose words, ticks and signatures these are.
    faces : tuple of Lettering
        What words are printed and written in.
    """

    rng: np.random.Generator
    board: Board
    writer: Writer
    faces: tuple[Lettering, ...]

    @property
    def height_px(self) -> float:
        """Height of the writer's digits."""
        return self.writer.height_px

    def times_height(self, least: float, most: float) -> float:
        """Pick a length between so many heights of the writing, in px."""
        return self.height_px * float(self.rng.uniform(least, most))

    def free_place(self, width: float, height: float) -> tuple[int, int] | None:
        """Return left and top of a place of that size without ink; None where a few tries find none."""
        wide, high = round(width), round(height)
        board = self.board
        if wide >= board.width or high >= board.height:
            return None
        for _ in range(TRIES):
            left = int(self.rng.integers(0, board.width - wide))
            top = int(self.rng.integers(0, board.height - high))
            spot = (slice(top, top + max(1, high)), slice(left, left + max(1, wide)))
            if not holds_ink(*(layer[spot] for layer in (board.layer, *board.others.values()))):
                return left, top
        return None

    def draw_free(self, paths: Paths) -> None:
        """Draw strokes with the writer's pen where there is room for them."""
        if not paths:
            return
        points = np.concatenate(paths)
        low, high = points.min(axis=0), points.max(axis=0)
        place = self.free_place(*(high - low + 1))
        if place is not None:
            moved = [(path - low + np.array(place)).astype(np.float32) for path in paths]
            draw_paths(self.board, self.writer, moved, 0, 0)

    def face(self, *, by_hand: bool = False) -> Lettering | None:
        """Pick a face that looks printed, or written; None where there is none."""
        fitting = [face for face in self.faces if face.by_hand == by_hand]
        return fitting[int(self.rng.integers(len(fitting)))] if fitting else None

    def print_size(self) -> int:
        """Pick how large something is printed, in px."""
        return round(float(np.clip(self.writer.height_px * self.rng.uniform(*PRINT_SIZES), *PRINT_PX)))


def holds_ink(*layers: Bytes) -> bool:
    """Tell whether a place is inked: the same place of each layer, whose inked shares are summed up."""
    dark = ((layer if layer.ndim == 2 else layer.min(axis=2)) < INKED for layer in layers)
    return sum(float(inked.mean()) for inked in dark) > FREE_SHARE


def print_colour(rng: np.random.Generator) -> tuple[int, int, int]:
    """Pick the colour of print: black mostly, grey, or a form's colour; blue, green, red."""
    if rng.random() < 0.6:
        grey = int(rng.integers(0, 90))
        return grey, grey, grey
    if rng.random() < 0.4:
        grey = int(rng.integers(90, 190))
        return grey, grey, grey
    blue, green, red = (int(v) for v in rng.integers(20, 190, 3))
    return blue, green, red


def lay(layer: Bytes, opacity: Bytes, left: int, top: int, colour: Sequence[int]) -> None:
    """Multiply a colour of some opacity onto a layer.

    Parameters
    ----------
    layer : (H, W) or (H, W, 3) uint8 ndarray
        What share of the light passes; changed in place.
    opacity : (h, w) uint8 ndarray
        255 = the colour and nothing else. What reaches beyond the layer is lost.
    left, top : int
        Where it goes, in px of the layer; may be negative.
    colour : sequence of int
        Blue, green, red.
    """
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + opacity.shape[1], layer.shape[1]), min(top + opacity.shape[0], layer.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = opacity[y0 - top : y1 - top, x0 - left : x1 - left]
    spot = layer[y0:y1, x0:x1]
    tones = [round(float(np.dot(colour, (0.11, 0.59, 0.30))))] if layer.ndim == 2 else list(colour)
    passes = cv2.merge([cv2.convertScaleAbs(part, alpha=-(1 - tone / 255), beta=255) for tone in tones])
    spot[...] = cv2.multiply(spot, passes.reshape(spot.shape), scale=1 / 255)


def set_line(
    board: Board, line: Line, left: int, top: int, colour: Sequence[int], *, by_hand: bool = False
) -> None:
    """Put a line of text onto the layers of its letters and of its digits.

    Parameters
    ----------
    board : Board
        Changed in place.
    line : Line
        As a lettering drew it.
    left, top : int
        Where it goes, in px of the board.
    colour : sequence of int
        Blue, green, red.
    by_hand : bool
        Whether it is written rather than printed: its letters then are words by hand, its digits digits.
    """
    words, numbers = (InkSort.HAND, InkSort.DIGIT) if by_hand else (InkSort.PRINT, InkSort.PRINTED_DIGIT)
    letters, digits = line.opacity.copy(), np.zeros_like(line.opacity)
    for start, stop in line.digits:
        digits[:, start:stop], letters[:, start:stop] = line.opacity[:, start:stop], 0
    lay(board.on(words), letters, left, top, colour)
    if line.digits:
        lay(board.on(numbers), digits, left, top, colour)
