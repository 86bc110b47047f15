"""Signs in and before the numbers of a page: points, commas, dashes, slashes, colons, pluses.

They are found in what the digits left unread. A sign belongs to the text of its number, not to its digits;
how probable it is, is part of how probable the text is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from segmentation.candidates import Strip
from segmentation.geometry import Box, union
from segmentation.segment import Segmentation
from worker.number_records import Found
from worker.sign_ink import labels_of, trimmed, unread_by
from worker.sign_pieces import Piece, is_cross
from worker.sign_places import Between, Place, likely_outside, places_of
from worker.sign_shapes import NO_SIGN, weighed_by_page
from worker.sign_text import Sign

__all__ = ["SignedNumber", "SignedPage", "find_signs"]

#: A number of one digit that is lower than this share of the page's writing may be a comma or a point.
LOOSE = 0.7
#: A plus that was read as a digit is lower than this share of the digit behind it.
PLUS_HEIGHT = 0.8
#: and ends this much above what that stands on, over its height: a 4 stands on the line.
PLUS_RAISED = 0.08
#: From this probability on a sign is taken for one.
TAKEN = 0.5
#: Its own shape tells a sign that is so many times as likely by it as any other sign.
SURE = 3.0

Lines = Sequence[Sequence[Sequence[Found]]]


@dataclass(frozen=True, slots=True)
class SignedNumber:
    """A number: its digits from left to right, and the signs in and before it."""

    digits: tuple[Found, ...]
    signs: tuple[Sign, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedPage:
    """The numbers of a page with their signs.

    Attributes
    ----------
    lines : list of lines, each a list of SignedNumber
        In reading order, without what was no digit but a sign.
    labels : (H, W) int32 ndarray
        Which piece of ink a pixel belongs to, 0 on paper and where there is a sign.
    """

    lines: list[list[SignedNumber]]
    labels: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Core:
    """A digit without what stands beside it: its box and components; loose = it may be a sign itself."""

    digit: Found
    box: Box
    labels: tuple[int, ...]
    loose: bool


def find_signs(lines: Lines, segmentation: Segmentation, likely: NDArray[np.float32]) -> SignedPage:
    """Find the signs of a page, and join numbers that one of them stands in.

    Parameters
    ----------
    lines : sequence of lines, each a sequence of numbers, each a sequence of Found
        In reading order.
    segmentation : Segmentation
        What they were read from. Not modified.
    likely : (N, 11) float32 ndarray
        What is said of each of its candidates. Not modified.

    Returns
    -------
    SignedPage
        Numbers that hold no sign are as they were.
    """
    cores = _cores(lines, segmentation, likely)
    firm = [[[c for c in number if not c.loose] for number in line] for line in cores]
    firm = [[number for number in line if number] for line in firm]
    unread = unread_by(((c.box, c.labels) for line in firm for number in line for c in number), segmentation)
    writing = segmentation.writing
    found = [
        list(places_of([[(c.box, c.digit.placed.cell) for c in number] for number in line], unread, writing))
        for line in firm
    ]
    asked = {piece.label for places in found for place in places for piece in place.pieces}
    stroke_px = writing.size.stroke_px
    outside = [
        likely
        for line in (firm if asked else ())
        for likely in likely_outside([[c.box for c in number] for number in line], unread, stroke_px, asked)
    ]
    weighed = iter(weighed_by_page([place.likely for places in found for place in places], outside))
    taken: list[dict[int, tuple[Place, Sign]]] = []
    for places in found:
        signs = [(place, _sign(place, next(weighed))) for place in places]
        taken.append({place.before: (place, sign) for place, sign in signs if sign is not None})
    pieces = [piece for signs in taken for place, _ in signs.values() for piece in place.pieces]
    if not pieces:
        return SignedPage(
            [[SignedNumber(tuple(number)) for number in line] for line in lines], writing.labels
        )
    used = {piece.label for piece in pieces}
    strips = segmentation.strips
    signed = [_with_signs(line, signs, used, strips) for line, signs in zip(cores, taken, strict=True)]
    return SignedPage([line for line in signed if line], _without(writing.labels, pieces))


def _cores(lines: Lines, segmentation: Segmentation, likely: NDArray[np.float32]) -> list[list[list[_Core]]]:
    """Tell for each digit what of its ink it needs, and whether it may be a sign itself."""
    strips = segmentation.strips
    starts = np.cumsum([0, *(len(strip.candidates) for strip in strips)]).tolist()
    low = LOOSE * segmentation.writing.size.height_px

    def core(digit: Found, number: Sequence[Found]) -> _Core:
        at = digit.placed.strip
        box, labels = trimmed(digit, strips[at], likely[starts[at] : starts[at + 1]])
        loose = (len(number) == 1 and box.height < low) or _is_plus(digit, number, segmentation)
        return _Core(digit, box, labels, loose)

    return [[[core(digit, number) for digit in number] for number in line] for line in lines]


def _is_plus(digit: Found, number: Sequence[Found], segmentation: Segmentation) -> bool:
    """Tell whether what was read as the first digit of a number is a cross, lower than digits."""
    if len(number) < 2 or digit is not number[0]:
        return False
    box, beside = digit.placed.box, number[1].placed.box
    if box.height > PLUS_HEIGHT * beside.height or box.bottom > beside.bottom - PLUS_RAISED * beside.height:
        return False
    own = labels_of(digit, segmentation.strips)
    part = segmentation.writing.labels[box.top : box.bottom, box.left : box.right]
    return is_cross(np.isin(part, own), segmentation.writing.size.stroke_px)


def _sign(place: Place, probabilities: dict[str, float]) -> Sign | None:
    """Return the sign of a place; None where it is likelier that there is none."""
    text = max(probabilities, key=lambda sign: probabilities[sign])
    if text == NO_SIGN or probabilities[text] < TAKEN:
        return None
    others = tuple((other, share) for other, share in probabilities.items() if other != text)
    shapes = [share for other, share in place.likely.items() if other not in (text, NO_SIGN)]
    by_others = SURE * max(shapes, default=0.0) > place.likely[text]
    box = union(piece.box for piece in place.pieces)
    return Sign(text, 0, box, probabilities[text], others, by_others)


def _with_signs(
    line: Sequence[Sequence[_Core]],
    taken: dict[int, tuple[Place, Sign]],
    used: set[int],
    strips: Sequence[Strip],
) -> list[SignedNumber]:
    """Put the signs of a line into its numbers, and join two numbers where one stands between them."""
    numbers: list[tuple[list[Found], list[Sign]]] = []
    firm = 0
    last: tuple[list[Found], list[Sign]] | None = None
    for number in line:
        rest = [core for core in number if not (core.loose and used.issuperset(core.labels))]
        if not rest:
            continue
        loose = all(core.loose for core in rest)
        place = None if loose else taken.get(firm)
        if last is not None and place is not None and place[0].between is Between.NUMBERS:
            open_number = last
        else:
            open_number = ([], [])
            numbers.append(open_number)
        for core in rest:
            if not core.loose:
                if firm in taken:
                    open_number[1].append(replace(taken[firm][1], place=len(open_number[0])))
                firm += 1
            open_number[0].append(_without_signs(core, used, strips))
        last = last if loose else open_number
    return [SignedNumber(tuple(digits), tuple(signs)) for digits, signs in numbers]


def _without_signs(core: _Core, used: set[int], strips: Sequence[Strip]) -> Found:
    """Return a digit, its box made smaller where what stood beside it turned out to be a sign."""
    if not used.intersection(labels_of(core.digit, strips)):
        return core.digit
    return replace(core.digit, placed=replace(core.digit.placed, box=core.box))


def _without(labels: NDArray[np.int32], pieces: Sequence[Piece]) -> NDArray[np.int32]:
    """Return the ink without some pieces."""
    rest = labels.copy()
    for piece in pieces:
        box = piece.box
        part = rest[box.top : box.bottom, box.left : box.right]
        part[part == piece.label] = 0
    return rest
