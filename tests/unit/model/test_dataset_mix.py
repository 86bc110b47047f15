"""Several sources: each has its share of the work, and lends what another lacks."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.dataset_digits import Digits
from model.dataset_mix import LENT, Ingredient, concatenated, dealt, filled_up
from model.dataset_split import kept_back
from model.errors import DataInvalid
from tests.digit_files import digits


def of(start=0, **changed):
    """Three training images and two test images of each digit, others for each start."""
    train, test = digits(3, start), digits(2, start + 3)
    return Digits(*train, *test, f"from {start}", **changed)


@pytest.mark.parametrize(
    ("count", "weights", "shares"),
    [
        (40, [1], [40]),
        (40, [1, 1], [20, 20]),
        (40, [1, 0.25], [32, 8]),
        (40, [2, 1, 1], [20, 10, 10]),
        (40, [1, 1e-9], [39, 1]),
        (4, [100, 1], [3, 1]),
        (1, [1, 1], [1, 1]),
    ],
)
def test_work_is_dealt_out_by_weight_and_nobody_goes_without(count, weights, shares):
    assert dealt(count, weights) == shares


@given(st.integers(1, 60), st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=12))
def test_all_work_is_dealt_out_and_more_weight_is_never_less_work(count, weights):
    shares = dealt(count, weights)

    assert sum(shares) == max(count, len(weights))
    assert min(shares) >= 1
    ordered = [share for _, share in sorted(zip(weights, shares, strict=True))]
    assert all(low <= high + 1 for low, high in pairwise(ordered))


def test_sources_are_put_together_with_nothing_lost():
    both = concatenated([Ingredient("a", of(0), 1), Ingredient("b", of(10), 9)])

    assert both.origin == "from 0 + from 10"
    assert (both.train_images[:30] == of(0).train_images).all()
    assert (both.test_images[20:] == of(10).test_images).all()
    assert np.bincount(both.train_labels).tolist() == [6] * 10


def test_missing_digits_are_lent_and_the_others_are_not():
    images, labels = digits(2)
    some = labels < 8
    lender_images, lender_labels = digits(30, 10)

    full, named = filled_up(images[some], labels[some], lender_images, lender_labels)

    assert np.bincount(named).tolist() == [2] * 8 + [LENT] * 2
    assert (full[:16] == images[some]).all()
    lent = {image.tobytes() for image in full[named == 9]}
    assert len(lent) == LENT
    assert lent < {image.tobytes() for image in lender_images[lender_labels == 9]}


def test_a_lender_of_few_images_lends_them_all():
    images, labels = digits(3)
    few, named = filled_up(images[:0], labels[:0], images, labels)

    assert (few == images).all()
    assert (named == labels).all()


class TestKeptBack:
    def test_without_groups_it_is_the_last_of_each_digit(self):
        kept, others = kept_back(of(0, train_others=digits(3)[0]))

        assert np.flatnonzero(kept).tolist() == list(range(2, 30, 3))
        assert others.tolist() == [False] * 28 + [True] * 2

    def test_whole_writers_are_kept_back_with_what_they_wrote_that_is_no_digit(self):
        images, labels = digits(6)
        writers = tuple("abc" * 20)
        given = Digits(
            images,
            labels,
            *digits(1, 40),
            "ours",
            writers,
            train_others=images[:6],
            train_other_groups=writers[:6],
        )

        kept, others = kept_back(given)

        who = {writer for writer, held in zip(writers, kept, strict=True) if held}
        assert len(who) == 1
        assert kept.sum() == 20
        assert [writer in who for writer in writers[:6]] == others.tolist()

    def test_a_single_writer_cannot_be_kept_back(self):
        images, labels = digits(3)
        with pytest.raises(DataInvalid, match="ours, of what is trained on: no 0 can be held out"):
            kept_back(Digits(images, labels, *digits(1, 40), "ours", ("anna",) * 30))

    def test_one_image_of_a_digit_is_not_enough(self):
        images, labels = digits(1)
        with pytest.raises(DataInvalid, match="1 images of 0; two or more"):
            kept_back(Digits(images, labels, *digits(1, 40), "ours"))
