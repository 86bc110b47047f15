from math import log

import pytest

from segmentation.candidates import JOINED, WHOLE, Candidate, Strip
from segmentation.geometry import Box
from worker.strips import LEAST_LINE, ODD_HEIGHT, edges_of


def _strip(*sizes):
    """A line 40 px high of candidates with these widths and heights, one piece each."""
    boxes = tuple(Box(50 * k, 0, 50 * k + width, height) for k, (width, height) in enumerate(sizes))
    candidates = tuple(Candidate(k, k + 1, box, WHOLE) for k, box in enumerate(boxes))
    return Strip(boxes, candidates, 40.0, -1)


def _edge(width, height):
    (edge,) = edges_of(_strip((width, height)))
    return edge


def test_there_is_an_edge_for_each_candidate_in_their_order():
    first, second = Box(0, 0, 20, 40), Box(25, 0, 45, 40)
    candidates = (
        Candidate(0, 1, first, WHOLE),
        Candidate(0, 2, Box(0, 0, 45, 40), JOINED),
        Candidate(1, 2, second, WHOLE),
    )
    edges = edges_of(Strip((first, second), candidates, 40.0, -1))
    assert [(edge.start, edge.stop) for edge in edges] == [(0, 1), (0, 2), (1, 2)]


@pytest.mark.parametrize("size", [(5, 40), (20, 40), (20, 22), (20, 60), (44, 10)])
def test_what_is_as_large_as_the_line_or_half_is_as_expected(size):
    edge = _edge(*size)
    assert (edge.prior, edge.weight) == (0.0, 1.0)


def test_a_low_fragment_is_odd_and_cheap_to_leave_out():
    edge = _edge(5, 11)
    share = 11 / 40
    assert edge.prior == pytest.approx(4 * log(share / ODD_HEIGHT))
    assert edge.weight == pytest.approx(share / ODD_HEIGHT)


def test_a_wide_low_stroke_is_less_odd_than_a_dot_of_its_height():
    assert _edge(5, 6).prior < _edge(24, 6).prior < 0
    assert _edge(5, 6).weight < _edge(24, 6).weight < 1


def test_the_lower_a_fragment_the_odder_and_the_odds_stay_finite():
    edges = [_edge(1, height) for height in (20, 15, 10, 5, 1)]
    priors, weights = [edge.prior for edge in edges], [edge.weight for edge in edges]
    assert priors == sorted(priors, reverse=True)
    assert weights == sorted(weights, reverse=True)
    assert len(set(priors)) == 5
    assert _edge(1, 1).prior == pytest.approx(4 * log(0.05 / ODD_HEIGHT))
    assert weights[-1] > 0


def _specks():
    """Three specks in a line, which is no higher than they are."""
    boxes = tuple(Box(20 * k, 0, 20 * k + 6, 10) for k in range(3))
    candidates = tuple(Candidate(k, k + 1, box, WHOLE) for k, box in enumerate(boxes))
    return Strip(boxes, candidates, 10.0, -1)


def test_a_line_of_specks_is_odd_beside_the_writing_of_its_page():
    share = 10 / (LEAST_LINE * 40)
    by_itself, on_the_page = edges_of(_specks()), edges_of(_specks(), 40.0)
    assert [(edge.prior, edge.weight) for edge in by_itself] == [(0.0, 1.0)] * 3
    for edge in on_the_page:
        assert edge.prior == pytest.approx(4 * log(share / ODD_HEIGHT))
        assert edge.weight == pytest.approx(share / ODD_HEIGHT)


@pytest.mark.parametrize("writing_px", [None, 5.0, 40.0, 40 / LEAST_LINE])
def test_a_line_as_high_as_the_page_writes_is_measured_by_itself(writing_px):
    strip = _strip((5, 15), (20, 40))
    assert edges_of(strip, writing_px) == edges_of(strip)


def test_a_line_of_small_digits_is_not_odd_on_a_page_of_larger_ones():
    small = Strip((box := Box(0, 0, 12, 22),), (Candidate(0, 1, box, WHOLE),), 22.0, -1)
    (edge,) = edges_of(small, 40.0)
    assert (edge.prior, edge.weight) == (0.0, 1.0)
