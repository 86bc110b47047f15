from dataclasses import replace

import numpy as np
import pytest

from model.calibration import WIDE, NumberEvidence, log_odds
from model.lattice import ReadDigit
from segmentation.cells import Cell
from segmentation.geometry import Box, Placement
from segmentation.numbers import PlacedDigit
from segmentation.page import Page
from worker.number_evidence import evidence_of
from worker.number_records import Found, Verdict, number_record
from worker.records import Status


def _found(digit=4, sure=0.9, *, left=10, height=40, rest=(), cell=-1):
    """Return a digit 20 px wide; `rest` are shares of other digits."""
    probabilities = np.zeros(10, np.float32)
    probabilities[digit] = sure
    for other, share in rest:
        probabilities[other] = share
    return Found(
        PlacedDigit(Box(left, 30, left + 20, 30 + height), 0, cell), ReadDigit(0, digit, probabilities)
    )


def _record(digits, *, scale=1.0, verdict=None, size=(100, 200)):
    page = Page(np.full(size, 255, np.uint8), dpi=None, orientation=1, kind="png")
    return number_record(
        digits,
        line=2,
        number=3,
        page=page,
        placement=Placement(scale),
        verdict=verdict or Verdict(0.95, 0.9),
    )


def test_the_evidence_is_of_each_number_in_their_order():
    numbers = [[_found(sure=0.9), _found(sure=0.8)], [_found(sure=0.6, height=20)]]

    first, second = evidence_of([numbers], 40.0)

    assert first.confidences == pytest.approx((0.9, 0.8))
    assert second.confidences == pytest.approx((0.6,))
    assert (first.height_share, second.height_share) == (1.0, 0.5)


def test_a_number_is_as_high_as_most_of_its_digits():
    (number,) = evidence_of([[[_found(height=20), _found(height=44), _found(height=20)]]], 40.0)
    assert number.height_share == 0.5


def test_the_page_speaks_by_the_mean_odds_of_all_its_digits_for_each_number():
    numbers = [[_found(sure=0.9), _found(sure=0.8)], [_found(sure=0.5)]]
    mean = (log_odds(0.9) + log_odds(0.8) + log_odds(0.5)) / 3
    assert [number.page_log_odds for number in evidence_of([numbers], 40.0)] == pytest.approx(
        [mean] * 2, abs=1e-5
    )


def test_a_bad_page_makes_its_clear_numbers_doubtful():
    clear, doubtful = [_found(sure=0.99)], [_found(sure=0.5)]
    good = evidence_of([[clear, clear]], 40.0)[0]
    bad = evidence_of([[clear, doubtful, doubtful]], 40.0)[0]
    assert good.confidences == bad.confidences
    assert bad.page_log_odds < good.page_log_odds


def test_the_gaps_around_and_within_a_number_speak():
    line = [[_found(left=10), _found(left=50)], [_found(left=90)], [_found(left=400)]]

    first, second, third = evidence_of([line], 40.0)

    assert (first.inner_gap, first.outer_gap) == (0.5, 0.5)
    assert (second.inner_gap, second.outer_gap) == (0.0, 0.5)
    assert third.outer_gap == 290 / 40
    (alone,) = evidence_of([[[_found()]]], 40.0)
    assert alone.outer_gap == WIDE


def test_numbers_of_other_lines_are_no_neighbours():
    first, second = evidence_of([[[_found(left=10)]], [[_found(left=35)]]], 40.0)
    assert first.outer_gap == second.outer_gap == WIDE


def _cells(*lefts, width=300, comb=-1):
    """Return cells of a row, so wide, that have another row right below."""
    boxes = [Box(left, top, left + width, top + 100) for top in (0, 100) for left in lefts]
    return [Cell(box, comb) for box in boxes]


@pytest.mark.parametrize(
    ("cells", "own", "gap"),
    [
        ((), (-1, -1), 0.75),
        (_cells(0, 300), (0, 1), WIDE),
        (_cells(0, 300), (0, 0), 0.75),
        (_cells(0, 300), (0, -1), 0.75),
        (_cells(0, 50, 100, width=50), (0, 1), 0.75),
        (_cells(0, 300, comb=2), (0, 1), 0.75),
        (_cells(*range(0, 400, 50), width=50), (0, 1), 0.75),
    ],
    ids=["no cells", "wide cells", "one cell", "a cell and none", "boxes of a comb", "ticks", "narrow cells"],
)
def test_a_wall_parts_numbers_however_near_they_are_but_not_inside_of_a_comb(cells, own, gap):
    line = [[_found(left=20, cell=own[0])], [_found(left=70, cell=own[1])]]
    first, second = evidence_of([line], 40.0, cells=cells)
    assert (first.outer_gap, second.outer_gap) == (gap, gap)


def test_what_was_left_out_of_the_line_speaks_for_each_number():
    found = replace(_found(), unread_share=0.4)
    (number,) = evidence_of([[[found]]], 40.0)
    assert number.unread_share == 0.4


def test_an_empty_page_gives_no_evidence():
    assert evidence_of([], 40.0) == []


def test_a_page_without_a_size_of_writing_is_no_accident():
    (number,) = evidence_of([[[_found(height=40)]]], 0.0)
    assert number.height_share == 40.0
    assert isinstance(number, NumberEvidence)
    assert np.isfinite(number.features).all()


def test_a_number_is_recorded_with_its_place_its_digits_and_its_verdict():
    record = _record([_found(4, 0.9), _found(2, 0.8, left=40)], verdict=Verdict(0.93, 0.9))
    assert (record.line, record.number, record.text) == (2, 3, "42")
    assert (record.status, record.confidence) == (Status.ACCEPTED, 0.93)
    assert (record.box.x, record.box.y, record.box.width, record.box.height) == (10, 30, 50, 40)
    assert [digit.text for digit in record.digits] == ["4", "2"]
    assert [digit.box.x for digit in record.digits] == [10, 40]
    assert [digit.confidence for digit in record.digits] == pytest.approx([0.9, 0.8])


def test_the_verdict_decides_not_the_digits():
    digits = [_found(sure=0.99)]
    assert _record(digits, verdict=Verdict(0.5, 0.9)).status is Status.REVIEW
    assert _record(digits, verdict=Verdict(0.5, 0.4)).status is Status.ACCEPTED


@pytest.mark.parametrize("scale", [0.5, 0.3, 2.0])
def test_boxes_are_given_in_px_of_the_original_and_cover_what_was_read(scale):
    record = _record([_found(left=10, height=40)], scale=scale, size=(600, 400))
    box = record.box
    assert box.x <= 10 / scale < box.x + 1
    assert box.y <= 30 / scale < box.y + 1
    assert box.x + box.width - 1 < 30 / scale <= box.x + box.width
    assert box.y + box.height - 1 < 70 / scale <= box.y + box.height


def test_boxes_stay_on_the_page():
    record = _record([_found(left=90, height=90)], size=(60, 100))
    assert record.box.x + record.box.width == 100
    assert record.box.y + record.box.height == 60


def test_other_digits_are_named_from_the_likeliest_down_to_what_is_worth_a_look():
    (digit,) = _record([_found(4, 0.6, rest=[(7, 0.05), (9, 0.3), (1, 0.009)])]).digits
    assert [other.text for other in digit.alternatives] == ["9", "7"]
    assert [other.probability for other in digit.alternatives] == pytest.approx([0.3, 0.05])
