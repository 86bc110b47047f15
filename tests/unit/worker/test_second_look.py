"""A page that reads badly is looked at again, and what reads best is kept."""

from dataclasses import dataclass

import pytest

from worker.second_look import CLEARLY_MORE, HEIGHT_FACTORS, LEAST_SURE, surest_look

LOWER, HIGHER = HEIGHT_FACTORS


@dataclass(frozen=True)
class Look:
    """What a look at a page says: digits and sureness of each of its numbers."""

    sureness: tuple[tuple[int, float], ...]


def looks(first, lower=(), higher=()):
    """Return the look that is kept of three, and the factors that were tried."""
    tried = []
    others = {LOWER: Look(tuple(lower)), HIGHER: Look(tuple(higher))}

    def again(factor):
        tried.append(factor)
        return others[factor]

    seen = Look(tuple(first))
    kept = surest_look(seen, again)
    named = {id(seen): 1.0, **{id(look): factor for factor, look in others.items()}}
    return named[id(kept)], tried


def test_a_page_that_reads_well_is_looked_at_once():
    assert looks([(3, LEAST_SURE), (1, LEAST_SURE)], [(9, 1.0)]) == (1.0, [])


@pytest.mark.parametrize("first", [[(3, 0.2)], [(3, 0.9), (1, 0.05)], []], ids=["unsure", "partly", "nothing"])
def test_what_says_more_is_kept(first):
    assert looks(first, [(3, 0.9), (1, 0.8)], [(2, 0.9)]) == (LOWER, [LOWER, HIGHER])
    assert looks(first, [(1, 0.9)], [(5, 0.9)]) == (HIGHER, [LOWER, HIGHER])


def test_many_doubtful_numbers_say_less_than_a_sure_one():
    assert looks([(3, 0.4)], [(1, 0.1)] * 30, [(3, 0.9)])[0] == HIGHER


def test_what_says_hardly_more_is_not_taken():
    assert looks([], [(1, CLEARLY_MORE**0.5 - 0.01)])[0] == 1.0
    assert looks([], [(1, CLEARLY_MORE**0.5 + 0.01)])[0] == LOWER
