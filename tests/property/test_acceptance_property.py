"""What is true of the summary of every job, whatever its pages show."""

from statistics import fmean, median_high, median_low

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fake_readers import MODEL, number_record
from worker.acceptance_summary import LEAST_PAGES, AcceptanceTally
from worker.records import ProcessingStep, ReadPage, SourceRecord, Status
from worker.tool import tool_record

LOW, HIGH = 2.0, 8.0
odds = st.floats(-14, 14, allow_nan=False)
pages = st.lists(odds, max_size=30)
numbers = st.lists(st.tuples(st.sampled_from(Status), st.floats(0, 1)), max_size=20)


def _page(settings_of_step, records=()):
    return ReadPage(
        tool=tool_record(),
        model=MODEL,
        source=SourceRecord(path="/one.png", page=1),
        processing=(ProcessingStep(name="accept", settings=settings_of_step),),
        numbers=tuple(records),
    )


@settings(max_examples=60)
@given(pages)
def test_it_is_warned_just_where_the_middle_page_lies_outside(shown):
    tally = AcceptanceTally(None)
    for value in shown:
        tally.add(_page({"log_odds": value, "log_odds_low": LOW, "log_odds_high": HIGH}))
    messages = [warning.message for warning in tally.warnings()]
    enough = len(shown) >= LEAST_PAGES
    assert any("less clearly" in message for message in messages) == (enough and median_high(shown) < LOW)
    assert any("more clearly" in message for message in messages) == (enough and median_low(shown) > HIGH)
    assert len(messages) <= 1


@settings(max_examples=60)
@given(numbers)
def test_what_to_expect_is_a_share_of_what_was_accepted(found):
    tally = AcceptanceTally(None)
    tally.add(_page({}, [number_record("1", status=status, confidence=sure) for status, sure in found]))
    doubts = [1 - sure for status, sure in found if status is Status.ACCEPTED]
    expected = tally.record().expected_error_rate
    assert expected == (pytest.approx(fmean(doubts), abs=1e-6) if doubts else None)
