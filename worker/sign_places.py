"""Where signs may stand: between the digits of a number, before it, or between two numbers that are one."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from statistics import median

import numpy as np
from numpy.typing import NDArray

from segmentation.cells import Cell
from segmentation.geometry import Box, union
from segmentation.segment import Writing
from worker.sign_pieces import Frame, Piece, pieces_in
from worker.sign_shapes import NO_SIGN, densities

__all__ = ["Between", "Place", "likely_outside", "places_of"]

#: Signs hang below the baseline or rise above the digits by no more than these shares of their height.
BELOW, ABOVE = 0.4, 0.2
#: Before a number is looked as far as this, over the height of its digits; a sign ends nearer than that.
BEFORE, NEAR = 1.3, 0.6
#: What stands before a number is this many times as far from the number before as from its own, at least,
APART = 2.0
#: and at least so far, over the height.
LEAST_APART = 0.6
#: Two numbers with a sign between them may be one where each is as near to it as this, over the height.
JOINED = 0.42
#: A dash or plus that comes nearer to a digit than this, over the height, is a stroke of the digit
CLEAR = 0.04
#: but for this share.
STRAY = 0.02
#: Left of a leading sign there is no ink at all, be it a rule, for this share of the height, and no edge of
#: the page for that: else it is the end of a longer stroke, or of a row of them, as those that fill forms.
FREE, INSIDE = 0.9, 0.1
#: Ink along a rule that was taken out is what was left of it, but for this share.
REMAINS = 0.02
#: So far beside the ends of numbers is looked for what only looks like signs, over the height.
SURVEYED = 1.0
#: Of two pieces, one that has less than this share of the other's ink is dust beside it.
BESIDE = 0.3


class Between(Enum):
    """What a place lies between."""

    DIGITS = auto()
    NUMBERS = auto()
    NOTHING = auto()

    @property
    def signs(self) -> frozenset[str]:
        """Signs that may stand there."""
        return frozenset("-+" if self is Between.NOTHING else ".,-/:")


@dataclass(frozen=True, slots=True)
class Place:
    """A place with ink that may be a sign.

    Attributes
    ----------
    before : int
        Which digit of the line follows it.
    between : Between
        What it lies between.
    pieces : tuple of Piece
        The ink: one piece, or two for a colon.
    likely : dict of str to float
        How likely each sign that may stand there, and none, would look like it.
    """

    before: int
    between: Between
    pieces: tuple[Piece, ...]
    likely: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Digit:
    """A digit of a line: its box, its cell, and which number it belongs to."""

    box: Box
    cell: int
    number: int


def places_of(
    numbers: Sequence[Sequence[tuple[Box, int]]], unread: NDArray[np.int32], writing: Writing
) -> Iterator[Place]:
    """Look for ink that may be signs along one line.

    Parameters
    ----------
    numbers : sequence of numbers, each a sequence of (Box, int)
        Box and cell of each digit, from left to right.
    unread : (H, W) int32 ndarray
        Which piece of ink a pixel belongs to; 0 on paper, and where ink was read. Not modified.
    writing : Writing
        Of the page.

    Yields
    ------
    Place
        From left to right; `before` counts the digits of the line.
    """
    digits = [_Digit(box, cell, k) for k, number in enumerate(numbers) for box, cell in number]
    heights = [[box.height for box, _ in number] for number in numbers]
    for k, digit in enumerate(digits):
        last = digits[k - 1] if k else None
        own = heights[digit.number]
        if last is not None and last.number == digit.number:
            frame = Frame.of([last.box, digit.box], own, writing.size.stroke_px)
            found = _inside(k, last, digit, unread, frame)
        else:
            found = _before(k, last, digit, unread, Frame.of([digit.box], own, writing.size.stroke_px))
        if found is None or not _in_cell(found, digit, writing.cells):
            continue
        if found.between is Between.NOTHING and not _is_free(found, own, writing.ink.mask):
            continue
        yield _doubted_by_rules(found, writing)


def _doubted_by_rules(place: Place, writing: Writing) -> Place:
    """Return a place whose ink is hardly a sign where it hangs together with a rule that was taken out."""
    for piece in place.pieces:
        box, height, width = piece.box, *writing.labels.shape
        around = Box(box.left - 2, box.top - 2, box.right + 2, box.bottom + 2).clipped(width, height)
        rows, columns = slice(around.top, around.bottom), slice(around.left, around.right)
        if (writing.ink.mask[rows, columns] & (writing.labels[rows, columns] == 0)).any():
            likely = {s: value * (1.0 if s == NO_SIGN else REMAINS) for s, value in place.likely.items()}
            return replace(place, likely=likely)
    return place


def likely_outside(
    numbers: Sequence[Sequence[Box]],
    unread: NDArray[np.int32],
    stroke_px: float,
    signs: Container[int] = (),
) -> Iterator[dict[str, float]]:
    """Tell what the ink beside the numbers of one line would be, if it stood between digits.

    Parameters
    ----------
    numbers : sequence of numbers, each a sequence of Box
        Its digits, from left to right.
    unread : (H, W) int32 ndarray
        Which piece of ink a pixel belongs to; 0 on paper, and where ink was read. Not modified.
    stroke_px : float
        Width of a typical stroke.
    signs : container of int
        Pieces that may be signs and are passed over.

    Yields
    ------
    dict of str to float
        As :func:`worker.sign_shapes.densities` gives them, one a piece.
    """
    ends = [(number[0], number[-1]) for number in numbers]
    for place, (first, last) in enumerate(ends):
        reach = SURVEYED * last.height
        after = ends[place + 1][0].left if place + 1 < len(ends) else last.right + 2 * reach
        before = ends[place - 1][1].right if place else first.left - 2 * reach
        for box, left, right in (
            (last, last.right, min(last.right + reach, (last.right + after) / 2)),
            (first, max(first.left - reach, (first.left + before) / 2), first.left),
        ):
            frame = Frame.of([box], [box.height], stroke_px)
            if right - left >= 1:
                pieces = _in_columns(unread, int(left), int(right), (box.top, box.bottom), frame)
                yield from (densities([piece], frame) for piece in pieces if piece.label not in signs)


def _inside(k: int, last: _Digit, digit: _Digit, unread: NDArray[np.int32], frame: Frame) -> Place | None:
    """Return the place between two digits of a number."""
    if last.cell != digit.cell:
        return None
    pieces = _within(unread, last.box, digit.box, frame)
    return _place(k, Between.DIGITS, pieces, frame, (last.box.right, digit.box.left))


def _before(
    k: int, last: _Digit | None, digit: _Digit, unread: NDArray[np.int32], frame: Frame
) -> Place | None:
    """Return the place before a number: that of a leading sign, or between two numbers that may be one."""
    reach = round(BEFORE * frame.height_px)
    stop = digit.box.left - reach
    near = last is not None and last.cell == digit.cell and last.box.right >= stop
    if (
        near
        and last is not None
        and last.box.overlap_y(digit.box) > 0.4 * min(last.box.height, digit.box.height)
    ):
        frame = Frame((last.box.bottom + digit.box.bottom) / 2, frame.height_px, frame.stroke_px)
        pieces = _within(unread, last.box, digit.box, frame)
        if pieces and _are_joined(last.box, union(piece.box for piece in pieces), digit.box, frame):
            return _place(k, Between.NUMBERS, pieces, frame, (last.box.right, digit.box.left))
    begin = Box(stop - 1, digit.box.top, stop, digit.box.bottom)
    pieces = _within(unread, begin, digit.box, frame)
    if len(pieces) != 1 or digit.box.left - pieces[0].box.right > NEAR * frame.height_px:
        return None
    if last is not None:
        behind, ahead = pieces[0].box.left - last.box.right, digit.box.left - pieces[0].box.right
        if behind < max(LEAST_APART * frame.height_px, APART * ahead):
            return None
    return _place(k, Between.NOTHING, pieces, frame, (0, digit.box.left))


def _within(unread: NDArray[np.int32], left: Box, right: Box, frame: Frame) -> list[Piece]:
    """Return the pieces with their middle between those of two boxes, about as high as they stand."""
    rows = min(left.top, right.top), max(left.bottom, right.bottom)
    inside = _in_columns(unread, int(left.centre[0]), int(right.centre[0]), rows, frame)
    most = max((piece.area_px for piece in inside), default=0)
    return [piece for piece in inside if piece.area_px >= BESIDE * most]


def _in_columns(
    unread: NDArray[np.int32], left: int, right: int, rows: tuple[int, int], frame: Frame
) -> list[Piece]:
    """Return the pieces with their middle between two columns, about as high as digits in such rows stand."""
    height, width = unread.shape
    top, bottom = rows[0] - ABOVE * frame.height_px, rows[1] + BELOW * frame.height_px
    window = Box(left, int(top), max(left + 1, right), int(bottom)).clipped(width, height)
    found = pieces_in(unread, window, frame)
    return [piece for piece in found if left <= piece.box.centre[0] <= right]


def _are_joined(left: Box, sign: Box, right: Box, frame: Frame) -> bool:
    """Tell whether a sign stands near to both numbers beside it."""
    gaps = (sign.left - left.right, right.left - sign.right)
    return max(gaps) <= JOINED * frame.height_px


def _place(
    k: int, between: Between, pieces: Sequence[Piece], frame: Frame, room: tuple[int, int]
) -> Place | None:
    """Return a place with one or two pieces; the digits beside it end and begin at the columns `room`."""
    if not 1 <= len(pieces) <= 2:
        return None
    likely = densities(pieces, frame)
    allowed = {sign: value for sign, value in likely.items() if sign in between.signs or sign == NO_SIGN}
    clear = min(pieces[0].box.left - room[0], room[1] - pieces[-1].box.right) >= CLEAR * frame.height_px
    if not clear:
        allowed = {sign: value * (STRAY if sign in "-+" and sign else 1.0) for sign, value in allowed.items()}
    return Place(k, between, tuple(pieces), allowed) if len(allowed) > 1 else None


def _is_free(place: Place, heights_px: Sequence[int], ink: NDArray[np.bool_]) -> bool:
    """Tell whether there is no ink left of a leading sign, and no edge of the page."""
    box = place.pieces[0].box
    height = float(median(heights_px))
    if box.left <= INSIDE * height:
        return False
    beside = ink[max(0, box.top - 2) : box.bottom + 2, max(0, box.left - round(FREE * height)) : box.left - 1]
    return not beside.any()


def _in_cell(place: Place, digit: _Digit, cells: Sequence[Cell]) -> bool:
    """Tell whether the ink of a place lies in the cell of the digit behind it."""
    if digit.cell < 0:
        return True
    cell = cells[digit.cell].box
    middles = [piece.box.centre for piece in place.pieces]
    return all(cell.left <= x < cell.right and cell.top <= y < cell.bottom for x, y in middles)
