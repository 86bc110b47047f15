"""The ways to read a word, beside all ways there are."""

from itertools import pairwise, product

import numpy as np
import pytest

from model.lattice import Edge, best_path, edge_scores, no_number_score
from model.lattice_paths import ranked_paths


def _word(seed, pieces=4):
    """A word of which all runs of up to three pieces are hypotheses, with random answers."""
    rng = np.random.default_rng(seed)
    runs = [(a, b) for a in range(pieces) for b in range(a + 1, min(a + 3, pieces) + 1)]
    edges = [Edge(a, b, float(-rng.random()), float(rng.random())) for a, b in runs]
    rows = rng.dirichlet(np.full(11, 0.3), len(edges)).astype(np.float32)
    return edges, rows


def _all_ways(first, last, edges):
    """Every way to cover the pieces, each edge read as any digit or left out where it is a single piece."""
    if first == last:
        yield ()
        return
    for k, edge in enumerate(edges):
        if edge.start == first and edge.stop <= last:
            whats = [*range(10), *([None] if edge.stop == first + 1 else [])]
            for what, rest in product(whats, list(_all_ways(edge.stop, last, edges))):
                yield ((k, what), *rest)


def _scored(edges, rows, first, last):
    best, _, leave = edge_scores(edges, rows)

    def score(k, what):
        if what is None:
            return leave[k]
        return best[k] + np.log(max(1e-9, float(rows[k, what])) / float(rows[k, :10].max()))

    return {way: sum(score(*step) for step in way) for way in _all_ways(first, last, edges)}


@pytest.mark.parametrize("seed", range(5))
def test_the_best_of_all_ways_come_first_with_their_shares(seed):
    edges, rows = _word(seed)
    scored = _scored(edges, rows, 0, 4)
    nothing = no_number_score(edges, rows)
    total = np.logaddexp.reduce([*scored.values(), nothing])

    found = ranked_paths(4, edges, rows, most=6)

    wanted = sorted([*scored.values(), nothing], reverse=True)[:6]
    assert [path.score for path in found] == pytest.approx(wanted)
    for path in found:
        expected = scored[path.steps] if path.steps else nothing
        assert path.score == pytest.approx(expected)
        assert path.share == pytest.approx(np.exp(expected - total), rel=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_the_first_is_what_reading_takes(seed):
    edges, rows = _word(seed, pieces=6)
    first = ranked_paths(6, edges, rows, most=3)[0]

    read = best_path(6, edges, rows)

    taken = [(edge, digit) for edge, digit in first.steps if digit is not None]
    assert [digit.edge for digit in read] == [edge for edge, _ in taken]
    # Where others that cut a little otherwise say something else, all of them together decide.
    for digit, (_, alone) in zip(read, taken, strict=True):
        assert digit.digit == alone or digit.probabilities[digit.digit] > digit.probabilities[alone]


def test_a_part_of_a_word_weighs_all_that_may_stand_beside_it():
    edges, rows = _word(7)
    scored = _scored(edges, rows, 0, 4)
    total = np.logaddexp.reduce([*scored.values(), no_number_score(edges, rows)])

    found = ranked_paths(4, edges, rows, most=4, span=(1, 3))

    assert any(path.steps for path in found)
    for path in found:
        if path.steps:
            own = [score for way, score in scored.items() if _holds(way, path.steps)]
            assert path.share == pytest.approx(np.exp(np.logaddexp.reduce(own) - total), rel=1e-6)


def _holds(way, part):
    return any(way[k : k + len(part)] == part for k in range(len(way)))


def test_paths_come_from_left_to_right_without_gaps_and_no_more_than_are_asked_for():
    edges, rows = _word(3, pieces=7)

    found = ranked_paths(7, edges, rows, most=5)

    assert len(found) == 5
    assert len({path.steps for path in found}) == 5
    for path in found:
        places = [(edges[edge].start, edges[edge].stop) for edge, _ in path.steps]
        assert all(a[1] == b[0] for a, b in pairwise(places))
        assert not places or (places[0][0], places[-1][1]) == (0, 7)


def test_a_single_piece_gives_all_digits_leaving_it_out_and_no_number():
    row = np.array([[0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.01, 0.005, 0.005, 0.0, 0.1]], np.float32)

    found = ranked_paths(1, [Edge(0, 1, 0.0, 1.0)], row, most=20)

    assert sorted(path.text for path in found) == ["", "", *"0123456789"]
    assert [path.text for path in found][:2] == ["0", "1"]
