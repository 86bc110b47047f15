"""How much is drawn follows how much there is to be written."""

from dataclasses import replace

import pytest

from worker.training_plan import LEAST_PARTS, WRITTEN, Plan, told_besides, told_parts

#: Of MNIST, eleven of twelve training digits.
MNIST = 55_000


def test_as_many_digits_as_mnist_has_are_drawn_with_all_parts():
    assert Plan().for_digits(MNIST) == Plan().for_digits(10 * MNIST) == Plan()


def test_few_digits_are_drawn_with_the_least_parts():
    assert Plan().for_digits(300).tasks == Plan().for_digits(0).tasks == LEAST_PARTS < 56 / 4
    assert Plan(tasks=2).for_digits(300).tasks == 2


@pytest.mark.parametrize("count", [8_000, 20_000, 45_000])
def test_in_between_each_digit_is_written_so_often_and_no_more(count):
    found = Plan().for_digits(count)

    written = found.tasks * found.digits_a_task / count
    assert LEAST_PARTS < found.tasks < 56
    assert WRITTEN <= written < WRITTEN + found.digits_a_task / count
    assert replace(found, tasks=Plan().tasks) == Plan()


def test_smaller_parts_need_to_be_more():
    assert Plan(sheets=6, pages=18).for_digits(15_000).tasks > 1.9 * Plan().for_digits(15_000).tasks


def test_what_is_going_to_be_drawn_is_told_of_each_source():
    told = told_parts(Plan(tasks=56), ["mnist", "ours", "job"], [45, 11, 0], [55_000, 300, 0])

    assert told == (
        "parts to draw for training: 56, 45 with mnist (55,000 digits, each written about 5 times), "
        "11 with ours (300 digits, each written about 204 times)"
    )
    assert "each written about once" in told_parts(Plan(), ["mnist"], [10], [55_000])
    assert "not even once" in told_parts(Plan(), ["mnist"], [2], [55_000])


@pytest.mark.parametrize("count", [200, MNIST, 20_000])
def test_all_parts_are_told_and_how_long_the_most_took(count):
    told = told_besides(Plan().for_digits(count))

    assert "4 to fit the confidence by, 4 to judge by" in told
    assert "with 56 parts all of it took 41 minutes on two cores, and stopping it keeps nothing" in told
