"""Whether one model is worse than another: by images, not by glyphs, and over all sets at once."""

from itertools import product
from math import erfc

import numpy as np
import pytest

from model.judge_pair import ALONE, chance_of_worse, compare, corrected, holm


def balances(lost, won):
    return np.array([-1] * lost + [1] * won, np.int64)


@pytest.mark.parametrize(
    ("lost", "won", "chance"),
    [(0, 0, 1.0), (4, 0, 1 / 16), (5, 0, 1 / 32), (8, 2, (45 + 10 + 1) / 1024), (0, 9, 1.0)],
)
def test_single_glyphs_are_judged_as_mcnemar_did(lost, won, chance):
    assert chance_of_worse(balances(lost, won)) == pytest.approx(chance)


@pytest.mark.parametrize("seen", [(-5,), (-3, 2), (-4, -4, 1, 0), (-1, -1, -7, 3, 3), (2, 2, -5, -1, -1, 1)])
def test_every_choice_of_signs_is_counted_that_loses_as_much(seen):
    sums = [
        sum(sign * abs(size) for sign, size in zip(signs, seen, strict=True))
        for signs in product((-1, 1), repeat=len(seen))
    ]

    assert chance_of_worse(np.array(seen)) == pytest.approx(np.mean([total <= sum(seen) for total in sums]))


def test_many_images_are_judged_as_the_normal_distribution_does():
    some = np.random.default_rng(0).integers(-4, 4, 6000)
    normal = erfc(-some.sum() / np.sqrt((some**2).sum() * 2)) / 2

    assert chance_of_worse(some) == pytest.approx(normal, rel=1e-2, abs=1e-9)
    assert chance_of_worse(np.full(5000, -1)) < 1e-300


def test_a_comparison_counts_who_read_what():
    current = np.array([True, True, True, False, False])
    candidate = np.array([True, False, True, True, False])

    found = compare("digits", current, candidate, np.array([7, 7, 3, 3, 3]))

    assert (found.count, found.images, found.current_right, found.candidate_right) == (5, 2, 3, 3)
    assert (found.lost, found.won) == (1, 1)
    assert found.as_json()["set"] == "digits"
    assert found.as_json()["images"] == 2


@pytest.mark.parametrize(("lost", "worse"), [(4, False), (5, True)])
def test_worse_is_what_chance_seldom_does(lost, worse):
    current = np.array([True] * lost + [False] * 50)

    assert compare("digits", current, np.zeros(len(current), bool)).worse is worse
    assert compare("digits", np.zeros(len(current), bool), current).worse is False


def test_an_image_is_one_piece_of_evidence_however_often_it_was_drawn():
    current, candidate = np.ones(40, bool), np.zeros(40, bool)
    four, five = np.arange(40) % 4, np.arange(40) % 5

    assert compare("digits", current, candidate, four).p_value == pytest.approx(1 / 16)
    assert compare("digits", current, candidate, five).p_value == pytest.approx(1 / 32)
    assert compare("digits", current, candidate, np.full(40, ALONE)).p_value == pytest.approx(2.0**-40)


def test_what_stands_for_itself_counts_beside_what_is_of_one_image():
    origins = np.array([ALONE, ALONE, ALONE, -9, -9, 12])

    found = compare("others", np.ones(6, bool), np.zeros(6, bool), origins)

    assert found.images == 5
    assert found.p_value == pytest.approx(1 / 32)


def test_several_sets_have_to_be_worse_by_more():
    one = compare("digits", np.ones(5, bool), np.zeros(5, bool))
    same = compare("others", np.ones(5, bool), np.ones(5, bool))

    alone, first = corrected([one])[0], corrected([one, same])[0]

    assert alone.worse
    assert not first.worse
    assert first.corrected_p == pytest.approx(2 / 32)
    assert first.p_value == alone.p_value == pytest.approx(1 / 32)
    assert first.as_row()[-2:] == ("0.062", "not worse")


def test_a_set_without_a_glyph_is_not_judged_and_makes_no_other_look_better():
    one = compare("digits", np.ones(5, bool), np.zeros(5, bool))
    empty = compare("own digits", np.ones(0, bool), np.zeros(0, bool))

    alone, none = corrected([one, empty])

    assert (alone.judged, none.judged) == (True, False)
    assert alone.worse
    assert alone.corrected_p == pytest.approx(1 / 32)
    assert none.as_row() == ("own digits", "0", "0", "0", "0", "0", "1.000", "not judged")
    assert not none.worse


@pytest.mark.parametrize(
    ("p_values", "wanted"),
    [
        ([], []),
        ([0.05], [0.05]),
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.5, 0.9, 0.02], [1.0, 1.0, 0.06]),
    ],
)
def test_p_values_are_corrected_step_by_step_and_stay_in_order(p_values, wanted):
    assert holm(p_values) == pytest.approx(wanted)


def test_models_are_compared_on_the_same_glyphs():
    with pytest.raises(ValueError, match="same glyphs"):
        compare("digits", np.zeros(3, bool), np.zeros(4, bool))
    with pytest.raises(ValueError, match="same glyphs"):
        compare("digits", np.zeros(3, bool), np.zeros(3, bool), np.zeros(4, np.int64))
