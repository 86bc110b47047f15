"""Pages on which nobody wrote a number: blank, ruled or squared, for what is read from nothing."""

import numpy as np

from model.synth.ink_sorts import InkSort
from model.synth.rules import draw_rule, random_rule_pen
from model.synth.writer import Board, Writer

__all__ = ["unwritten"]

#: Share of the pages that are blank, and of those with rules that have them both ways.
BLANK, SQUARED = 0.4, 0.4
#: Distance of the rules, over the height of the writing.
PITCH = (0.9, 2.4)


def unwritten(rng: np.random.Generator, board: Board, writer: Writer) -> None:
    """Draw what paper has printed on it to be written on, or nothing."""
    if rng.random() < BLANK:
        return
    layer = board.on(InkSort.OTHER)
    pitch = writer.height_px * float(rng.uniform(*PITCH))
    pen = random_rule_pen(rng, writer.height_px)
    start = float(rng.uniform(0.3, 3.0))
    for y in np.arange(start * pitch, board.height, pitch):
        draw_rule(rng, layer, pen, (0.0, float(y)), (float(board.width), float(y)))
    if rng.random() < SQUARED:
        for x in np.arange(start * pitch, board.width, pitch):
            draw_rule(rng, layer, pen, (float(x), 0.0), (float(x), float(board.height)))
