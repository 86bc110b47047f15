"""Sheets of loose glyphs for training: one paper, many pens, and the exact box of every glyph.

The trainer thresholds, cuts out and normalizes what is drawn here through the code that reads pages, so that
the network is trained on what it will be shown.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from model.synth.ink import press
from model.synth.paper import Paper, clear_ink, expose, random_paper, rough_paper
from model.synth.pens import Pen, draw_glyphs, random_hand, random_pen

__all__ = ["make_sheet"]

Bytes = npt.NDArray[np.uint8]

#: Writing heights on sheets, in pixels.
HEIGHTS_PX = (16.0, 90.0)
#: Share of a cell that a glyph may fill, either way: neighbours must stay apart.
FILL = 0.78
#: Share of sheets on plain scanner paper; the others have mild trouble.
PLAIN_SHARE = 0.4


def make_sheet(
    rng: np.random.Generator, images: Bytes, *, cell_px: int
) -> tuple[Bytes, npt.NDArray[np.int32]]:
    """Draw glyphs in a loose grid on one sheet.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same bytes.
    images : (K, S, S) uint8 ndarray
        Glyph images, 0 = paper, 255 = ink. Not modified.
    cell_px : int
        Pitch of the grid, at least 24. The writing fits into it.

    Returns
    -------
    pixels : (H, W) uint8 ndarray
        The sheet, 0 = black.
    boxes : (K, 4) int32 ndarray
        Left, top, right, bottom (half-open) of each glyph's ink, in the order of `images`.

    Raises
    ------
    ValueError
        There are no images, or the cells are too small to write in.
    """
    if not len(images) or cell_px < 24:
        raise ValueError(
            f"a sheet needs glyphs and cells of 24 px or more; received {len(images)}, {cell_px}"
        )
    count = len(images)
    across = int(np.ceil(np.sqrt(count)))
    down = -(-count // across)
    paper = _sheet_paper(rng)
    top_px = min(HEIGHTS_PX[1], FILL * cell_px)
    middle = rng.uniform(min(HEIGHTS_PX[0], 0.8 * top_px), top_px)
    heights = np.clip(middle * rng.uniform(0.75, 1.3, count), min(HEIGHTS_PX[0], top_px), top_px)
    pens, hand = _sheet_pens(rng, count), random_hand(rng)
    inks = draw_glyphs(rng, images, heights, pens, hand, widest_px=0.92 * cell_px)
    layer = clear_ink(paper, (down * cell_px, across * cell_px))
    boxes = np.empty((count, 4), np.int32)
    places = rng.random((count, 2))
    for i, ink in enumerate(inks):
        row, column = divmod(i, across)
        room = np.maximum((cell_px - 2 - ink.width, cell_px - 2 - ink.height), 0)
        left, top = (np.array((column, row)) * cell_px + 1 + places[i] * room).astype(int)
        boxes[i] = press(layer, ink, int(left), int(top))
    return expose(rng, paper, layer), boxes


def _sheet_paper(rng: np.random.Generator) -> Paper:
    """Pick grey paper without anything printed on it that could be taken for a glyph."""
    if rng.random() < PLAIN_SHARE:
        return random_paper(rng, colour=False)
    return replace(rough_paper(rng, colour=False, strength=0.6), crease=0.0, bleed=0.0, hard_shadow=False)


def _sheet_pens(rng: np.random.Generator, count: int) -> list[Pen]:
    """Pick a pen for each glyph, out of a drawer of twelve."""
    drawer = [random_pen(rng) for _ in range(12)]
    return [drawer[i] for i in rng.integers(0, len(drawer), count)]
