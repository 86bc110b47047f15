"""What makes a number doubtful however sure its digits are: it is never accepted, only put up for review."""

from collections import Counter
from collections.abc import Sequence
from enum import Enum

from segmentation.combs import COMB_BOXES
from worker.number_records import Found

__all__ = [
    "LEAST_DIGIT_SHARE",
    "Doubt",
    "may_hold_slash",
    "only_ones",
    "shares_a_box",
]

#: Strokes of a tally: so many at least.
LEAST_STROKES = 3
#: The network of ink takes at least this share of a number's ink for digits.
LEAST_DIGIT_SHARE = 0.5


class Doubt(Enum):
    """A reason not to accept a number; its value is what people are told."""

    INK_BETWEEN = "Ink between its digits, or just below, was read as nothing: a point or a comma, perhaps."
    SHARED_BOX = "Two of its digits stand in one box of a row of boxes."
    BOX_LEFT_OUT = "A box beside it, in the same row, holds something that is not in the number."
    PILED_ROW = "It fills a row of boxes that has another one right above or below: a number a box, perhaps."
    NO_SIGN = "Most numbers of the page have a point, a comma or the like in them, and this one has none."
    LONE_WALL = "A wall beside it is in its row of cells alone: a one as high as the row, perhaps."
    BY_OTHERS = "A digit of it looks like another one, and was read as those of the page that look like it."
    BY_A_COMMA = "What was read as a digit, in it or beside it, hangs as low as a comma, and may be one."
    SIGN_BY_OTHERS = "A sign of it looks like another sign, too, and was read as those of the page."
    SLASH = "A one of it may be a slash: it is very high, or the page has other signs, or many such ones."
    MAY_LACK_SIGN = "Beside it stands something that was read as nothing and may be its minus or its point."
    ONLY_ONES = "It is three ones or more, which may be the strokes of a tally."
    BRACKETS = "A one at its end may be a bracket: it is higher than the other digits, or bent around them."
    RAISED = "A digit of it is small and stands above the line of the one before: a power, or pence, perhaps."
    TWO_ROWS = "A digit of it stands wholly below or above the one beside it: they may be of two rows."
    ONE_LEFT_OUT = "A stroke beside it was left out as no digit, and may be a one."
    HANGING = "A four of it hangs below the line, as sevens and nines of old hands do."
    RINGED = "A digit of it lies inside of another one, which may be a ring drawn around the number."
    CIRCLE = "A nought of it is as round as a printed circle: a box to tick, or a punched hole, perhaps."
    CUT = "Ink beside it touches the side of the page, which may cut the number off."
    UNIT = "Most numbers of the page end in this digit: it may be a unit, such as g or l."
    CURRENCY = (
        "Most numbers of the page begin with this digit, higher than the rest: a currency sign, perhaps."
    )
    POINT_ON_RULE = "The rule below it is thicker between two digits: a point lies on it, perhaps."
    ONE_ON_RULE = (
        "An upright rule beside or in it is thicker where it stands: a one lies on the rule, perhaps."
    )
    RULE_BETWEEN = "An upright rule runs between two of its digits: they may be of two numbers."
    TOOK_DASH = "A digit of it begins with a level stroke, which may be a minus that touches it."
    POINT_ON_DOTS = "A dot of the dotted line below it is larger, between two digits: a point, perhaps."
    WALL = "A one at its end is thin and high, and goes on above and below: the wall of a box, perhaps."
    DIGIT_LEFT_OUT = "Right beside it something as large as a digit was left out as none, and may be one."
    SPACED = "Right beside it in its cell are three digits, or it is these: one number with a space, perhaps."
    LOST_ROOF = "The rule that a one of it ends at is thicker before the one: the roof of a seven, perhaps."
    TOOK_POINT = "A digit of it ends in a thick foot before the next one: a point that touches it, perhaps."
    HARDLY_DIGITS = "Most of its ink is taken for something else than digits."
    PARTED = "Ink between it and the number beside it was read as nothing: a colon, perhaps, of both as one."
    TORN = "Another number stands as near to it as digits of one number do: both may be one."
    WIDE = "Its digits stand as far apart as numbers do: each may be one of its own."
    SKIPPED = "Ink beside it as high as its digits was read as nothing: one of them, perhaps."
    ON_WALL = "Unread ink runs from behind it to the wall of its cell: a digit stands on that wall, perhaps."
    MORE_SIGNS = (
        "It has more points, commas or the like in it than the numbers of its page: one too many, perhaps."
    )

    @property
    def code(self) -> str:
        """What programs are told: stays from version to version, where the words may change."""
        return self.name.lower().replace("_", "-")


def only_ones(digits: Sequence[Found]) -> bool:
    """Tell whether a number may be the strokes of a tally; a comb holds none."""
    loose = any(digit.placed.cell < 0 for digit in digits) or len({d.placed.cell for d in digits}) == 1
    return len(digits) >= LEAST_STROKES and loose and all(digit.read.digit == 1 for digit in digits)


def may_hold_slash(digits: Sequence[Found]) -> bool:
    """Tell whether a one stands between two digits, where a slash would stand."""
    return any(digit.read.digit == 1 for digit in digits[1:-1])


def shares_a_box(digits: Sequence[Found]) -> bool:
    """Tell whether two digits of a number stand in one box of a comb, which has one digit a box."""
    boxes = Counter(digit.placed.cell for digit in digits if digit.placed.cell >= 0)
    return len(boxes) >= COMB_BOXES and max(boxes.values()) > 1
