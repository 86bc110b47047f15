"""Groups of three digits with a space before them: ``9 219`` looks like two numbers, and may be one."""

from collections.abc import Sequence
from itertools import chain, pairwise
from statistics import median

from segmentation.geometry import Box
from worker.number_records import Found
from worker.signs import SignedNumber

__all__ = ["spaced_groups"]

#: A group has so many digits, and stands as near as this to what is before it, over the height of both.
DIGITS, NEAR = 3, 0.9
#: Both are on one line: they share this much of the height of the lower one.
SHARED = 0.6


def spaced_groups(lines: Sequence[Sequence[SignedNumber]]) -> frozenset[Box]:
    """Return the first digits of the numbers of a page that may be groups of a longer one.

    Parameters
    ----------
    lines : sequence of sequence of SignedNumber
        All numbers of the page, each line from left to right.

    Returns
    -------
    frozenset of Box
        None where two numbers stand in no cell of a table, which has one number a cell as a rule.
    """
    beside = chain.from_iterable(pairwise(line) for line in lines)
    groups = [pair for pair in beside if _are_groups(*pair)]
    return frozenset(number.digits[0].placed.box for number in chain.from_iterable(groups))


def _are_groups(number: SignedNumber, other: SignedNumber) -> bool:
    before, after = number.digits, other.digits
    # Cents behind a point are no part of the group.
    group = min((sign.place for sign in other.signs), default=len(after))
    if len(before) > DIGITS or group != DIGITS or any(sign.place > 0 for sign in number.signs):
        return False
    return before[-1].placed.cell == after[0].placed.cell >= 0 and _are_near(before, after)


def _are_near(before: Sequence[Found], after: Sequence[Found]) -> bool:
    height = median(digit.placed.box.height for digit in (*before, *after))
    last, first = before[-1].placed.box, after[0].placed.box
    is_level = last.overlap_y(first) >= SHARED * min(last.height, first.height)
    return is_level and first.left - last.right < NEAR * height
