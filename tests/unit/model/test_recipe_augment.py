"""Changed digits: others each time, the same for the same seed, and still what their labels say."""

from itertools import pairwise

import numpy as np
import pytest

from model.classify import Classifier
from model.contract import to_batch
from model.recipe_augment import ACROSS, BLOCK, PENS, REWRITTEN, bent, changed, rewritten, with_other_pens
from model.synth.digits import DigitSource

SAMPLE = DigitSource.builtin()


def test_the_same_state_gives_the_same_digits_and_another_one_others():
    images = SAMPLE.images[:50].copy()

    once, again, other = (changed(np.random.default_rng(seed), images) for seed in (1, 1, 2))

    assert once.shape == images.shape
    assert once.dtype == np.uint8
    assert np.array_equal(once, again)
    assert (once != other).any(axis=(1, 2)).all()
    assert (once != images).any(axis=(1, 2)).all()
    assert np.array_equal(images, SAMPLE.images[:50])


def test_changed_digits_are_the_digits_that_they_were():
    answers = Classifier.load().predict(to_batch(changed(np.random.default_rng(0), SAMPLE.images)))

    assert (answers[:, :10].argmax(axis=1) == SAMPLE.labels).mean() > 0.85


def test_no_digit_gets_ink_of_its_neighbours():
    images = np.zeros((BLOCK + 3, 28, 28), np.uint8)
    number = np.arange(len(images))
    full = (number + number // ACROSS) % 2 == 0  # a chequerboard, as the digits are laid out
    images[full] = 255

    ink = changed(np.random.default_rng(3), images).max(axis=(1, 2))

    assert (ink[full] > 100).all()
    assert not ink[~full].any()


def test_nothing_at_all_stays_nothing():
    assert changed(np.random.default_rng(0), np.zeros((0, 28, 28), np.uint8)).shape == (0, 28, 28)


def test_a_wider_pen_leaves_more_ink_and_a_narrow_one_still_leaves_a_line():
    images = SAMPLE.images[:40]

    inks = [rewritten(images, np.full(40, wider, np.float32)) for wider in (-5.0, -0.4, 0.0, 0.5)]
    amounts = [ink.sum(axis=(1, 2), dtype=np.int64) for ink in inks]

    for less, more in pairwise(amounts):
        assert (less < more).all()
    assert (inks[0].max(axis=(1, 2)) > 60).all()


def test_a_pen_as_wide_as_the_first_one_writes_the_same():
    images = SAMPLE.images[:40]

    again = rewritten(images, np.zeros(40, np.float32)) > 127
    both = (again & (images > 127)).sum(axis=(1, 2))

    assert both / (again | (images > 127)).sum(axis=(1, 2)) == pytest.approx(1, abs=0.35)


def test_strength_says_how_far_digits_are_changed() -> None:
    images = SAMPLE.images[:200]
    none, little, much = (
        np.abs(changed(np.random.default_rng(4), images, strength=strength).astype(int) - images).mean()
        for strength in (0.0, 0.3, 1.0)
    )
    assert none == 0
    assert 0 < little < 0.7 * much


def test_pens_written_beforehand_are_used() -> None:
    images = SAMPLE.images[:200]
    pens = with_other_pens(np.random.default_rng(5), images)
    assert pens.shape == (PENS, *images.shape)
    white = np.full_like(pens, 255)

    seen = changed(np.random.default_rng(6), images, white, strength=1.0)

    share = np.mean(seen.reshape(len(seen), -1).mean(axis=1) > 150)
    assert abs(share - REWRITTEN) < 0.1


def test_bent_leaves_the_others_as_they_are() -> None:
    images = SAMPLE.images[:200]
    assert np.array_equal(bent(np.random.default_rng(7), images, share=0.0), images)
    same = (bent(np.random.default_rng(7), images, share=0.5) == images).all(axis=(1, 2))
    assert 0.35 < same.mean() < 0.65
