"""The separate pieces of ink that one digit was read from."""

from collections.abc import Sequence

from segmentation.candidates import Strip
from segmentation.geometry import Box, union
from worker.number_records import Found

__all__ = ["parts_of"]


def parts_of(digit: Found, strips: Sequence[Strip]) -> list[Box]:
    """Return the box of each piece of ink that a digit was read from, the highest first.

    Parameters
    ----------
    digit : Found
        As it was read.
    strips : sequence of Strip
        That the page's digits were read from.
    """
    strip = strips[digit.placed.strip]
    whole = strip.candidates[digit.read.edge]
    parts: dict[int, list[Box]] = {}
    for k in range(whole.start, whole.stop):
        parts.setdefault(int(strip.labels[k]), []).append(strip.pieces[k])
    return sorted((union(pieces) for pieces in parts.values()), key=lambda box: box.height, reverse=True)
