"""What stands close together is read together: a number, or a word without any."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from model.lattice import Edge, ReadDigit, best_path
from segmentation.candidates import Strip
from segmentation.geometry import Box

__all__ = ["read_words", "unread_share"]

#: Pieces closer together than this share of the line's height belong to one word. It is wider
#: than what a candidate may bridge, so that no candidate lies in two words.
WORD_GAP = 0.5
#: What is lower than this share of the line's height, or of its own width, is a point or a dash.
LETTER_HEIGHT = 0.45
#: Where more of a word than this is no digits, its digits are letters, too.
MOST_LETTERS = 0.28


def _words(pieces: Sequence[Box], gap_px: float) -> Iterator[tuple[int, int]]:
    """Yield the half-open ranges of pieces, given from left to right by their middles."""
    start, right = 0, float("-inf")
    for place, box in enumerate(pieces):
        if place > start and box.left - right > gap_px:
            yield start, place
            start = place
        right = max(right, box.right)
    if pieces:
        yield start, len(pieces)


def read_words(strip: Strip, edges: Sequence[Edge], probabilities: NDArray[np.float32]) -> list[ReadDigit]:
    """Take the best path through each word of a line.

    Parameters
    ----------
    strip : Strip
        One line of writing.
    edges : sequence of Edge
        One a candidate of the strip, in their order.
    probabilities : (len(edges), 11) float32 ndarray
        What the network says of each.

    Returns
    -------
    list of ReadDigit
        From left to right; `edge` counts candidates of the strip.
    """
    starts = np.array([edge.start for edge in edges])
    found: list[ReadDigit] = []
    for start, stop in _words(strip.pieces, WORD_GAP * strip.height_px):
        inside: list[int] = np.flatnonzero((starts >= start) & (starts < stop)).tolist()
        own = [replace(edges[k], start=edges[k].start - start, stop=edges[k].stop - start) for k in inside]
        path = best_path(stop - start, own, probabilities[inside])
        reads = [replace(read, edge=inside[read.edge]) for read in path]
        if _unread(strip, reads, range(start, stop)) <= MOST_LETTERS:
            found.extend(reads)
    return found


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
