"""What a training does not change: how readily a network says that something is no digit."""

from typing import Any

import numpy as np
import pytest

from model.balance import MOST, balancing, shift_not_a_digit
from model.contract import CLASSES, NOT_A_DIGIT


def told(behind: Any) -> Any:
    """Return probabilities by which "not a digit" is so far behind the likeliest digit, as log-odds."""
    rows = np.full((len(behind), CLASSES), 0.01)
    rows[:, 3] = np.exp(behind)
    rows[:, NOT_A_DIGIT] = 1.0
    return rows / rows.sum(axis=1, keepdims=True)


def share_known(rows: Any, log_odds: float) -> float:
    """Return how much is called no digit once that is said so much more readily."""
    shifted = rows.copy()
    shifted[:, NOT_A_DIGIT] *= np.exp(log_odds)
    return float((shifted.argmax(axis=1) == NOT_A_DIGIT).mean())


NONE = np.full(200, NOT_A_DIGIT)


@pytest.mark.parametrize("moved", [-1.5, 0.0, 0.7, 2.0])
def test_as_much_is_called_none_as_before(moved: float) -> None:
    behind = np.random.default_rng(0).normal(-1.0, 1.0, 200)
    before, after = told(behind), told(behind[::-1] + moved)
    shift = balancing(before, after, NONE)
    assert share_known(after, shift) == pytest.approx(share_known(before, 0.0), abs=1e-9)
    assert shift == pytest.approx(moved, abs=0.1)


def test_what_is_a_digit_has_no_say() -> None:
    behind = np.random.default_rng(0).normal(-1.0, 1.0, 200)
    labels = np.where(np.arange(200) < 100, NOT_A_DIGIT, 3)
    other = np.where(np.arange(200) < 100, behind, 5.0)
    assert balancing(told(behind), told(other), labels) == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize(("first", "then"), [(-2.0, -1.0), (2.0, 1.0)], ids=["all", "nothing"])
def test_all_or_nothing_stays_as_it_is(first: float, then: float) -> None:
    outlier = np.where(np.arange(200) == 7, -2.5 * np.sign(first), then)
    assert balancing(told(np.full(200, first)), told(outlier), NONE) == 0.0


def test_it_is_changed_so_far_and_no_further() -> None:
    behind = np.where(np.arange(200) < 190, -1.0, 1.0)
    assert balancing(told(behind), told(behind + 9.0), NONE) == MOST
    assert balancing(told(np.full(5, -1.0)), told(np.full(5, -1.0)), np.full(5, 3)) == 0.0


@pytest.mark.train
def test_the_shift_is_that_of_one_output() -> None:
    keras = pytest.importorskip("keras", reason="training needs TensorFlow")
    network = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(CLASSES, activation="softmax")])
    seen = np.random.default_rng(0).random((6, 4), np.float32)
    before = np.log(network.predict(seen, verbose=0))
    shift_not_a_digit(network, 1.25)
    after = np.log(network.predict(seen, verbose=0))
    odds_before, odds_after = (rows - rows[:, :1] for rows in (before, after))
    np.testing.assert_allclose(odds_after[:, :NOT_A_DIGIT], odds_before[:, :NOT_A_DIGIT], atol=1e-4)
    np.testing.assert_allclose(odds_after[:, NOT_A_DIGIT], odds_before[:, NOT_A_DIGIT] + 1.25, atol=1e-4)
