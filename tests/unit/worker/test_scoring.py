import pytest

from bench.score import score_page, total
from worker.digit_alignment import edit_distance


@pytest.mark.parametrize(
    ("a", "b", "edits"),
    [("", "", 0), ("12", "", 2), ("", "12", 2), ("123", "123", 0), ("123", "13", 1), ("1234", "2143", 3)],
)
def test_edits_are_counted(a, b, edits):
    assert edit_distance(a, b) == edits
    assert edit_distance(b, a) == edits


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
