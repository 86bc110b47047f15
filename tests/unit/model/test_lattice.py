import numpy as np
import pytest

from model.lattice import FLOOR, LEAVE_OUT, NO_NUMBER, RIVALS, SAME_DIGIT, Edge, best_path


def _says(digit, share=0.97):
    row = np.full(11, (1 - share) / 10, np.float32)
    row[digit] = share
    return row


def _edge(start, stop, prior=0.0, weight=1.0):
    return Edge(start, stop, prior, weight)


def _read(pieces, edges, rows):
    return best_path(pieces, edges, np.stack(rows))


def test_a_line_of_plain_digits_is_read_from_left_to_right():
    edges = [_edge(0, 1), _edge(1, 2), _edge(2, 3)]
    found = _read(3, edges, [_says(4), _says(0), _says(7)])
    assert "".join(digit.text for digit in found) == "407"
    assert [digit.edge for digit in found] == [0, 1, 2]


def test_two_halves_of_one_digit_are_read_together():
    edges = [_edge(0, 1), _edge(1, 2), _edge(0, 2)]
    (found,) = _read(2, edges, [_says(10), _says(10), _says(8)])
    assert (found.edge, found.digit) == (2, 8)


def test_a_touching_pair_is_read_apart():
    edges = [_edge(0, 1), _edge(1, 2), _edge(0, 2)]
    found = _read(2, edges, [_says(3), _says(5), _says(10)])
    assert [digit.digit for digit in found] == [3, 5]


def test_garbage_between_digits_is_left_out():
    edges = [_edge(0, 1), _edge(1, 2), _edge(2, 3)]
    found = _read(3, edges, [_says(1), _says(10, 0.9999), _says(2)])
    assert [digit.digit for digit in found] == [1, 2]


def test_a_line_of_garbage_reads_as_nothing():
    assert _read(2, [_edge(0, 1), _edge(1, 2)], [_says(10, 0.9999)] * 2) == []


def test_many_letters_are_a_word_though_each_might_be_a_digit():
    # A single one is a digit; what speaks against each adds up, and there is a word but once.
    letter = np.full(11, 0.01, np.float32)
    letter[5], letter[10] = 0.42, 0.5
    alone = _read(1, [_edge(0, 1)], [letter])
    word = _read(4, [_edge(k, k + 1) for k in range(4)], [letter] * 4)
    assert [digit.digit for digit in alone] == [5]
    assert word == []


def test_a_doubtful_digit_is_surer_beside_a_clear_one():
    doubtful = np.full(11, 0.01, np.float32)
    doubtful[5], doubtful[10] = 0.5, 0.41
    (alone,) = _read(1, [_edge(0, 1)], [doubtful])
    _, beside = _read(2, [_edge(0, 1), _edge(1, 2)], [_says(4), doubtful])
    assert beside.confidence > alone.confidence + 0.05


def test_specks_have_little_say_in_whether_there_is_a_number():
    garbage = _says(10, 0.99)
    symbol = np.full(11, 0.02, np.float32)
    symbol[5], symbol[10] = 0.6, 0.22

    def read(weight):
        specks = [_edge(k, k + 1, prior=-9.0, weight=weight) for k in (1, 2)]
        return _read(3, [_edge(0, 1), *specks], [symbol, garbage, garbage])

    assert [digit.digit for digit in read(0.1)] == [5]
    assert read(1.0) == []


def test_an_odd_shape_needs_better_evidence():
    rows = [_says(1, 0.6), _says(1, 0.6), _says(8, 0.6)]
    plain = _read(2, [_edge(0, 1), _edge(1, 2), _edge(0, 2)], rows)
    odd = _read(2, [_edge(0, 1), _edge(1, 2), _edge(0, 2, prior=-6.0)], rows)
    assert [digit.edge for digit in plain] == [2]
    assert [digit.edge for digit in odd] == [0, 1]


def test_a_rival_cut_lowers_the_confidence():
    edges = [_edge(0, 1), _edge(1, 2), _edge(0, 2)]
    alone = _read(2, edges, [_says(10), _says(10), _says(8)])
    contested = _read(2, edges, [_says(1, 0.9), _says(1, 0.9), _says(8)])
    assert [digit.digit for digit in alone + contested] == [8, 8]
    assert contested[0].confidence < alone[0].confidence - 0.2


def test_a_cut_through_a_speck_beside_a_digit_takes_nothing_from_it():
    # With the speck or without, it is the same seven.
    specks = [_edge(1, 2, prior=-9.0, weight=0.02), _edge(2, 3, prior=-9.0, weight=0.02)]
    edges = [_edge(0, 1), *specks, _edge(0, 2), _edge(0, 3)]
    (found,) = _read(3, edges, [_says(7), _says(10), _says(10), _says(7), _says(7)])
    assert found.digit == 7
    assert found.confidence > 0.95


def _lattice(rng, pieces):
    edges = [
        _edge(start, stop, prior=-float(rng.exponential(0.5)), weight=float(rng.uniform(0.2, 1)))
        for start in range(pieces)
        for stop in range(start + 1, min(start + 3, pieces) + 1)
    ]
    return edges, rng.dirichlet(np.full(11, 0.3), len(edges)).astype(np.float32)


def _all_covers(edges, pieces, at=0):
    """Return every way to cover the pieces from `at` on by edges, one after the other."""
    if at == pieces:
        return [[]]
    return [
        [k, *rest]
        for k, edge in enumerate(edges)
        if edge.start == at
        for rest in _all_covers(edges, pieces, edge.stop)
    ]


def _nothing(edges, rows):
    """Return the log-score of there being no digit at all."""
    single = [k for k, edge in enumerate(edges) if edge.stop - edge.start == 1]
    out = sum(np.log(max(float(rows[k, 10]), 1e-9)) * edges[k].weight for k in single)
    return NO_NUMBER + out + _beside(edges, rows, single)


def _beside(edges, rows, path):
    """Return the log-score of all candidates beside a path being no digits, by their pieces."""
    others = set(range(len(rows))) - set(path)
    sizes = [edge.stop - edge.start for edge in edges]
    return RIVALS * sum(sizes[k] * np.log(max(float(rows[k, 10]), FLOOR)) for k in others)


def _posteriors(edges, rows, pieces):
    """Return how probable it is, by every cover and by no number at all, that each edge is a digit."""
    odds = np.maximum(rows.astype(np.float64), 1e-9)
    read = odds[:, :10].sum(axis=1) * np.exp([edge.prior for edge in edges])
    leave = np.zeros(len(edges))
    for k, edge in enumerate(edges):
        if edge.stop - edge.start == 1:
            leave[k] = np.exp((np.log(odds[k, 10]) + LEAVE_OUT) * edge.weight)
    total, through = np.exp(_nothing(edges, rows)), np.zeros(len(edges))
    for cover in _all_covers(edges, pieces):
        product = float(np.prod([read[k] + leave[k] for k in cover]) * np.exp(_beside(edges, rows, cover)))
        total += product
        for k in cover:
            through[k] += product * read[k] / (read[k] + leave[k])
    return through / total


def _same_digit(edges, k):
    """Return the edges that share so much of their pieces with one that they are the same digit."""
    weights = {edge.start: edge.weight for edge in edges if edge.stop == edge.start + 1}

    def weight(pieces):
        return sum(weights[piece] for piece in pieces)

    own = set(range(edges[k].start, edges[k].stop))
    others = [set(range(edge.start, edge.stop)) for edge in edges]
    return [e for e, other in enumerate(others) if weight(own & other) >= SAME_DIGIT * weight(own | other)]


def _best_by_counting(edges, rows, pieces):
    """Return the score of the best of all paths, and the edges that it reads."""

    def read_score(k):
        return np.log(max(float(rows[k, :10].max()), 1e-9)) + edges[k].prior

    def leave_score(k):
        if edges[k].stop - edges[k].start > 1:
            return -np.inf
        return (np.log(max(float(rows[k, 10]), 1e-9)) + LEAVE_OUT) * edges[k].weight

    def score(cover):
        return sum(max(read_score(k), leave_score(k)) for k in cover) + _beside(edges, rows, cover)

    best = max(_all_covers(edges, pieces), key=score)
    return score(best), [k for k in best if read_score(k) > leave_score(k)]


#: Small lattices at random, and how much likelier than by chance the network takes a candidate for no digit.
LATTICES = [(seed, garbage) for seed in range(12) for garbage in (1.0, 8.0)]


def _small_lattice(seed, garbage):
    rng = np.random.default_rng(seed)
    pieces = 2 + seed % 4
    edges, rows = _lattice(rng, pieces)
    rows[:, 10] *= garbage
    return pieces, edges, (rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize(("seed", "garbage"), LATTICES)
def test_small_lattices_agree_with_counting_every_path(seed, garbage):
    pieces, edges, rows = _small_lattice(seed, garbage)
    expected = _posteriors(edges, rows, pieces)

    for digit in best_path(pieces, edges, rows):
        there = _same_digit(edges, digit.edge)
        assert digit.probabilities.sum() == pytest.approx(expected[there].sum(), abs=1e-4)
        digits = sum(expected[k] * rows[k, :10] / rows[k, :10].sum() for k in there)
        assert digit.probabilities == pytest.approx(digits, abs=1e-4)
        assert digit.digit == digits.argmax()
        assert 0.0 <= digit.confidence <= 1.0
        assert digit.probabilities[digit.digit] == pytest.approx(digit.confidence)


@pytest.mark.parametrize(("seed", "garbage"), LATTICES)
def test_no_other_path_scores_better_nor_does_nothing_at_all(seed, garbage):
    pieces, edges, rows = _small_lattice(100 + seed, garbage)
    score, read = _best_by_counting(edges, rows, pieces)
    expected = [] if _nothing(edges, rows) > score else read
    assert [digit.edge for digit in best_path(pieces, edges, rows)] == expected


def test_the_small_lattices_hold_both_words_with_a_number_and_words_without():
    scores = []
    for seed, garbage in LATTICES:
        pieces, edges, rows = _small_lattice(100 + seed, garbage)
        score, read = _best_by_counting(edges, rows, pieces)
        scores.append(_nothing(edges, rows) > score or not read)
    assert set(scores) == {True, False}
