from collections import Counter
from dataclasses import replace
from itertools import pairwise, product
from types import SimpleNamespace

import numpy as np
import pytest

from model.calibration import IDENTITY, Calibration, NumberCalibration, NumberEvidence
from model.synth.digits import DigitSource
from model.synth.page import make_page
from model.usual_pages import UsualPages
from tests.fake_readers import number_record
from worker import drawn_reading
from worker.calibrating import ACCEPTED_ERROR, KEPT_SHARES, calibrated
from worker.drawn_reading import read_drawn_pages
from worker.outcomes import Outcomes, merged
from worker.presence import LEAST_PRESENCE
from worker.reader import PageReading
from worker.records import BoxRecord, Status
from worker.training_plan import Plan

FEATURES = len(IDENTITY.weights)


def _outcomes(count, *, seed, written=None):
    """Numbers that are right less often than the product of their digits says."""
    rng = np.random.default_rng(seed)
    numbers = [
        NumberEvidence(tuple(1 - rng.beta(0.35, 9, size)), rng.lognormal(0, 0.3), rng.normal(5, 1))
        for size in rng.integers(1, 6, count)
    ]
    truth = NumberCalibration((1.1, 0.2, -0.3, -0.8, 0.2, *[0.0] * (FEATURES - 5)), -1.4)
    right = rng.random(count) < np.array([truth.probability(number) for number in numbers])
    features = np.array([number.features for number in numbers])
    pages = np.stack([features[:, 4], features[:, 7]], axis=1)[:: max(1, count // 100)]
    everything = np.ones(count, bool)
    written = count if written is None else written
    return Outcomes(features, right, written, everything, pages, everything, np.ones(count))


def _confidences(stored, features):
    calibration = Calibration.from_manifest(stored).number
    return 1 / (1 + np.exp(-(features @ np.array(calibration.weights) + calibration.bias)))


def _of(confidences, right):
    features = np.array([NumberEvidence((value,)).features for value in confidences]).reshape(-1, FEATURES)
    everything = np.ones(len(right), bool)
    right = np.array(right, bool)
    return Outcomes(
        features, right, len(right), everything, np.zeros((1, 2)), everything, np.ones(len(right))
    )


def test_the_threshold_keeps_the_promised_error_and_accepts_what_it_can():
    fitted = _outcomes(20_000, seed=1)

    stored, _ = calibrated(fitted, fitted)

    sure = _confidences(stored, fitted.features)
    accepted = sure >= stored["accept_confidence"] + 1e-4
    assert 0.2 < accepted.mean() < 0.95
    assert (~fitted.right[accepted]).mean() <= ACCEPTED_ERROR + 1e-3
    more = sure >= stored["accept_confidence"] - 0.03
    assert (~fitted.right[more]).mean() > ACCEPTED_ERROR


def test_the_promise_nearly_holds_for_numbers_it_was_not_fitted_on():
    _, metrics = calibrated(_outcomes(20_000, seed=1), _outcomes(20_000, seed=2))
    assert metrics["accepted"] > 4_000
    assert metrics["wrong_among_accepted"] <= 2 * ACCEPTED_ERROR * metrics["accepted"]
    assert metrics["expected_calibration_error"] < 0.02


def test_where_more_of_the_judged_numbers_are_wrong_the_threshold_is_raised():
    fitted, judged = _outcomes(20_000, seed=1), _outcomes(20_000, seed=2)
    alike, _ = calibrated(fitted, fitted)
    sure = _confidences(alike, judged.features)
    # Half of what is wrong among other hands looks a little surer than what is right.
    wrong = np.random.default_rng(0).random(len(judged.right)) < 0.02 * (sure < 0.999)
    worse = replace(judged, right=judged.right & ~wrong)

    stored, metrics = calibrated(fitted, worse)

    assert stored["accept_confidence"] > alike["accept_confidence"]
    assert metrics["accepted"] > 0
    assert metrics["wrong_among_accepted"] <= ACCEPTED_ERROR * metrics["accepted"]
    less = _confidences(stored, worse.features) >= stored["accept_confidence"] - 0.01
    less &= worse.acceptable
    assert (~worse.right[less]).mean() > 0.9 * ACCEPTED_ERROR


def test_a_threshold_counts_all_that_are_as_sure_as_it():
    sure = _of([0.99] * 400 + [0.9] * 200, [True] * 400 + [True, False] * 100)
    stored, metrics = calibrated(sure, sure)
    assert metrics["accepted"] == 400
    assert metrics["wrong_among_accepted"] == 0
    kept = _confidences(stored, sure.features) >= stored["accept_confidence"]
    assert kept.sum() == 400


def test_the_metrics_count_the_judged_numbers():
    judged = _of([0.999, 0.999, 0.3, 0.2], [True, False, True, False])
    judged = replace(judged, written=7)
    _, metrics = calibrated(_of([0.99] * 300, [True] * 300), judged)
    assert metrics["numbers_written"] == 7
    assert metrics["numbers_read"] == 4
    assert metrics["numbers_right"] == 2
    assert metrics["accepted"] == 2
    assert metrics["wrong_among_accepted"] == 1


def test_the_judged_numbers_have_no_say_in_the_fit():
    fitted = _outcomes(500, seed=1)
    stored, _ = calibrated(fitted, _outcomes(500, seed=2))
    other, _ = calibrated(fitted, fitted)
    for name in ("number", "accept_confidence", "usual_pages"):
        assert other[name] == stored[name]
    thresholds = [[point[0] for point in each["error_curve"]["points"]] for each in (stored, other)]
    assert thresholds[0] == thresholds[1]
    assert other["error_curve"] != stored["error_curve"]
    assert Calibration.from_manifest(stored).number != IDENTITY


def test_where_all_are_right_the_product_stands_and_all_are_accepted():
    fitted = _of([0.7, 0.9, 0.99] * 100, [True] * 300)
    stored, metrics = calibrated(fitted, fitted)
    assert Calibration.from_manifest(stored).number == IDENTITY
    assert stored["accept_confidence"] == pytest.approx(0.7, abs=1e-4)
    assert metrics["numbers_right"] == 300


def test_few_numbers_that_are_all_right_do_not_prove_that_one_in_a_hundred_is_wrong_at_most():
    stored, _ = calibrated(_of([0.7, 0.9, 0.99], [True] * 3), _of([0.9], [True]))
    assert stored["accept_confidence"] == 0.999


def test_where_the_surest_are_wrong_hardly_anything_is_accepted():
    fitted = _of([0.6, 0.7, 0.8, 0.9], [False, False, False, False])
    stored, _ = calibrated(fitted, fitted)
    assert stored["accept_confidence"] == 0.999


def test_nobody_has_to_be_surer_than_the_limit():
    fitted = _of([0.9999999] * 50, [True] * 50)
    assert calibrated(fitted, fitted)[0]["accept_confidence"] == 0.999


def test_nothing_read_at_all_is_no_accident():
    none = np.zeros(0, bool)
    nothing = Outcomes(np.zeros((0, FEATURES)), none, 12, none, np.zeros((0, 2)), none, np.zeros(0))
    stored, metrics = calibrated(nothing, nothing)
    assert Calibration.from_manifest(stored).number == IDENTITY
    assert stored["accept_confidence"] == 0.999
    assert (metrics["numbers_written"], metrics["numbers_read"], metrics["accepted"]) == (12, 0, 0)


def test_outcomes_of_several_drawings_are_put_together():
    parts = [_outcomes(3, seed=1, written=4), _outcomes(2, seed=2, written=6)]
    both = merged(parts)
    assert both.features.shape == (5, FEATURES)
    assert both.right.tolist() == [*parts[0].right, *parts[1].right]
    assert both.written == 10
    assert both.acceptable.tolist() == [True] * 5
    assert both.signs.tolist() == [1.0] * 5
    assert both.pages.shape == (5, 2)


def test_the_curve_counts_on_judged_numbers_what_the_manifest_says_of_each():
    fitted, judged = _outcomes(5_000, seed=1), _outcomes(4_000, seed=2)

    stored, _ = calibrated(fitted, judged)

    curve = Calibration.from_manifest(stored).error_curve
    assert curve is not None
    assert curve.judged == 4_000
    assert len(curve.points) == len(KEPT_SHARES)
    sure, seen = (_confidences(stored, part.features) for part in (judged, fitted))
    for point, share in zip(curve.points, KEPT_SHARES, strict=True):
        assert (seen >= point.confidence).mean() == pytest.approx(share, abs=1e-3)
        kept = sure >= point.confidence
        assert (point.kept, point.wrong) == (kept.sum(), (~judged.right[kept]).sum())


def test_what_is_promised_of_some_pages_holds_on_others():
    stored, _ = calibrated(_outcomes(20_000, seed=1), _outcomes(20_000, seed=2))
    others = _outcomes(20_000, seed=3)
    sure = _confidences(stored, others.features)
    curve = Calibration.from_manifest(stored).error_curve
    held = [(rate, curve.threshold_for(rate)) for rate in (0.005, 0.01, 0.02, 0.05)]
    assert all(threshold is not None for _, threshold in held)
    for rate, threshold in held:
        accepted = sure >= threshold
        assert accepted.sum() > 500
        assert (~others.right[accepted]).mean() <= rate
    assert all(lax <= strict for (_, strict), (_, lax) in pairwise(held))


def test_what_is_never_accepted_is_neither_kept_nor_counted_as_wrong():
    fitted = _of([0.8, 0.8, 0.5] * 100, [False, True, False] * 100)
    fitted = replace(fitted, acceptable=fitted.right.copy())

    stored, metrics = calibrated(fitted, fitted)

    curve = Calibration.from_manifest(stored).error_curve
    assert (curve.points[-1].kept, curve.points[-1].wrong, curve.judged) == (100, 0, 300)
    assert (metrics["accepted"], metrics["wrong_among_accepted"]) == (100, 0)


def _with_specks(*, seed):
    """Numbers, and among them specks that read as badly as they look."""
    numbers = _outcomes(4_000, seed=seed)
    specks = np.arange(4_000) % 10 == 0
    features = numbers.features.copy()
    features[specks, :2] = np.random.default_rng(seed).normal(-2, 1.5, (specks.sum(), 1))
    return replace(numbers, features=features, right=numbers.right & ~specks, present=~specks)


def test_what_is_most_probably_nothing_is_neither_judged_nor_promised_anything_of():
    fitted, judged = _with_specks(seed=1), _with_specks(seed=2)

    stored, metrics = calibrated(fitted, judged)

    presence = Calibration.from_manifest(stored).presence
    kept = presence.probabilities(judged.features) >= LEAST_PRESENCE
    assert metrics["numbers_read"] == stored["error_curve"]["judged"] == kept.sum()
    assert kept[judged.present].mean() > 0.97
    assert kept[~judged.present].mean() < 0.5
    assert metrics["numbers_right"] == judged.right[kept].sum()


def test_where_all_that_was_read_is_there_nothing_tells_what_is_not():
    stored, _ = calibrated(_outcomes(500, seed=1), _outcomes(500, seed=2))
    assert "presence" not in stored
    assert Calibration.from_manifest(stored).presence is None


def test_equally_sure_numbers_make_one_threshold():
    fitted = _of([0.9] * 50, [True] * 50)
    assert len(calibrated(fitted, fitted)[0]["error_curve"]["points"]) == 1


def test_where_nothing_was_read_the_curve_promises_nothing():
    nothing = merged([replace(_of([], []), pages=np.zeros((0, 2)))])
    stored, _ = calibrated(nothing, nothing)
    assert Calibration.from_manifest(stored).error_curve.best().rate == 1.0
    assert "usual_pages" not in stored


def test_usual_is_what_all_but_the_outermost_pages_to_fit_on_are():
    pages = np.stack([np.arange(101.0), np.arange(101.0) / 100], axis=1)
    fitted = replace(_outcomes(50, seed=1), pages=pages)
    stored, _ = calibrated(fitted, _outcomes(50, seed=2))
    assert Calibration.from_manifest(stored).usual_pages == UsualPages((2.0, 98.0), (0.02, 0.98))


def test_of_drawn_pages_is_kept_what_is_right_what_can_be_accepted_and_what_each_shows(monkeypatch, tmp_path):
    evidence = NumberEvidence((0.9,), page_log_odds=3.0, unread_share=0.25, signs=0.75)
    asked = []

    class StandIn:
        """Reads two numbers that are not there, one never to be accepted; one page of three is blank."""

        def __init__(self, _classifier):
            pass

        def read_page(self, _page, **wanted):
            asked.append(wanted)
            if len(asked) % 2 == 0:
                return PageReading((), ())
            numbers = (number_record("77777777"), number_record("8?8", status=Status.REVIEW))
            return PageReading(numbers, (), evidence=(evidence, evidence))

    monkeypatch.setattr(drawn_reading, "Reader", StandIn)
    monkeypatch.setattr(drawn_reading.Classifier, "load", lambda _: None)

    found = read_drawn_pages(DigitSource.builtin(), ([1], 3, tmp_path))

    assert asked == [{"accept_confidence": 0.0, "least_presence": 0.0}] * 3
    assert found.right.tolist() == [False] * 4
    assert found.acceptable.tolist() == [True, False] * 2
    assert found.features.tolist() == [list(evidence.features)] * 4
    assert found.signs.tolist() == [0.75] * 4
    assert found.pages.tolist() == [[3.0, 0.25]] * 2
    assert found.written > 0


def test_signs_count_once_beside_the_digits_in_what_is_accepted_and_in_what_is_judged():
    numbers = _outcomes(20_000, seed=1)
    rng = np.random.default_rng(5)
    signed = rng.random(20_000) < 0.3
    signs = np.where(signed, rng.uniform(0.2, 1.0, 20_000), 1.0)
    right = numbers.right & (rng.random(20_000) < signs)
    fitted = replace(numbers, right=right, signs=signs)

    stored, metrics = calibrated(fitted, fitted)

    plain, _ = calibrated(fitted.those(~signed), fitted)
    assert stored["number"] == plain["number"]
    sure = _confidences(stored, fitted.features) * signs
    accepted = sure >= stored["accept_confidence"]
    assert metrics["accepted"] == accepted.sum()
    assert metrics["expected_calibration_error"] < 0.02
    assert not accepted[signs < stored["accept_confidence"]].any()


def test_numbers_that_all_have_signs_are_fitted_on_all_the_same():
    numbers = replace(_outcomes(500, seed=1), signs=np.full(500, 0.9))
    stored, _ = calibrated(numbers, numbers)
    assert Calibration.from_manifest(stored).number != IDENTITY


def test_pages_of_every_kind_are_drawn_with_every_layout_with_and_without_what_stands_around(
    monkeypatch, tmp_path
):
    drawn = Counter()

    def make_page(rng, source, kind, *, around, layout):
        drawn[kind, around is not None, layout] += 1
        rng.random()  # as drawing does
        return SimpleNamespace(grey=np.full((8, 8), 255, np.uint8), rows=[], sorts=None)

    monkeypatch.setattr(drawn_reading, "make_page", make_page)
    reader = SimpleNamespace(read_page=lambda *_, **__: PageReading((), ()))
    monkeypatch.setattr(drawn_reading, "Reader", lambda _: reader)
    monkeypatch.setattr(drawn_reading.Classifier, "load", lambda _: None)
    pages = 200

    for seed in range(20):
        read_drawn_pages(DigitSource.builtin(), ([seed], pages, tmp_path))

    layouts = [*(layout for _, layout in drawn_reading.ARRANGED), None]
    together = set(product(drawn_reading.KINDS, (False, True), layouts))
    assert set(drawn) == together
    for share, layout in drawn_reading.ARRANGED:
        count = sum(many for (_, _, how), many in drawn.items() if how is layout)
        assert count == pytest.approx(share * 20 * pages, rel=0.15)


def test_few_pages_are_no_two_parts_alike(monkeypatch, tmp_path):
    drawn = []

    def make_page(rng, source, kind, *, around, layout):
        drawn.append((kind, around is not None, layout))
        return SimpleNamespace(grey=np.full((8, 8), 255, np.uint8), rows=[], sorts=None)

    monkeypatch.setattr(drawn_reading, "make_page", make_page)
    reader = SimpleNamespace(read_page=lambda *_, **__: PageReading((), ()))
    monkeypatch.setattr(drawn_reading, "Reader", lambda _: reader)
    monkeypatch.setattr(drawn_reading.Classifier, "load", lambda _: None)
    pages = Plan().read_pages

    for part in (1, 2):
        read_drawn_pages(DigitSource.builtin(), ([part], pages, tmp_path))

    assert drawn[:pages] != drawn[pages:]


def test_what_is_read_where_a_number_stands_is_there_right_or_wrong():
    drawn = make_page(np.random.default_rng(2), DigitSource.builtin(), "clean")
    left, top, right, bottom = drawn.rows[0][0].box
    at = BoxRecord(x=left, y=top, width=right - left, height=bottom - top)
    beside = at.model_copy(update={"y": bottom + 3 * (bottom - top)})
    wrong = number_record("77777777").model_copy(update={"box": at})
    alone = replace(drawn, rows=[drawn.rows[0][:1]])
    found = [
        drawn_reading._outcome_of(record, NumberEvidence((0.9,)), page)
        for record, page in (
            (wrong, drawn),
            (wrong.model_copy(update={"text": drawn.rows[0][0].text}), drawn),
            (wrong.model_copy(update={"box": beside}), alone),
        )
    ]
    assert [(one.present, one.right) for one in found] == [(True, False), (True, True), (False, False)]
