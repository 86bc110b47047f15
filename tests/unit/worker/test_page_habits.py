"""A digit that ends or begins most numbers of a page may be a unit or a currency sign."""

import numpy as np
import pytest

from model.lattice import ReadDigit
from segmentation.geometry import Box
from segmentation.numbers import PlacedDigit
from worker.number_records import Found
from worker.page_habits import PageHabits
from worker.sign_text import Sign
from worker.signs import SignedNumber


def _numbers(*texts: str, first_px: int = 40) -> list[SignedNumber]:
    """Return numbers with digits 40 px high, the first of each as high as said."""
    found = []
    for text in texts:
        digits = []
        for k, digit in enumerate(map(int, text)):
            height = first_px if k == 0 else 40
            box = Box(30 * k, 100 - height, 30 * k + 20, 100)
            digits.append(
                Found(PlacedDigit(box, 0, -1, k), ReadDigit(k, digit, np.eye(10, dtype=np.float32)[digit]))
            )
        found.append(SignedNumber(tuple(digits)))
    return found


MOSTLY_9 = ("309", "129", "459", "789", "69", "349", "82", "57")
MOSTLY_5 = tuple(text[::-1].replace("9", "5") for text in MOSTLY_9)


@pytest.mark.parametrize(
    ("texts", "unit"),
    [
        (MOSTLY_9, 9),
        (MOSTLY_9[:7], None),
        ((*MOSTLY_9[:4], "82", "57", "31", "46"), None),
        (tuple(text.replace("9", "0") for text in MOSTLY_9), None),
        (("9",) * 20, None),
        ((), None),
    ],
    ids=["most", "too few", "half of them", "round numbers", "single digits", "none"],
)
def test_what_most_numbers_end_in_may_be_a_unit(texts: tuple[str, ...], unit: int | None) -> None:
    assert PageHabits.of(_numbers(*texts)).unit == unit


@pytest.mark.parametrize(("first_px", "currency"), [(40, None), (44, None), (46, 5)])
def test_what_most_begin_with_is_no_currency_unless_it_sticks_out(
    first_px: int, currency: int | None
) -> None:
    """As it does not in a column of years, or of a hundred and some."""
    habits = PageHabits.of(_numbers(*MOSTLY_5, first_px=first_px))
    assert habits.currency == currency
    assert habits.may_be_currency(_numbers("542")[0].digits) is (currency == 5)
    assert not habits.may_be_currency(_numbers("425")[0].digits)
    assert not habits.may_be_currency(_numbers("5")[0].digits)


@pytest.mark.parametrize(
    ("texts", "may_be"),
    [
        (["1215", "3110", "2117", "415"], True),
        (["1215", "3110", "2117"], False),
        (["1215", "3117", "204", "356"], False),
        (["1215", "3117", "2117", "356", "12", "7"], True),
    ],
    ids=["all", "too few", "half", "among short ones"],
)
def test_a_page_whose_numbers_mostly_have_a_one_inside_may_have_slashes(
    texts: list[str], may_be: bool
) -> None:
    assert PageHabits.of(_numbers(*texts)).may_have_slashes is may_be


def _signed(*counts: int) -> list[SignedNumber]:
    """Return numbers with so many points in each."""
    point = Sign(".", 1, Box(22, 90, 28, 100), 0.9)
    return [SignedNumber(number.digits, (point,) * n) for n in counts for number in _numbers("42")]


def test_a_page_writes_signs_where_one_number_in_five_has_one() -> None:
    assert PageHabits.of(_signed(0, 0, 0, 0, 1)).may_have_slashes
    assert not PageHabits.of(_signed(0, 0, 0, 0, 0, 1)).may_have_slashes
    assert not PageHabits.of([]).may_have_slashes


def test_most_numbers_of_a_page_have_a_sign_or_not() -> None:
    assert PageHabits.of(_signed(1, 1, 0)).usually_signed
    assert not PageHabits.of(_signed(1, 0)).usually_signed
    assert not PageHabits.of([]).usually_signed


@pytest.mark.parametrize(
    ("counts", "most"),
    [
        ([1] * 9 + [2], 1),
        ([1] * 8 + [2, 2], 2),
        ([1] * 7 + [2], 2),
        ([1] * 6 + [2], None),
        ([0] * 20, 1),
        ([2] * 20, 2),
        ([], None),
    ],
    ids=["one has more", "two have", "one of few", "too few", "none", "dates", "nothing"],
)
def test_nearly_all_numbers_of_a_page_have_no_more_signs_than_that(
    counts: list[int], most: int | None
) -> None:
    habits = PageHabits.of(_signed(*counts))
    assert habits.most_signs == most
    assert habits.has_too_many(2) is (most == 1)
