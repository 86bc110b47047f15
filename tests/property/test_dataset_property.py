"""However digits are spread over files and writers: none is lost, none is there twice, none changes sides."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from model.dataset_split import hold_out, joined_groups, split_digits
from model.errors import DataInvalid


@st.composite
def written(draw):
    """Labels and writers: each digit at least twice, by as many writers as there happen to be."""
    labels = [digit for digit in range(10) for _ in range(draw(st.integers(2, 6)))]
    writers = draw(st.lists(st.integers(0, 12).map(str), min_size=len(labels), max_size=len(labels)))
    return labels, writers


def held_out(labels, groups, seed=0):
    try:
        return hold_out(labels, groups, seed=seed)
    except DataInvalid:
        assume(False)


@given(written())
def test_nothing_is_lost_nothing_is_there_twice_and_labels_are_kept(data):
    labels, writers = data
    # Each image shows its own number.
    images = np.zeros((len(labels), 28, 28), np.uint8)
    images[:, 0, 0] = np.arange(len(labels))
    try:
        found = split_digits(images, labels, writers, "drawn")
    except DataInvalid:
        assume(False)
    numbers = np.concatenate([found.train_images[:, 0, 0], found.test_images[:, 0, 0]])
    assert sorted(numbers.tolist()) == list(range(len(labels)))
    assert np.concatenate([found.train_labels, found.test_labels]).tolist() == [labels[n] for n in numbers]
    sides = [{writers[n] for n in part[:, 0, 0]} for part in (found.train_images, found.test_images)]
    assert not sides[0] & sides[1]


@given(written(), st.integers(0, 99))
def test_every_digit_is_on_both_sides(data, seed):
    labels, writers = data
    held = held_out(labels, writers, seed)
    for digit in range(10):
        assert len({bool(h) for label, h in zip(labels, held, strict=True) if label == digit}) == 2


@given(written(), st.integers(0, 99), st.randoms(use_true_random=False))
def test_the_same_seed_gives_the_same_split_in_any_order(data, seed, random):
    labels, writers = data
    held = held_out(labels, writers, seed)
    order = list(range(len(labels)))
    random.shuffle(order)
    again = hold_out([labels[k] for k in order], [writers[k] for k in order], seed=seed)
    assert again.tolist() == [bool(held[k]) for k in order]


@given(st.lists(st.integers(0, 9), min_size=20), st.floats(0.05, 0.6))
def test_images_of_nobody_are_held_out_to_the_nearest_image(labels, share):
    counts = np.bincount(labels, minlength=10)
    assume(counts[counts > 0].min() >= 2)
    held = hold_out(labels, [str(k) for k in range(len(labels))], share=share)
    for digit in np.flatnonzero(counts):
        found = int(held[np.array(labels) == digit].sum())
        assert abs(found - share * counts[digit]) <= 0.5 + 1e-9 or found in (1, counts[digit] - 1)


@given(st.lists(st.tuples(st.integers(0, 8).map(str), st.none() | st.integers(0, 8).map(str)), min_size=1))
def test_images_that_share_a_key_are_of_one_group_and_no_others(rows):
    contents, writers = zip(*rows, strict=True)
    groups = joined_groups(contents, writers)

    def linked(start):
        """Everything that a chain of shared keys leads to, found by walking."""
        reached, grown = {start}, True
        while grown:
            more = {
                k
                for k, (content, writer) in enumerate(rows)
                for r in reached
                if content == rows[r][0] or (writer is not None and writer == rows[r][1])
            }
            grown, reached = not more <= reached, reached | more
        return reached

    for k in range(len(rows)):
        assert {j for j, group in enumerate(groups) if group == groups[k]} == linked(k)
