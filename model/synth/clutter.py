"""What else stands on paper: print, printed numbers, words by hand, stamps, tallies, specks and edges.

Pages that people digitize are full of it. It is drawn around the numbers, hardly ever over them, so that
whoever learns to tell sorts of ink apart sees each of them in many places.
"""

from collections.abc import Callable, Sequence

import numpy as np

from model.synth.clutter_stains import edges, stains
from model.synth.clutter_strokes import fillers, marks, rules, tallies
from model.synth.clutter_text import background, hand_lines, paragraph, printed_cells, printed_numbers
from model.synth.lettering import BUILTIN_LETTERINGS, Lettering
from model.synth.spoiling import fill_beside, strike_out
from model.synth.surroundings import Surroundings
from model.synth.writer import Board, Writer

__all__ = ["scatter"]

#: Share of the pages that lose their numbers, so that nothing but other things is on them.
EMPTY_SHARE = 0.15
#: Share of the pages whose numbers have dashes or crosses beside them,
FILLED_SHARE = 0.3
#: of those on which numbers are crossed out,
STRUCK_SHARE = 0.2
#: and of those on which nothing else stands.
BARE_SHARE = 0.06
#: Fewest things on the other pages, and one more than the most: on pages with numbers, and without.
LEAST_THINGS, MOST_THINGS, MOST_THINGS_ALONE = 2, 26, 70

#: What is put there, and how often.
_THINGS: tuple[tuple[Callable[[Surroundings], None], float], ...] = (
    (paragraph, 0.19),
    (hand_lines, 0.16),
    (printed_numbers, 0.19),
    (marks, 0.12),
    (tallies, 0.06),
    (fillers, 0.06),
    (rules, 0.08),
    (stains, 0.06),
    (edges, 0.03),
    (background, 0.02),
    (printed_cells, 0.03),
)


def scatter(
    rng: np.random.Generator, board: Board, writer: Writer, letterings: Sequence[Lettering] = ()
) -> None:
    """Draw things that are no numbers by hand onto a page, none to some seventy of them.

    Parameters
    ----------
    rng : numpy.random.Generator
        The same state gives the same page.
    board : Board
        With the numbers on it; changed in place. Numbers that are crossed out, or left out, leave its rows.
    writer : Writer
        Whose words, ticks and signatures these are.
    letterings : sequence of Lettering
        Besides those that OpenCV brings along.
    """
    around = Surroundings(rng, board, writer, (*BUILTIN_LETTERINGS, *letterings))
    empty = rng.random() < EMPTY_SHARE
    if empty:
        board.layer[...] = 255
        board.rows.clear()
    if rng.random() < STRUCK_SHARE:
        strike_out(around)
    if rng.random() < FILLED_SHARE:
        fill_beside(around)
    most = MOST_THINGS_ALONE if empty else MOST_THINGS
    count = 0 if rng.random() < BARE_SHARE else int(rng.integers(LEAST_THINGS, most))
    for k in rng.choice(len(_THINGS), count, p=[share for _, share in _THINGS]):
        _THINGS[int(k)][0](around)
