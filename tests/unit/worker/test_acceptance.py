"""How sure numbers have to be, page by page, and what a job's summary says of it."""

import pytest

from model.calibration import Calibration, NumberEvidence
from model.error_curve import CurvePoint, ErrorCurve
from model.usual_pages import UsualPages
from tests.fake_readers import MODEL, number_record
from tests.job_builders import page_file, read_record
from worker.acceptance import NEVER, accept_step, acceptance_of
from worker.acceptance_summary import LEAST_PAGES, AcceptanceTally
from worker.errors import ModelRefused
from worker.records import ProcessingStep, Status

CURVE = ErrorCurve((CurvePoint(0.99, 10_000, 0), CurvePoint(0.8, 15_000, 300)), 20_000)
JUDGED = Calibration(accept_confidence=0.7, error_curve=CURVE)
USUAL = UsualPages((2.0, 8.0), (0.0, 0.25))


@pytest.fixture
def page(tmp_path):
    """Return a function that gives a page's record, with this in its step and these numbers."""
    entry = page_file(tmp_path, 31)

    def made(settings=None, numbers=(), model=MODEL):
        steps = (ProcessingStep(name="segment"), ProcessingStep(name="accept", settings=settings or {}))
        return read_record(entry, numbers).model_copy(update={"processing": steps, "model": model})

    return made


def _tallied(*pages, asked=None):
    tally = AcceptanceTally(asked)
    for each in pages:
        tally.add(each)
    return tally


def test_the_models_own_threshold_is_taken_where_nothing_is_asked_for():
    found = acceptance_of(JUDGED, "m")
    assert (found.confidence, found.settings) == (0.7, {"accept_confidence": 0.7})


def test_a_confidence_that_is_asked_for_goes_before_the_models():
    assert acceptance_of(JUDGED, "m", accept_confidence=0.0).confidence == 0.0


def test_a_rate_picks_the_threshold_that_holds_it():
    found = acceptance_of(JUDGED, "m", max_error_rate=0.001)
    assert found.confidence == 0.99
    assert found.settings == {"accept_confidence": 0.99, "max_error_rate": 0.001}
    assert acceptance_of(JUDGED, "m", max_error_rate=0.05).confidence == 0.8


def test_a_rate_that_no_threshold_holds_accepts_nothing_and_says_what_is_best():
    found = acceptance_of(JUDGED, "m", max_error_rate=1e-5)
    assert found.confidence == NEVER
    assert found.settings == {
        "max_error_rate": 1e-5,
        "best_error_rate": CURVE.best().rate,
        "best_kept": 0.5,
    }


def test_a_model_without_a_curve_is_refused_where_a_rate_is_asked_for():
    with pytest.raises(ModelRefused, match="model old-1 was not judged"):
        acceptance_of(Calibration(), "old-1", max_error_rate=0.5)


def test_a_page_is_compared_with_usual_ones():
    evidence = [NumberEvidence((0.9,), page_log_odds=1.25, unread_share=0.5)]
    step = accept_step(acceptance_of(JUDGED, "m"), evidence, USUAL)
    assert step.name == "accept"
    assert step.settings == {
        "accept_confidence": 0.7,
        "log_odds": 1.25,
        "log_odds_low": 2.0,
        "log_odds_high": 8.0,
        "unread_share": 0.5,
        "unread_share_low": 0.0,
        "unread_share_high": 0.25,
    }


@pytest.mark.parametrize(("evidence", "usual"), [([], USUAL), ([NumberEvidence((0.9,))], None)])
def test_there_may_be_nothing_to_compare(evidence, usual):
    assert accept_step(acceptance_of(JUDGED, "m"), evidence, usual).settings == {"accept_confidence": 0.7}


def test_what_to_expect_is_the_mean_doubt_of_what_was_accepted(page):
    numbers = [
        number_record("1", confidence=0.99),
        number_record("2", confidence=0.97),
        number_record("3", confidence=0.2, status=Status.REVIEW),
    ]
    record = _tallied(page({"accept_confidence": 0.9}, numbers), page({}, numbers[:1])).record()
    assert record.expected_error_rate == pytest.approx((0.01 + 0.03 + 0.01) / 3, abs=1e-6)


def test_of_nothing_there_is_nothing_to_expect(page):
    told = _tallied(page({"accept_confidence": 0.9}), asked=0.01)
    assert told.record().expected_error_rate is None
    assert told.record().max_error_rate == 0.01
    assert told.warnings() == ()


def test_each_threshold_that_was_used_is_told_once(page):
    used = [0.95, 0.9, 0.95]
    assert _tallied(*(page({"accept_confidence": each}) for each in used)).record().thresholds == (0.9, 0.95)


def test_a_rate_that_was_not_held_is_said_once_with_what_is_best(page):
    settings = acceptance_of(JUDGED, "m", max_error_rate=1e-5).settings
    told = _tallied(page(settings), page(settings), page({"accept_confidence": 0.9}), asked=1e-5)
    (warning,) = told.warnings()
    assert warning.code == "error-rate-not-held"
    assert warning.message == (
        "that at most 0.01 in 1,000 are wrong cannot be promised: on 2 pages nothing was accepted, all is "
        "for review; model fake can promise at most 0.37 in 1,000, keeping 50 % of the numbers"
    )


def _seen(page, odds=5.0, unread=0.1):
    low_high = {"log_odds_low": 2.0, "log_odds_high": 8.0}
    other = {"unread_share": unread, "unread_share_low": 0.0, "unread_share_high": 0.25}
    return page({"accept_confidence": 0.9, "log_odds": odds, **low_high, **other})


@pytest.mark.parametrize(
    ("odds", "unread", "said"),
    [
        ([1.9, 1.9, 5.0], [0.1] * 3, ["read less clearly"]),
        ([8.1, 5.0, 8.1], [0.1] * 3, ["read more clearly"]),
        ([5.0] * 3, [0.3, 0.3, 0.1], ["hold more besides numbers"]),
        ([1.0] * 3, [0.3] * 3, ["read less clearly", "hold more besides numbers"]),
        ([1.0, 9.0, 5.0], [0.1] * 3, []),
        ([1.9, 1.9, 5.0, 5.0], [0.1] * 4, []),
        ([2.0, 2.0, 8.0], [0.25, 0.25, 0.0], []),
        ([1.0] * (LEAST_PAGES - 1), [0.9] * (LEAST_PAGES - 1), []),
    ],
)
def test_a_batch_whose_middle_page_is_unusual_says_so(page, odds, unread, said):
    pages = [_seen(page, o, u) for o, u in zip(odds, unread, strict=True)]
    messages = [warning.message for warning in _tallied(*pages).warnings()]
    assert len(messages) == len(said)
    for message, words in zip(messages, said, strict=True):
        assert words in message
        assert message.endswith("check a sample")


def test_pages_without_numbers_are_not_compared(page):
    pages = [_seen(page, 1.0)] * 2 + [page({"accept_confidence": 0.9})] * 5
    assert _tallied(*pages).warnings() == ()


def test_odd_settings_of_a_page_file_are_passed_over(page):
    odd = {"accept_confidence": 7.0, "best_error_rate": "low", "best_kept": -1, "log_odds_low": "x"}
    told = _tallied(page(odd), page({"accept_confidence": True}))
    assert told.record().thresholds == ()
    assert told.warnings() == ()
