"""A part held out to judge by: near its share, of every digit, and never half of a group."""

import numpy as np
import pytest

from model.dataset_split import content_key, hold_out, joined_groups, split_digits
from model.errors import DataInvalid

LABELS = [digit for digit in range(10) for _ in range(20)]


def alone(labels):
    """Each image in a group of its own."""
    return [str(k) for k in range(len(labels))]


def test_of_images_that_belong_to_nobody_the_share_of_each_digit_is_held_out():
    held = hold_out(LABELS, alone(LABELS), share=0.25)
    assert np.bincount(np.array(LABELS)[held]).tolist() == [5] * 10


def test_two_images_of_a_digit_are_one_on_either_side():
    labels = [0, 0, *([1] * 10)]
    held = hold_out(labels, alone(labels))
    assert held[:2].sum() == 1
    assert held[2:].sum() == 2


def test_another_seed_holds_out_others():
    groups = alone(LABELS)
    assert (hold_out(LABELS, groups, seed=1) != hold_out(LABELS, groups, seed=2)).any()


def test_whole_writers_are_held_out():
    writers = [f"writer {k % 5}" for k in range(len(LABELS))]
    held = hold_out(LABELS, writers)
    assert len({w for w, h in zip(writers, held, strict=True) if h}) == 1
    assert held.sum() == 40


def test_of_two_writers_one_is_held_out_though_that_is_far_more_than_the_share():
    held = hold_out(LABELS, ["a", "b"] * 100)
    assert held.sum() == 100
    assert len(set(held[::2])) == len(set(held[1::2])) == 1


def test_a_writer_of_one_digit_alone_is_held_out_for_it():
    # Without the second writer of threes there would be no three to judge by.
    labels = [*range(10), *range(10), 3, 3]
    groups = [*(["a"] * 10), *(["a"] * 10), "b", "b"]
    groups[:20] = [f"a{k}" for k in range(20)]
    groups[3] = groups[13] = "both threes"
    held = hold_out(labels, groups)
    assert held[20] == held[21]
    assert held[3] == held[13] != held[20]


def test_what_only_one_writer_wrote_cannot_be_held_out():
    with pytest.raises(DataInvalid, match="no 0 can be held out"):
        hold_out(LABELS, ["one writer"] * len(LABELS))


def test_the_only_writer_of_a_digit_is_not_held_out_though_the_share_would_fit():
    labels = [digit for digit in range(9) for _ in range(10)]
    groups = ["both nines" if k % 5 == 0 else str(k) for k in range(len(labels))]
    with pytest.raises(DataInvalid, match="no 9 can be held out"):
        hold_out([*labels, 9, 9], [*groups, "both nines", "both nines"])


def test_a_single_image_of_a_digit_is_not_enough():
    with pytest.raises(DataInvalid, match=r"data\.npz: no 7 can be held out"):
        labels = [*LABELS[:140], 7, *LABELS[160:]]
        split_digits(np.zeros((len(labels), 28, 28), np.uint8), labels, alone(labels), "data.npz")


def test_digits_that_are_missing_are_named():
    with pytest.raises(DataInvalid, match=r"data\.npz: no image of 8, 9"):
        split_digits(np.zeros((160, 28, 28), np.uint8), LABELS[:160], alone(LABELS[:160]), "data.npz")


def test_images_that_share_content_or_writer_are_joined_over_any_number_of_steps():
    contents = ["p", "q", "q", "r", "s"]
    writers = ["a", "a", "b", "b", None]
    first, *others, last = joined_groups(contents, writers)
    assert others == [first] * 3
    assert last != first


def test_a_writer_called_like_a_content_is_not_taken_for_it():
    assert len(set(joined_groups(["x", "y"], ["y", "z"]))) == 2


def test_content_is_known_by_every_byte():
    assert content_key(b"ab") == content_key(b"ab") != content_key(b"ac")
