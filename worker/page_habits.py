"""How the numbers of a page are written, as far as it tells what one of them may be."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from worker.doubts import may_hold_slash
from worker.number_records import Found
from worker.signs import SignedNumber

__all__ = ["PageHabits"]

#: Pages on which this share of the numbers has a sign write signs; another one may be a slash that looks
#: like a one to everybody.
SIGNED_SHARE = 0.2
#: Where this share of the numbers has a sign in it, one without may have lost its own.
USUALLY_SIGNED = 0.5
#: A number of so many digits has room for a slash. On a page with at least so many of these numbers,
LEAST_LONG, LEAST_LONGER = 3, 4
#: ones between two digits are taken for slashes when a larger share of them than this has one.
USUALLY_ONES = 0.5
#: Numbers of two and more digits a page needs to have a habit,
LEAST_NUMBERS = 8
#: and this share of them has to have it.
USUAL = 0.6
#: Where no more than this share of them has more signs inside, one that has may be read with one too many.
RARE = 0.1
#: A currency sign is at least so many times as high as the digits behind it: its bar sticks out.
TALLER = 1.12


@dataclass(frozen=True, slots=True)
class PageHabits:
    """What most numbers of a page have in common.

    Attributes
    ----------
    may_have_slashes : bool
        Some are written with signs, or most of the longer ones have a one inside.
    usually_signed : bool
        Most have a sign in them.
    unit : int, optional
        The digit that most end in, other than 0: a letter that looks like it, perhaps, as g like 9.
    currency : int, optional
        The digit that most begin with, and that is higher than the others: a currency sign, perhaps.
    most_signs : int, optional
        So many signs nearly all of them have in them at most; at least 1.
    """

    may_have_slashes: bool = False
    usually_signed: bool = False
    unit: int | None = None
    currency: int | None = None
    most_signs: int | None = None

    @classmethod
    def of(cls, numbers: Sequence[SignedNumber]) -> "PageHabits":
        """Return those of a page with these numbers."""
        inner = [sum(sign.place > 0 for sign in number.signs) for number in numbers]
        slashes = _writes_signs([len(number.signs) for number in numbers])
        slashes = slashes or _has_inner_ones([number.digits for number in numbers])
        longer = [number.digits for number in numbers if len(number.digits) > 1]
        return cls(slashes, _usually_signed(inner), _unit_of(longer), _currency_of(longer), _most_of(inner))

    def has_too_many(self, signs: int) -> bool:
        """Tell whether a number with so many signs in it has more than the page's numbers have."""
        return self.most_signs is not None and signs > self.most_signs

    def may_be_unit(self, digits: Sequence[Found]) -> bool:
        """Tell whether the last digit of a number may be a unit."""
        return len(digits) > 1 and digits[-1].read.digit == self.unit

    def may_be_currency(self, digits: Sequence[Found]) -> bool:
        """Tell whether the first digit of a number may be a currency sign."""
        return len(digits) > 1 and digits[0].read.digit == self.currency


def _unit_of(numbers: Sequence[Sequence[Found]]) -> int | None:
    digit = _usual([digits[-1].read.digit for digits in numbers])
    return digit or None  # round numbers end in 0


def _currency_of(numbers: Sequence[Sequence[Found]]) -> int | None:
    digit = _usual([digits[0].read.digit for digits in numbers])
    if digit is None:
        return None
    taller = [_over_the_rest(digits) for digits in numbers if digits[0].read.digit == digit]
    return digit if median(taller) >= TALLER else None


def _over_the_rest(digits: Sequence[Found]) -> float:
    """Return how high the first digit of a number is over the others."""
    first, *rest = (digit.placed.box.height for digit in digits)
    return first / median(rest)


def _usual(found: Sequence[int]) -> int | None:
    """Return the digit that most have, where there are enough."""
    if len(found) < LEAST_NUMBERS:
        return None
    digit, count = Counter(found).most_common(1)[0]
    return digit if count >= USUAL * len(found) else None


def _writes_signs(signs: Sequence[int]) -> bool:
    """Tell whether a page writes points, commas and the like into its numbers.

    Parameters
    ----------
    signs : sequence of int
        How many each number of the page has.
    """
    return bool(signs) and sum(count > 0 for count in signs) >= SIGNED_SHARE * len(signs)


def _usually_signed(signs: Sequence[int]) -> bool:
    """Tell whether most numbers of a page have a sign in them, of which `signs` says how many each has."""
    return sum(count > 0 for count in signs) > USUALLY_SIGNED * len(signs)


def _most_of(signs: Sequence[int]) -> int | None:
    """Return how many signs the numbers of a page have in them at most, but for a rare one."""
    if len(signs) < LEAST_NUMBERS:
        return None
    return max(1, sorted(signs, reverse=True)[int(RARE * len(signs))])


def _has_inner_ones(numbers: Sequence[Sequence[Found]]) -> bool:
    """Tell whether most of a page's longer numbers have a one in them: dates and fractions, perhaps.

    A slash that looks like a one to everybody is none in one number and a one in the next.
    """
    longer = [digits for digits in numbers if len(digits) >= LEAST_LONG]
    with_ones = sum(map(may_hold_slash, longer))
    return len(longer) >= LEAST_LONGER and with_ones > USUALLY_ONES * len(longer)
