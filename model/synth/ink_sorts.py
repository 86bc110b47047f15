"""What the ink of a drawn page belongs to: numbers, words, print, or none of these."""

from enum import IntEnum

__all__ = ["InkSort"]


class InkSort(IntEnum):
    """Sorts of ink, by what a reader of numbers wants of them."""

    #: Handwritten digits of a number.
    DIGIT = 0
    #: Printed or typed digits.
    PRINTED_DIGIT = 1
    #: Handwritten words and letters, signatures, ticks, crosses, tallies, what is struck out.
    HAND = 2
    #: Printed letters.
    PRINT = 3
    #: Rules, boxes, stains, edges, shadows, and what shines through.
    OTHER = 4
