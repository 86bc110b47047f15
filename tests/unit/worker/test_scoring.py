"""One page beside its truth, by hand; and the totals of the benchmark."""

import pytest

from bench.score import score_page, total
from worker.scoring import ReadNumber, compare
from worker.truth_page import TruthPage


def compared(read, *rows, **of_page):
    """Compare texts, each of a line of its own, with rows."""
    numbers = [ReadNumber(text, line=line, confidence=0.5) for line, text in enumerate(read, start=1)]
    return compare(numbers, TruthPage(tuple(tuple(row) for row in rows), **of_page))


def mistakes(page):
    return {key: count for key, count in page.digits.items() if key[0] != key[1]}


def test_a_page_read_without_a_mistake():
    score = score_page([(1, "12"), (1, "3"), (2, "45")], {"rows": [["12", "3"], ["45"]]})
    assert (score.truth, score.read, score.hits, score.digits, score.edits) == (3, 3, 3, 5, 0)


def test_a_number_counts_once_and_only_when_all_of_it_is_right():
    score = score_page([(1, "12"), (1, "12"), (2, "44")], {"rows": [["12"], ["45"]]})
    assert (score.truth, score.read, score.hits, score.edits) == (2, 3, 1, 3)


def test_a_line_may_count_as_one_number():
    score = score_page([(1, "12"), (1, "34")], {"rows": [["1234"]], "join": True})
    assert (score.read, score.hits) == (1, 1)


def test_pages_with_further_digits_do_not_count_for_the_totals():
    strict = score_page([(1, "12")], {"rows": [["12"]]})
    loose = score_page([(1, "9")], {"rows": [["12"]], "extra_ok": True})
    assert loose.edits is None
    found = total([strict, loose])
    assert (found.f1, found.page_f1, found.cer) == (1.0, 1.0, 0.0)
    assert (found.counted, found.pages) == (1, 2)
    assert found.page_recall == 0.5


def test_totals_weigh_numbers_and_pages():
    half = score_page([(1, "1"), (1, "9")], {"rows": [["1", "2"]]})
    empty = score_page([], {"rows": []})
    found = total([half, empty])
    assert found.f1 == 0.5
    assert found.page_f1 == 0.75
    assert found.page_recall == 0.75
    assert found.cer == 0.5


def test_a_wrong_digit_is_paired_with_what_it_is():
    page = compared(["12", "345"], ["12"], ["395"])
    assert page.pairs == ((0, 0), (1, 1))
    assert mistakes(page) == {("9", "4"): 1}
    assert (page.score.hits, page.score.edits) == (1, 1)


def test_a_missing_number_is_of_nothing_that_was_read():
    page = compared(["12", "56"], ["12", "34"], ["56"])
    assert page.pairs == ((0, 0), (1, 2), (None, 1))
    assert mistakes(page) == {("3", ""): 1, ("4", ""): 1}


def test_an_extra_number_is_a_reading_of_nothing():
    page = compared(["12", "34", "56"], ["12"], ["56"])
    assert page.pairs == ((0, 0), (1, None), (2, 1))
    assert mistakes(page) == {("", "3"): 1, ("", "4"): 1}


def test_lines_that_were_swapped_cost_edits_and_no_number():
    page = compared(["34", "12"], ["12"], ["34"])
    assert sorted(page.pairs) == [(0, 1), (1, 0)]
    assert (page.score.hits, page.score.f1) == (2, 1.0)
    assert page.score.edits == 4


def test_lines_in_any_order_cost_nothing():
    page = compared(["34", "12"], ["12"], ["34"], any_order=True)
    assert sorted(page.pairs) == [(0, 1), (1, 0)]
    assert page.score.edits == 0


def test_in_any_order_what_is_not_right_is_paired_with_what_differs_least():
    page = compared(["888", "1235", "12"], ["12"], ["1234"], ["777"], any_order=True)
    assert sorted(page.pairs, key=str) == sorted([(0, None), (1, 1), (2, 0), (None, 2)], key=str)
    assert mistakes(page) == {("4", "5"): 1, ("", "8"): 3, ("7", ""): 3}
    assert page.score.edits == 7


def test_of_equal_numbers_that_in_its_place_is_the_right_one():
    page = compared(["7", "19", "7"], ["18"], ["7"])
    assert page.pairs == ((0, None), (1, 0), (2, 1))


def test_a_number_read_in_two_parts_is_paired_with_the_larger():
    page = compared(["1", "234"], ["1234"])
    assert page.pairs == ((0, None), (1, 0))
    assert (page.score.hits, page.score.edits) == (0, 0)


def test_a_joined_row_is_as_sure_as_all_of_its_parts():
    numbers = [
        ReadNumber("12", line=1, confidence=0.5, status="accepted"),
        ReadNumber("?", line=1, confidence=0.1, status="rejected"),
        ReadNumber("3", line=1, number=2, confidence=0.5, status="accepted"),
        ReadNumber("4", line=2, confidence=0.75, status="accepted"),
        ReadNumber("5", line=2, confidence=0.5, status="review"),
    ]
    page = compare(numbers, TruthPage((("12", "3"), ("45",)), join=True))
    assert [(number.text, number.confidence, number.status) for number in page.read] == [
        ("123", 0.25, "accepted"),
        ("45", 0.375, "review"),
    ]
    assert page.written == ("123", "45")
    assert page.score.hits == 2


@pytest.mark.parametrize("any_order", [False, True])
def test_signs_and_open_digits_do_not_count_among_digits(any_order):
    page = compared(["12,5", "?", "1?3"], ["12.5"], ["13"], any_order=any_order)
    assert (page.score.read, page.score.hits, page.score.edits) == (2, 2, 0)
