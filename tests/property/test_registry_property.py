"""Whatever is promoted and rolled back: nothing is forgotten, and each rollback undoes one promotion."""

from hypothesis import given
from hypothesis import strategies as st

from model.rates import wilson
from model.registry import Choice, RegistryRecord

choices = st.one_of(
    st.just(Choice("shipped")),
    st.from_regex(r"[a-z0-9]{1,8}-x", fullmatch=True).map(lambda name: Choice(name, "a" * 64)),
)
steps = st.lists(st.one_of(st.none(), choices), max_size=12)


def after(steps):
    record, models = RegistryRecord(), [Choice("shipped")]
    for step in steps:
        if step is not None:
            record, models = record.promoted(step, at="then"), [*models, step]
        elif len(models) > 1:
            record, models = record.rolled_back(at="then"), models[:-1]
    return record, models


@given(steps)
def test_a_rollback_undoes_the_last_promotion_that_still_stands(steps):
    record, models = after(steps)

    assert record.stack == tuple(models)
    assert record.current == models[-1]


@given(steps)
def test_what_is_written_is_read(steps):
    record, _ = after(steps)

    assert RegistryRecord.from_json(record.as_json()) == record


@given(steps, choices)
def test_promoting_and_rolling_back_changes_nothing_but_the_history(steps, model):
    record, _ = after(steps)
    there_and_back = record.promoted(model, at="now").rolled_back(at="now")

    assert there_and_back.stack == record.stack
    assert there_and_back.history[: len(record.history)] == record.history


@given(st.integers(0, 5000).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_an_interval_holds_its_share_and_lies_within_bounds(trial):
    right, count = trial
    low, high = wilson(right, count)

    assert 0 <= low < high <= 1
    assert not count or low <= right / count <= high
