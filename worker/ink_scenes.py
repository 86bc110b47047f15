"""Pages drawn to tell sorts of ink apart: what the network sees of each, and what is true of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from model.ink_runtime import SORTS
from model.ink_training import BLANK, InkScene
from model.synth.clutter import scatter
from model.synth.digits import DigitSource
from model.synth.ink_sorts import InkSort
from model.synth.lettering import Lettering
from model.synth.page import KINDS, make_page
from segmentation.geometry import Placement
from segmentation.segment import Writing, find_writing
from segmentation.sorting import SORTED_HEIGHT_PX, SQUARE_PX, ink_planes

__all__ = ["SceneTask", "drawn_scene", "drawn_scenes"]

#: By how much the writing's size is misjudged: standard deviation of the factor's logarithm.
SIZE_ERROR = 0.25
#: Ink that spreads beyond what was drawn belongs to what is drawn this near, in px of the working page.
SPREAD_PX = 2
#: Where strokes cross, the ink is the digit's rather than the rule's: weights of the sorts.
CLAIMS = np.array([2.0, 1.5, 1.0, 1.0, 1.0])
#: A square with less ink than this share is blank.
LEAST_INK = 0.02


@dataclass(frozen=True, slots=True)
class SceneTask:
    """A piece of work that gives the same wherever it is done.

    Attributes
    ----------
    seed : list of int
        Of this piece alone.
    pages : int
        How many are drawn.
    letterings : sequence of Lettering
        What words are printed and written in, besides the faces of OpenCV.
    """

    seed: list[int]
    pages: int
    letterings: tuple[Lettering, ...]


def drawn_scenes(source: DigitSource, task: SceneTask) -> list[InkScene]:
    """Draw the scenes of a task, with pages of all kinds."""
    rng = np.random.default_rng(task.seed)
    return [
        drawn_scene(rng, source, KINDS[int(rng.integers(len(KINDS)))], task.letterings)
        for _ in range(task.pages)
    ]


def drawn_scene(
    rng: np.random.Generator, source: DigitSource, kind: str, letterings: Sequence[Lettering] = ()
) -> InkScene:
    """Draw a page with all that stands beside numbers, and find its ink as reading does.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same scene.
    source : DigitSource
        What the numbers are written with.
    kind : str
        One of ``model.synth.page.KINDS``.
    letterings : sequence of Lettering
        What words are printed and written in, besides the faces of OpenCV.

    Returns
    -------
    InkScene
        At about the size at which sorts of ink are told; estimates of sizes err, and so does this one.
    """
    page = make_page(rng, source, kind, around=partial(scatter, letterings=letterings))
    writing = find_writing(page.grey)
    height_px = writing.size.height_px * float(np.exp(rng.normal(0, SIZE_ERROR)))
    planes = ink_planes(writing.ink, height_px)
    assert page.sorts is not None  # it was drawn with something around the numbers
    return InkScene(planes, _squares(_sorts_of(writing, page.sorts), planes.shape[:2], height_px))


def _sorts_of(writing: Writing, drawn: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the sort of each pixel of ink on the working page, from 1 on, and 0 on paper."""
    mask = writing.ink.mask
    sorts = cv2.warpAffine(
        drawn, _matrix(writing.placement), mask.shape[::-1], flags=cv2.INTER_NEAREST, borderValue=0
    )
    around = cv2.dilate(sorts, np.ones((2 * SPREAD_PX + 1,) * 2, np.uint8))
    spread = np.where(sorts > 0, sorts, around)
    spread[(spread == 0) & mask] = 1 + InkSort.OTHER
    spread[~mask] = 0
    return np.asarray(spread, np.uint8)


def _matrix(placement: Placement) -> NDArray[np.float64]:
    """Return the affine map from pixels of the page to those of the working page."""
    turn, scale = math.radians(placement.turn_deg), placement.scale
    linear = scale * np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    shift = np.array(placement.shift_px) - linear @ np.array([placement.left_px, placement.top_px])
    return np.column_stack([linear, shift])


def _squares(sorts: NDArray[np.uint8], shape: tuple[int, ...], height_px: float) -> NDArray[np.uint8]:
    """Return which sort has the best claim to each square of the planes."""
    scale = SORTED_HEIGHT_PX / height_px
    size = (max(1, round(sorts.shape[1] * scale)), max(1, round(sorts.shape[0] * scale)))
    margins = ((0, shape[0] - size[1]), (0, shape[1] - size[0]))
    claims = []
    for sort in range(SORTS):
        ink = cv2.resize((sorts == sort + 1).astype(np.float32), size, interpolation=cv2.INTER_AREA)
        padded = np.pad(ink, margins)
        claims.append(
            padded.reshape(shape[0] // SQUARE_PX, SQUARE_PX, shape[1] // SQUARE_PX, SQUARE_PX).mean(
                axis=(1, 3)
            )
        )
    shares = np.stack(claims, axis=-1)
    squares = (shares * CLAIMS).argmax(axis=-1).astype(np.uint8)
    squares[shares.sum(axis=-1) < LEAST_INK] = BLANK
    return np.asarray(squares, np.uint8)
