"""Training glyphs: drawn on paper, then cut out by the very code that reads pages.

This is where the page maker, the segmentation and the model's classes meet, so that there
is no gap between what the network is trained on and what it is shown.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.synth.sheet import make_sheet
from segmentation.candidates import cut_specimen
from segmentation.components import Component
from segmentation.segment import find_writing

__all__ = ["specimens_from_sheet"]

#: Pitch of a sheet's grid, px.
CELL_PX = 96


def _inside(components: Sequence[Component], scale: float, boxes: NDArray[np.int32]) -> list[list[Component]]:
    """Sort components into the drawn boxes that hold their middles, one px of slack around."""
    held: list[list[Component]] = [[] for _ in boxes]
    grid = boxes.astype(np.float64) * scale
    for component in components:
        x, y = component.box.centre
        hits = np.flatnonzero(
            (grid[:, 0] - 1 <= x) & (x <= grid[:, 2] + 1) & (grid[:, 1] - 1 <= y) & (y <= grid[:, 3] + 1)
        )
        if len(hits):
            held[int(hits[0])].append(component)
    return held


def specimens_from_sheet(
    rng: np.random.Generator, images: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Draw images on one sheet and cut them out again.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same bytes.
    images : (K, S, S) uint8 ndarray
        Glyph images, 0 = paper, 255 = ink. Not modified.

    Returns
    -------
    glyphs : (M, 28, 28) uint8 ndarray
        As the network sees them in reading, ink = 255.
    kept : (M,) int64 ndarray
        Which of the images each one is; those that paper and pen swallowed are missing.
    """
    pixels, boxes = make_sheet(rng, images, cell_px=CELL_PX)
    writing = find_writing(pixels)
    glyphs, kept = [], []
    for k, parts in enumerate(_inside(writing.components, writing.scale, boxes)):
        if parts:
            glyphs.append(cut_specimen(parts, writing.labels, writing.ink.strength))
            kept.append(k)
    stacked = np.stack(glyphs) if glyphs else np.zeros((0, 28, 28), np.uint8)
    return stacked, np.array(kept, np.int64)
