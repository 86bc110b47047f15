"""Properties of this project are not tried against the clock, which a busy machine would lose."""

from hypothesis import given, settings
from hypothesis import strategies as st

#: As a property sees it that asks for nothing, at the time its file is collected.
WHEN_COLLECTED = settings()
WITH_FEWER_EXAMPLES = settings(max_examples=3)


def test_no_example_has_a_deadline():
    assert WHEN_COLLECTED.deadline is None
    assert WITH_FEWER_EXAMPLES.deadline is None


@given(st.none())
def test_a_property_that_asks_for_nothing_is_tried_without_one(_):
    assert settings().deadline is None
