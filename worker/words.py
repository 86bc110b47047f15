"""Digits in the middle of words are letters: what stands close together is judged together."""

from collections.abc import Sequence

from model.lattice import ReadDigit
from segmentation.candidates import Strip
from segmentation.geometry import Box

__all__ = ["outside_words"]

#: Pieces closer together than this share of the line's height belong to one word.
LETTER_GAP = 0.3
#: What is lower than this share of the line's height, or of its own width, is a point or a dash, no letter.
LETTER_HEIGHT = 0.45
#: A number may stand beside letters that take this share of its own width.
MOST_LETTERS = 0.5


def _words(pieces: Sequence[Box], gap_px: float) -> list[int]:
    """Return the word that each piece belongs to; pieces come from left to right by their middles."""
    words: list[int] = []
    right = float("-inf")
    for box in pieces:
        words.append((words[-1] if words else 0) + (1 if words and box.left - right > gap_px else 0))
        right = max(right, box.right)
    return words


def outside_words(strip: Strip, reads: Sequence[ReadDigit]) -> list[ReadDigit]:
    """Leave out the digits of words that hold many letters.

    Parameters
    ----------
    strip : Strip
        One line of writing.
    reads : sequence of ReadDigit
        The best path through it.

    Returns
    -------
    list of ReadDigit
        In their order.
    """
    words = _words(strip.pieces, LETTER_GAP * strip.height_px)
    digits_px: dict[int, float] = {}
    letters_px: dict[int, float] = {}
    covered: set[int] = set()
    for read in reads:
        candidate = strip.candidates[read.edge]
        covered.update(range(candidate.start, candidate.stop))
        word = words[candidate.start]
        digits_px[word] = digits_px.get(word, 0.0) + candidate.box.width
    for piece, box in enumerate(strip.pieces):
        letter_like = box.height >= LETTER_HEIGHT * max(strip.height_px, box.width)
        if piece not in covered and letter_like:
            letters_px[words[piece]] = letters_px.get(words[piece], 0.0) + box.width
    return [
        read
        for read in reads
        if letters_px.get(words[strip.candidates[read.edge].start], 0.0)
        <= MOST_LETTERS * digits_px[words[strip.candidates[read.edge].start]]
    ]
