"""A page that reads badly is looked at again, and what reads best is kept."""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from segmentation.config import DEFAULT
from segmentation.skew import STRAIGHT_DEG
from worker.records import ProcessingStep
from worker.second_look import (
    CLEARLY_MORE,
    CREDIBLE,
    LEAST_SURE,
    LOOKS,
    MOST_CANDIDATES,
    look_of,
    looks_for,
    surest_look,
)

LOWER, HIGHER, STRAIGHT = LOOKS
#: Where people read of this, below docs/.
_TOLD_IN = ("adr/0013-second-look.md", "reading.md")


@dataclass(frozen=True)
class Look:
    """What a look at a page says: digits and sureness of each of its numbers."""

    sureness: tuple[tuple[int, float], ...]


def looks(first, lower=(), higher=(), straight=()):
    """Return the look that is kept of four, None for the first, and those that were tried."""
    tried = []
    others = {LOWER: Look(tuple(lower)), HIGHER: Look(tuple(higher)), STRAIGHT: Look(tuple(straight))}

    def again(config):
        tried.append(config)
        return others[config]

    seen = Look(tuple(first))
    kept = surest_look(seen, again)
    named = {id(seen): None, **{id(look): config for config, look in others.items()}}
    return named[id(kept)], tuple(tried)


def segmented(glyphs, askew_deg=1.5):
    return SimpleNamespace(glyphs=range(glyphs), writing=SimpleNamespace(askew_deg=askew_deg))


def test_nothing_and_too_much_are_not_worth_another_look():
    assert [looks_for(segmented(count)) for count in (0, MOST_CANDIDATES + 1)] == [(), ()]
    assert looks_for(segmented(1)) == looks_for(segmented(MOST_CANDIDATES)) == LOOKS


def test_the_decision_and_the_reading_path_tell_the_limits_that_hold():
    docs = Path(__file__).parents[3] / "docs"
    decision, path = (" ".join((docs / name).read_text("utf-8").split()) for name in _TOLD_IN)
    assert f"more than {MOST_CANDIDATES:,} candidates are read once" in decision
    for text in (decision, path):
        assert "it read twice more" in text.replace("it is read", "it read")
        assert f"askew by {STRAIGHT_DEG:g} to {DEFAULT.least_skew_deg:g} degrees" in text


@pytest.mark.parametrize("askew_deg", [0.0, 4.0, -4.0], ids=["straight", "set straight", "and back"])
def test_a_page_is_set_straight_where_that_changes_it(askew_deg):
    assert looks_for(segmented(50, askew_deg)) == (LOWER, HIGHER)
    assert looks_for(segmented(50, -2.9)) == LOOKS


def test_one_stroke_is_no_reason_to_think_otherwise_of_an_empty_page():
    assert looks([], [(1, 0.95)])[0] is None
    assert looks([], [(1, 0.95), (1, 0.95)])[0] == LOWER
    assert looks([(1, 0.3)], [(1, 0.95)])[0] == LOWER


@pytest.mark.parametrize("look", [DEFAULT, *LOOKS])
def test_a_record_tells_by_which_look_its_page_was_read(look):
    told = {"height_factor": look.height_factor, "least_skew_deg": look.least_skew_deg, "scale": 1.0}
    assert look_of([ProcessingStep(name="segment", settings=told)]) == look


@pytest.mark.parametrize("told", [{}, {"height_factor": 7.0}, {"height_factor": "0.77"}])
def test_a_record_of_before_or_of_a_stranger_tells_of_no_look(told):
    assert look_of([ProcessingStep(name="segment", settings=told)]) == DEFAULT
    assert look_of([]) == DEFAULT


def test_a_page_that_reads_well_is_looked_at_once():
    assert looks([(3, LEAST_SURE), (1, LEAST_SURE)], [(9, 1.0)]) == (None, ())


@pytest.mark.parametrize(
    "first", [[(3, 0.2)], [(3, 0.9), (1, 0.05)], []], ids=["unsure", "partly", "nothing"]
)
def test_what_says_more_is_kept(first):
    assert looks(first, [(3, 0.9), (1, 0.8)], [(2, 0.9)]) == (LOWER, LOOKS)
    assert looks(first, [(1, 0.9)], [(5, 0.9)]) == (HIGHER, LOOKS)
    assert looks(first, [(1, 0.9)], [], [(5, 0.9)]) == (STRAIGHT, LOOKS)


def test_many_doubtful_numbers_say_less_than_a_sure_one():
    assert looks([(3, 0.4)], [(1, 0.1)] * 30, [(3, 0.9)])[0] == HIGHER


def test_what_says_hardly_more_is_not_taken():
    said = 4 * 0.45**2
    assert looks([(4, 0.45)], [(1, (said + CLEARLY_MORE) ** 0.5 - 0.01)])[0] is None
    assert looks([(4, 0.45)], [(1, (said + CLEARLY_MORE) ** 0.5 + 0.01)])[0] == LOWER


def test_many_specks_are_not_credible():
    assert looks([], [(1, CREDIBLE - 0.01)] * 40)[0] is None
    assert looks([], [(1, CREDIBLE + 0.01)] * 40)[0] == LOWER


def test_a_long_number_is_as_credible_as_its_digits():
    assert looks([], [(10, (CREDIBLE + 0.3) ** 10)])[0] == LOWER
    assert looks([], [(2, (CREDIBLE - 0.01) ** 2)] * 9)[0] is None
