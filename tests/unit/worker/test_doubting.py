"""Each doubt has a number that has it and no other."""

from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np
import pytest

from model.calibration import NumberEvidence
from model.lattice import ReadDigit
from segmentation.candidates import JOINED, WHOLE, Candidate, Strip
from segmentation.cells import Cell
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from worker.doubting import PageInk
from worker.doubts import LEAST_DIGIT_SHARE, Doubt
from worker.ink_between import InkBetween
from worker.lone_walls import LoneWalls
from worker.number_records import Found
from worker.page_habits import PageHabits
from worker.row_boxes import RowBoxes
from worker.sign_text import Sign
from worker.signs import SignedNumber
from worker.torn_numbers import Neighbours

STROKE_PX = 3.0
#: Where the digits of a number stand: 20 px wide, 40 px high, in steps of so many px.
LEFT, TOP, STEP = 100, 50, 40
SHAPE = (200, 400)

COMMA = Sign(",", 1, Box(122, 84, 126, 96), 0.9)
MINUS = Sign("-", 0, Box(70, 68, 90, 72), 0.9)


def strip_of(count: int) -> Strip:
    """A line whose every digit is a component of its own."""
    boxes = tuple(Box(LEFT + STEP * k, TOP, LEFT + STEP * k + 20, TOP + 40) for k in range(count))
    candidates = tuple(Candidate(k, k + 1, box, WHOLE) for k, box in enumerate(boxes))
    return Strip(boxes, candidates, 40.0, -1, tuple(range(1, count + 1)))


def strip_with_a_speck_in_the_first_digit() -> Strip:
    """A line whose first digit was read together with what lies at its foot, before it."""
    speck, *digits = Box(LEFT - 10, TOP + 33, LEFT - 4, TOP + 39), *strip_of(2).pieces
    first = Box(speck.left, TOP, LEFT + 20, TOP + 40)
    candidates = (Candidate(0, 2, first, JOINED), Candidate(2, 3, digits[1], WHOLE))
    return Strip((speck, *digits), candidates, 40.0, -1, (1, 2, 3))


def number(text: str, cells: tuple[int, ...] = ()) -> list[Found]:
    """A number that is read surely, in boxes or not."""
    return [
        Found(
            PlacedDigit(box, 0, cell, k),
            ReadDigit(k, int(sign), np.eye(10, dtype=np.float32)[int(sign)]),
        )
        for k, (sign, cell, box) in enumerate(
            zip(text, cells or [-1] * len(text), strip_of(len(text)).pieces, strict=True)
        )
    ]


def ink(*boxes: Box) -> np.ndarray:
    """Ink on a page, numbered by its pieces."""
    labels = np.zeros(SHAPE, np.int32)
    for label, box in enumerate(boxes, start=1):
        labels[box.top : box.bottom, box.left : box.right] = label
    return labels


def row_of_boxes(count: int) -> tuple[Cell, ...]:
    """Boxes beside each other, one around each digit."""
    return tuple(
        Cell(Box(LEFT - 8 + STEP * k, TOP - 10, LEFT - 12 + STEP * (k + 1), TOP + 50)) for k in range(count)
    )


PLAIN = PageInk(
    labels=ink(),
    between=InkBetween(ink(), None, STROKE_PX),
    unread=ink() > 0,
    ink=ink() > 0,
    rules=ink() > 0,
    stroke_px=STROKE_PX,
    cells=(),
    lone_walls=LoneWalls(()),
    rows=RowBoxes((), ink() > 0, STROKE_PX),
    strips=(strip_of(8),),
    tells_ink=False,
    habits=PageHabits(may_have_slashes=False, usually_signed=False),
    neighbours=Neighbours(()),
)


@dataclass(frozen=True)
class Case:
    """A number on a page, and what of either gives it its doubt.

    Attributes
    ----------
    digits : list of Found
        The number.
    page : dict
        What the page has that a plain one has not.
    signs : list of Sign
        That were read.
    digit_share : float
        How much of its ink looks like digits.
    """

    digits: list[Found]
    page: dict[str, Any] = field(default_factory=dict)
    signs: list[Sign] = field(default_factory=list)
    digit_share: float = 0.9

    def doubts(self) -> tuple[Doubt, ...]:
        page = replace(PLAIN, **self.page)
        return page.doubts(self.digits, self.signs, NumberEvidence((0.99,), digit_share=self.digit_share))


def talked_over(digits: list[Found]) -> list[Found]:
    """The same, the last of which the others of its page made what it is."""
    return [*digits[:-1], replace(digits[-1], alone=(digits[-1].read.digit + 1) % 10)]


def placed(digits: list[Found], **boxes: Box) -> list[Found]:
    """The same, whose first or last digit stands elsewhere."""
    places = {"first": 0, "last": len(digits) - 1}
    for place, box in boxes.items():
        digit = digits[places[place]]
        digits[places[place]] = replace(digit, placed=replace(digit.placed, box=box))
    return digits


BRACKETED = placed(number("151"), first=Box(100, 45, 110, 95), last=Box(180, 45, 190, 95))
SQUARED = placed(number("42"), last=Box(140, 40, 152, 62))
HANGING = placed(number("34"), last=Box(140, 55, 165, 110))
AT_EDGE = placed(number("42"), first=Box(20, 50, 40, 90), last=Box(60, 50, 80, 90))
RINGED = placed(number("03"), first=Box(90, 40, 170, 100))
CIRCLE = cv2.circle(np.zeros(SHAPE, np.uint8), (110, 70), 19, 1, 2) > 0
#: A rule under the number, and a point on it between the digits.
POINTED = ink(Box(80, 90, 300, 92), Box(128, 85, 132, 92)) > 0
#: A rule before the number, and a one on it.
WITH_ONE = ink(Box(70, 0, 72, 200), Box(66, 52, 72, 88)) > 0
#: A dotted line under the number, and a point on it.
DOTTED = ink(*(Box(x, 89, x + 2, 91) for x in range(80, 240, 8)), Box(128, 87, 132, 91)) > 0
POINTED_FOOT = ink(Box(100, 50, 115, 90), Box(115, 86, 120, 90))
BOXES = row_of_boxes(4)
#: Lines to write on, of which that of the number has a wall before it.
WALLED = (
    Cell(Box(0, 0, 400, 38)),
    Cell(Box(0, 40, 90, 100)),
    Cell(Box(94, 40, 400, 100)),
    Cell(Box(0, 102, 400, 160)),
)
#: The same, with another row right below.
PILED = (*BOXES, *(Cell(Box(c.box.left, c.box.bottom + 4, c.box.right, c.box.bottom + 64)) for c in BOXES))
IN_PILE = {"rows": RowBoxes(PILED, ink() > 0, STROKE_PX), "cells": PILED, "lone_walls": LoneWalls(PILED)}
BESIDE = RowBoxes(BOXES, ink(*strip_of(4).pieces) > 0, STROKE_PX)
IN_BOXES = {"rows": BESIDE, "cells": BOXES, "lone_walls": LoneWalls(BOXES)}
SLASHES = PageHabits(may_have_slashes=True, usually_signed=False)
PRICES = PageHabits(may_have_slashes=False, usually_signed=True)
DASH_BEFORE = ink(MINUS.box) > 0
#: Ink behind 42, and a digit of another number behind that; and one that stands as near as its own.
BEHIND = InkBetween(ink(Box(170, 80, 174, 90)), None, STROKE_PX)
OTHER, NEAR = (Neighbours([PlacedDigit(Box(left, TOP, left + 20, TOP + 40), 0, -1)]) for left in (185, 172))
ONE_CELL = (Cell(Box(90, 40, 184, 100)),)

#: A number with each doubt, and with no other.
CASES = {
    Doubt.INK_BETWEEN: Case(number("42"), {"between": InkBetween(ink(COMMA.box), None, STROKE_PX)}),
    Doubt.SHARED_BOX: Case(number("2345", (0, 1, 2, 2)), {"cells": BOXES, "lone_walls": LoneWalls(BOXES)}),
    Doubt.BOX_LEFT_OUT: Case(number("234", (0, 1, 2)), IN_BOXES),
    Doubt.PILED_ROW: Case(number("2345", (0, 1, 2, 3)), IN_PILE),
    Doubt.LONE_WALL: Case(number("42", (2, 2)), {"cells": WALLED, "lone_walls": LoneWalls(WALLED)}),
    Doubt.NO_SIGN: Case(number("42"), {"habits": PRICES}),
    Doubt.BY_OTHERS: Case(talked_over(number("42"))),
    Doubt.BY_A_COMMA: Case(number("42"), {"commas": (Box(164, 74, 172, 100),)}),
    Doubt.SIGN_BY_OTHERS: Case(number("42"), signs=[replace(COMMA, by_others=True)]),
    Doubt.SLASH: Case(number("412"), {"habits": SLASHES}),
    Doubt.MAY_LACK_SIGN: Case(number("42"), {"unread": DASH_BEFORE}),
    Doubt.BRACKETS: Case(BRACKETED),
    Doubt.RAISED: Case(SQUARED),
    Doubt.HANGING: Case(HANGING),
    Doubt.TWO_ROWS: Case(placed(number("42"), last=Box(140, 92, 160, 132))),
    Doubt.ONE_LEFT_OUT: Case(
        number("42"), {"between": InkBetween(ink(), ink(Box(84, 50, 90, 90)), STROKE_PX)}
    ),
    Doubt.ONLY_ONES: Case(number("111")),
    Doubt.RINGED: Case(RINGED),
    Doubt.CIRCLE: Case(placed(number("02"), first=Box(90, 50, 131, 91)), {"ink": CIRCLE}),
    Doubt.CUT: Case(AT_EDGE, {"ink": ink(Box(0, 60, 6, 80)) > 0}),
    Doubt.UNIT: Case(number("429"), {"habits": PageHabits(unit=9)}),
    Doubt.CURRENCY: Case(number("542"), {"habits": PageHabits(currency=5)}),
    Doubt.POINT_ON_RULE: Case(number("42"), {"rules": POINTED}),
    Doubt.ONE_ON_RULE: Case(number("42"), {"rules": WITH_ONE, "ink": WITH_ONE}),
    Doubt.RULE_BETWEEN: Case(number("42"), {"rules": ink(Box(128, 0, 130, 200)) > 0}),
    Doubt.TOOK_DASH: Case(
        placed(number("42"), first=Box(80, 50, 120, 90)),
        {"labels": ink(Box(80, 68, 100, 72), Box(100, 50, 120, 90))},
    ),
    Doubt.POINT_ON_DOTS: Case(number("42"), {"rules": DOTTED}),
    Doubt.WALL: Case(
        placed(number("12"), first=Box(117, 45, 120, 95)), {"ink": ink(Box(117, 30, 120, 110)) > 0}
    ),
    Doubt.DIGIT_LEFT_OUT: Case(
        number("42"), {"between": InkBetween(ink(), ink(Box(65, 50, 92, 90)), STROKE_PX)}
    ),
    Doubt.SPACED: Case(number("42"), {"groups": (strip_of(1).pieces[0],)}),
    Doubt.LOST_ROOF: Case(
        number("12"), {"rules": ink(Box(0, 46, 400, 50), Box(80, 50, 100, 54), Box(100, 46, 120, 51)) > 0}
    ),
    Doubt.TOOK_POINT: Case(number("42"), {"labels": POINTED_FOOT}),
    Doubt.HARDLY_DIGITS: Case(number("42"), {"tells_ink": True}, digit_share=LEAST_DIGIT_SHARE - 0.1),
    Doubt.PARTED: Case(number("42"), {"between": BEHIND, "neighbours": OTHER}),
    Doubt.TORN: Case(number("42"), {"neighbours": NEAR}),
    Doubt.WIDE: Case(placed(number("42"), last=Box(195, 50, 215, 90))),
    Doubt.SKIPPED: Case(number("42"), {"unread": ink(Box(180, 52, 196, 88)) > 0}),
    Doubt.ON_WALL: Case(
        number("42", (0, 0)),
        {"cells": ONE_CELL, "lone_walls": LoneWalls(ONE_CELL), "unread": ink(Box(166, 52, 182, 55)) > 0},
    ),
    Doubt.MORE_SIGNS: Case(
        number("423"), {"habits": PageHabits(most_signs=1)}, [COMMA, replace(COMMA, place=2)]
    ),
}

#: Numbers that have nothing to be doubted for, each for want of one thing.
UNDOUBTED = {
    "plain": Case(number("42")),
    "a single digit where numbers have a comma": Case(number("4"), {"habits": PRICES}),
    "a comma where numbers have one": Case(number("42"), {"habits": PRICES}, [COMMA]),
    "a one at an end where there are slashes": Case(number("421"), {"habits": SLASHES}),
    "a one inside where there are none": Case(number("412")),
    "a dash before it that was read as its minus": Case(number("42"), {"unread": DASH_BEFORE}, [MINUS]),
    "ink of which nobody says what it belongs to": Case(number("42"), digit_share=0.1),
    "ink that looks like digits": Case(number("42"), {"tells_ink": True}),
    "all boxes of a row": Case(number("2345", (0, 1, 2, 3)), IN_BOXES),
    "another digit than its page's unit": Case(number("942"), {"habits": PageHabits(unit=9)}),
    "a single digit that may be a unit": Case(number("9"), {"habits": PageHabits(unit=9, currency=9)}),
    "another digit than its page's currency": Case(number("425"), {"habits": PageHabits(currency=5)}),
    "a rule under it": Case(number("42"), {"rules": ink(Box(80, 90, 300, 92)) > 0}),
    "a point on a rule that was read": Case(number("42"), {"rules": POINTED}, [COMMA]),
    "a point on a dotted line that was read": Case(number("42"), {"rules": DOTTED}, [COMMA]),
    "a point that touches a digit and was read": Case(number("42"), {"labels": POINTED_FOOT}, [COMMA]),
    "a circle that is no nought": Case(placed(number("42"), first=Box(90, 50, 131, 91)), {"ink": CIRCLE}),
    "ink behind it, and no number": Case(number("42"), {"between": BEHIND}),
    "a number behind it, and no ink between": Case(number("42"), {"neighbours": OTHER}),
    "as many signs as its page's numbers have": Case(
        number("42"), {"habits": PageHabits(most_signs=1)}, [MINUS, COMMA]
    ),
    "read as it is without the others": Case(
        [replace(digit, alone=digit.read.digit) for digit in number("42")]
    ),
}


@pytest.mark.parametrize("doubt", Doubt, ids=lambda doubt: doubt.name)
def test_a_number_has_its_doubt_and_no_other(doubt: Doubt) -> None:
    if doubt not in CASES:
        pytest.fail(f"{doubt.name} is new: give CASES, above, a number that has this doubt and no other")
    assert CASES[doubt].doubts() == (doubt,)


@pytest.mark.parametrize("name", UNDOUBTED)
def test_a_number_is_not_doubted_for_what_is_not_there(name: str) -> None:
    assert UNDOUBTED[name].doubts() == ()


def test_a_point_that_was_read_into_a_digit_may_be_missing() -> None:
    taken = {"strips": (strip_with_a_speck_in_the_first_digit(),)}

    assert Case(number("42"), taken).doubts() == (Doubt.MAY_LACK_SIGN,)
    assert Case(number("42"), taken, [replace(MINUS, text=".")]).doubts() == ()


@pytest.mark.parametrize(
    ("numbers", "habits"),
    [
        ([SignedNumber(tuple(number("42"))), SignedNumber(tuple(number("42")), (COMMA,))], SLASHES),
        (
            [SignedNumber(tuple(number("42")), (COMMA,))],
            PageHabits(may_have_slashes=True, usually_signed=True),
        ),
        ([SignedNumber(tuple(number("42")), (MINUS,))], SLASHES),
        ([SignedNumber(tuple(number("413")))] * 4, SLASHES),
        ([SignedNumber(tuple(number("423")))] * 4, PLAIN.habits),
        ([], PLAIN.habits),
    ],
    ids=["a comma in half of them", "commas", "only a minus before it", "ones inside", "neither", "nothing"],
)
def test_a_page_has_the_habits_of_its_numbers(numbers: list[SignedNumber], habits: PageHabits) -> None:
    assert PageHabits.of(numbers) == habits
