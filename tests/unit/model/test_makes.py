import numpy as np
import pytest

from model.contract import CLASSES
from model.makes import MAKES, SMOOTHING, fit_makes, weighed

WHOLE, JOINED, PART = range(MAKES)


def _fit(pairs, classes=2):
    labels, makes = zip(*pairs, strict=True) if pairs else ((), ())
    return fit_makes(np.array(labels, np.int64), np.array(makes, np.int64), classes)


def _network(**shares):
    """Return one row that gives some classes these shares, and the others what is left."""
    row = np.full(CLASSES, (1 - sum(shares.values())) / (CLASSES - len(shares)), np.float32)
    for name, share in shares.items():
        row[int(name.removeprefix("as_"))] = share
    return row[None]


def test_each_class_is_counted_by_make_and_smoothed():
    # Of class 0 three whole and one part, of class 1 two joined.
    likelihoods = _fit([(0, WHOLE)] * 3 + [(0, PART)] + [(1, JOINED)] * 2)
    s = SMOOTHING
    of_0 = np.array([3 + s, s, 1 + s]) / (4 + 3 * s)
    of_1 = np.array([s, 2 + s, s]) / (2 + 3 * s)
    assert likelihoods == pytest.approx(np.stack([of_0, of_1], axis=1))


def test_what_has_no_known_make_is_passed_over():
    known = [(0, WHOLE), (1, PART), (1, PART)]
    assert (_fit([*known, (0, -1), (1, -1)]) == _fit(known)).all()


def test_nothing_known_says_nothing_and_nothing_is_impossible():
    assert _fit([]) == pytest.approx(np.full((MAKES, 2), 1 / MAKES))
    often = _fit([(0, WHOLE)] * 10_000)
    assert often.min() > 0
    assert often.sum(axis=0) == pytest.approx(np.ones(2))


def test_weighing_by_hand():
    likelihoods = np.array([[0.8, 0.2], [0.1, 0.3], [0.1, 0.5]])
    rows = np.array([[0.5, 0.5], [0.9, 0.1], [0.25, 0.75]], np.float32)
    found = weighed(rows, [WHOLE, PART, JOINED], likelihoods)
    assert found[0] == pytest.approx([0.8, 0.2])
    assert found[1] == pytest.approx([0.09 / 0.14, 0.05 / 0.14])
    assert found[2] == pytest.approx([0.1, 0.9])


def test_weighed_rows_sum_to_one_and_what_is_given_stays():
    rng = np.random.default_rng(5)
    rows = rng.dirichlet(np.full(CLASSES, 0.3), 50).astype(np.float32)
    likelihoods = rng.dirichlet(np.ones(MAKES), CLASSES).T
    rows.flags.writeable = likelihoods.flags.writeable = False
    found = weighed(rows, rng.integers(0, MAKES, 50).tolist(), likelihoods)
    assert found.dtype == np.float32
    assert found.shape == rows.shape
    assert found.sum(axis=1) == pytest.approx(np.ones(50), abs=1e-5)


def test_without_likelihoods_all_stays_as_it_is():
    rows = _network(as_1=0.9)
    assert weighed(rows, [PART], None) is rows


def test_a_page_without_candidates_has_nothing_to_weigh():
    empty = np.zeros((0, CLASSES), np.float32)
    assert weighed(empty, [], np.full((MAKES, CLASSES), 1 / MAKES)).shape == (0, CLASSES)


def test_half_a_nought_that_looks_like_a_one_loses_to_a_whole_one():
    # Ones stand by themselves; what is cut from a larger component is seldom a digit.
    likelihoods = _fit(
        [(1, WHOLE)] * 950 + [(1, PART)] * 50 + [(10, PART)] * 900 + [(10, WHOLE)] * 100, CLASSES
    )
    looks_like_a_one = np.concatenate([_network(as_1=0.7, as_10=0.2)] * 2)

    whole, part = weighed(looks_like_a_one, [WHOLE, PART], likelihoods)

    assert whole.argmax() == 1
    assert whole[1] > 0.7
    assert part.argmax() == 10
    assert part[1] < 0.25
