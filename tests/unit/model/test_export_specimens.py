"""Digits to compare on are enough, labelled, and the same each time."""

import numpy as np
import pytest

from model.export.specimens import LEAST_DIGITS, specimens_of
from model.synth.digits import DigitSource


def test_a_small_source_gives_all_of_itself_and_copies():
    source = DigitSource.builtin()
    specimens = specimens_of(source)

    assert specimens.batch.shape == (LEAST_DIGITS, 28, 28)
    assert (specimens.labels[: len(source.labels)] == source.labels).all()
    assert np.rint(specimens.batch[: len(source.labels)] * 255).astype(int) == pytest.approx(source.images)


def test_copies_are_of_the_digit_that_they_are_labelled_as():
    shades = np.arange(10, dtype=np.uint8) * 20 + 40
    source = DigitSource(
        np.broadcast_to(shades[:, None, None], (10, 28, 28)).copy(), np.arange(10, dtype=np.uint8)
    )
    specimens = specimens_of(source)

    middle = np.rint(specimens.batch[:, 10:18, 10:18].max(axis=(1, 2)) * 255)
    assert (middle == specimens.labels * 20 + 40).all()


def test_a_large_source_is_taken_from_evenly():
    labels = np.sort(np.arange(4000) % 10).astype(np.uint8)
    source = DigitSource(np.zeros((4000, 28, 28), np.uint8), labels)

    assert (np.bincount(specimens_of(source).labels) == LEAST_DIGITS // 10).all()
    assert len(specimens_of(source, most=10_000).labels) == 4000


def test_it_is_said_which_digits_these_are():
    sample, labels = DigitSource.builtin(), (np.arange(4000) % 10).astype(np.uint8)
    many = DigitSource(np.zeros((4000, 28, 28), np.uint8), labels)

    assert specimens_of(sample).data == (
        "all 500 test digits of the sample that is built in and 500 turned copies of them"
    )
    assert specimens_of(many, origin="d.npz").data == "1,000 of 4,000 test digits of d.npz"
    assert specimens_of(many, most=10_000, origin="d.npz").data == "4,000 test digits of d.npz"


def test_the_same_source_gives_the_same_digits():
    first, second = (specimens_of(DigitSource.builtin()) for _ in range(2))

    assert (first.batch == second.batch).all()
    assert (first.representative == second.representative).all()
    assert first.representative.sum(axis=(1, 2)).max() > first.batch.sum(axis=(1, 2)).max()
