"""What stands close together is read together: a number, or a word without any."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.lattice import Edge, ReadDigit, best_path
from segmentation.candidates import Strip
from segmentation.geometry import Box

__all__ = ["Word", "edges_in", "read_words", "unread_share", "words_of"]

#: Pieces closer together than this share of the line's height belong to one word. It is wider
#: than what a candidate may bridge, so that no candidate lies in two words.
WORD_GAP = 0.5
#: What is lower than this share of the line's height, or of its own width, is a point or a dash.
LETTER_HEIGHT = 0.45
#: Where more of a word than this is no digits, its digits are letters, too.
MOST_LETTERS = 0.28


@dataclass(frozen=True, slots=True)
class Word:
    """What stands close together on a line, and what it reads.

    Attributes
    ----------
    start, stop : int
        Half-open range of pieces of the strip.
    candidates : tuple of int
        Those of the strip that lie in it.
    reads : tuple of ReadDigit
        The best path; `edge` counts candidates of the strip.
    letters : float
        How much of it is no digits, 0..1.
    """

    start: int
    stop: int
    candidates: tuple[int, ...]
    reads: tuple[ReadDigit, ...]
    letters: float

    @property
    def is_number(self) -> bool:
        """Tell whether its digits count, or are letters among letters."""
        return bool(self.reads) and self.letters <= MOST_LETTERS


def _ranges(pieces: Sequence[Box], gap_px: float) -> Iterator[tuple[int, int]]:
    """Yield the half-open ranges of pieces, given from left to right by their middles."""
    start, right = 0, float("-inf")
    for place, box in enumerate(pieces):
        if place > start and box.left - right > gap_px:
            yield start, place
            start = place
        right = max(right, box.right)
    if pieces:
        yield start, len(pieces)


def edges_in(edges: Sequence[Edge], inside: Sequence[int], start: int) -> list[Edge]:
    """Return some edges of a line as those of a word that begins at the piece `start`."""
    own = (edges[k] for k in inside)
    return [Edge(edge.start - start, edge.stop - start, edge.prior, edge.weight) for edge in own]


def words_of(strip: Strip, edges: Sequence[Edge], probabilities: NDArray[np.float32]) -> Iterator[Word]:
    """Part a line into words and take the best path through each.

    Parameters
    ----------
    strip : Strip
        One line of writing.
    edges : sequence of Edge
        One a candidate of the strip, in their order.
    probabilities : (len(edges), 11) float32 ndarray
        What the network says of each.

    Yields
    ------
    Word
        From left to right, those that are no numbers as well.
    """
    starts = np.array([edge.start for edge in edges])
    for start, stop in _ranges(strip.pieces, WORD_GAP * strip.height_px):
        inside: list[int] = np.flatnonzero((starts >= start) & (starts < stop)).tolist()
        path = best_path(stop - start, edges_in(edges, inside, start), probabilities[inside])
        reads = tuple(ReadDigit(inside[read.edge], read.digit, read.probabilities) for read in path)
        yield Word(start, stop, tuple(inside), reads, _unread(strip, reads, range(start, stop)))


def read_words(strip: Strip, edges: Sequence[Edge], probabilities: NDArray[np.float32]) -> list[ReadDigit]:
    """Read the numbers of a line; the parameters are those of :func:`words_of`.

    Returns
    -------
    list of ReadDigit
        From left to right; `edge` counts candidates of the strip.
    """
    return [read for word in words_of(strip, edges, probabilities) if word.is_number for read in word.reads]


def unread_share(strip: Strip, reads: Sequence[ReadDigit]) -> float:
    """Return how much of a line was left out, by the width of pieces as large as letters: 0..1."""
    return _unread(strip, reads, range(len(strip.pieces)))


def _unread(strip: Strip, reads: Sequence[ReadDigit], pieces: range) -> float:
    covered: set[int] = set()
    for read in reads:
        candidate = strip.candidates[read.edge]
        covered.update(range(candidate.start, candidate.stop))
    sizes = [
        (piece in covered, strip.pieces[piece].width)
        for piece in pieces
        if strip.pieces[piece].height >= LETTER_HEIGHT * max(strip.height_px, strip.pieces[piece].width)
    ]
    total = sum(width for _, width in sizes)
    return sum(width for read, width in sizes if not read) / total if total else 0.0
