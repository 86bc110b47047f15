"""Drawn pages know which of their numbers are printed; a hand drawn for them takes no picture twice."""

from collections import Counter

import numpy as np
import pytest

from bench.alike_hand import AlikeHand
from bench.kinds import Numbers, _drawn_kind, _row, fitted
from model.synth.digits import SAMPLE, DigitSource
from model.synth.ink_sorts import InkSort
from worker.kinds import FEATURES
from worker.records import BoxRecord, Kind


def test_one_hand_takes_each_picture_once_before_it_takes_any_again():
    hand = AlikeHand.from_npz(SAMPLE).for_hand(np.random.default_rng(1))
    count = int((hand.labels == 4).sum())
    chosen = Counter(hand.choose(np.random.default_rng(2), [4] * (count + 1)))
    assert set(hand.labels[list(chosen)].tolist()) == {4}
    assert sorted(chosen.values()) == [1] * (count - 1) + [2]


def test_one_hand_is_more_alike_than_pictures_taken_by_chance(monkeypatch):
    monkeypatch.setattr("bench.alike_hand.ONE_HAND", (8, 9))

    def likeness(images):
        rows = images.reshape(len(images), -1).astype(float)
        return np.corrcoef(rows).mean()

    source = AlikeHand.from_npz(SAMPLE)
    hand = source.for_hand(np.random.default_rng(1))
    plain = DigitSource.builtin().for_hand(np.random.default_rng(1), variants=8)
    of = [np.mean([likeness(s.images[s.labels == d]) for d in range(10)]) for s in (hand, plain)]
    assert of[0] > of[1] + 0.05


@pytest.mark.parametrize(
    ("sort", "kind"),
    [
        (InkSort.DIGIT, Kind.HANDWRITTEN),
        (InkSort.PRINTED_DIGIT, Kind.PRINTED),
        (InkSort.PRINT, None),
        (None, None),
    ],
)
def test_what_a_number_is_is_told_by_the_ink_that_was_drawn_there(sort, kind):
    sorts = np.zeros((40, 40), np.uint8)
    if sort is not None:
        sorts[10:30, 10:20] = 1 + sort
    assert _drawn_kind(BoxRecord(x=8, y=8, width=20, height=24), sorts, "mixed") is kind


def _numbers(printed, told, before, repeated=20):
    features = np.zeros((len(printed), len(FEATURES)))
    features[:, 1] = printed
    return Numbers("mixed", features, *(np.array(each, bool) for each in (printed, told, before)), repeated)


def test_weights_follow_what_was_drawn_and_pages_without_repetitions_are_not_asked():
    pages = [_numbers([1, 1, 1, 0, 0, 0] * 5, [0] * 30, [0] * 30)]
    wrong = _numbers([1, 0] * 40, [0] * 80, [0] * 80, repeated=3)
    wrong.features[:, 1] = 1 - wrong.features[:, 1]
    weights, bias = fitted([*pages, wrong])
    assert weights[1] > 0.5
    assert (np.delete(weights, 1) == 0).all()
    assert bias < 0


def test_a_row_counts_both_errors_now_and_before():
    numbers = _numbers([1, 1, 1, 0, 0], told=[1, 1, 0, 1, 0], before=[1, 0, 0, 0, 0])
    assert _row("mixed", [numbers]) == "| mixed | 3 printed, 2 by hand | 1 | 2 | 1 | 0 |"
