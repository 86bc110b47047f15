"""No image is trained on that a source or the shipped sample judges by."""

from dataclasses import replace

import numpy as np
import pytest

from model.dataset_apart import apart
from model.dataset_digits import Digits
from model.dataset_mix import Ingredient
from model.errors import DataInvalid
from tests.digit_files import digits, image_set

NOTHING = np.zeros((0, 28, 28), np.uint8)


def of(start=0, name="a", **changed):
    """Three training images and two test images of each digit, others for each start."""
    given = Digits(*digits(3, start), *digits(2, start + 3), f"from {start}")
    return Ingredient(name, replace(given, **changed), 1)


def many(start, count=1000):
    """So many test images, no two of them alike."""
    images = np.random.default_rng(start).integers(0, 256, (count, 28, 28)).astype(np.uint8)
    return {"test_images": images, "test_labels": (np.arange(count) % 10).astype(np.uint8)}


def test_sources_that_share_nothing_stay_as_they_are():
    said = []
    given = [of(0), of(10, "b")]

    assert apart(given, digits(5, 40)[0], said.append) == given
    assert said == []


def test_what_one_is_judged_by_may_not_be_trained_on_in_another():
    with pytest.raises(DataInvalid, match="a is judged by 20 images that b trains on: give"):
        apart([of(0), of(3, "b")], NOTHING, [].append)


def test_a_source_may_not_be_judged_by_what_it_trains_on():
    images, labels = digits(3)

    with pytest.raises(DataInvalid, match="a is judged by 30 images that it trains on: take them out"):
        apart([of(0, test_images=images, test_labels=labels)], NOTHING, [].append)


def test_that_holds_for_what_is_no_digit_too():
    images = digits(1, 30)[0]
    given = [of(0, test_others=images[:2]), of(10, "b", train_others=images[1:])]

    with pytest.raises(DataInvalid, match="a is judged by 1 images that b trains on"):
        apart(given, NOTHING, [].append)


def test_a_handful_is_left_out_of_what_is_trained_on_and_told():
    test = many(0)
    images, labels = digits(3)
    groups = tuple(f"{k}" for k in range(35))
    trained = {
        "train_images": np.concatenate([test["test_images"][:5], images]),
        "train_labels": np.concatenate([test["test_labels"][:5], labels]),
        "train_groups": groups,
    }
    said = []

    (found,) = apart([of(0, **test, **trained)], NOTHING, said.append)

    assert (found.digits.train_images == images).all()
    assert (found.digits.train_labels == labels).all()
    assert found.digits.train_groups == groups[5:]
    assert len(found.digits.test_labels) == 1000
    assert said == ["a: 5 training images are left out, which a test part holds, too"]


def test_one_more_than_a_handful_is_refused():
    test = many(0)
    six = {name.replace("test", "train"): array[:6] for name, array in test.items()}

    with pytest.raises(DataInvalid, match="judged by 6 images"):
        apart([of(0, **test, **six)], NOTHING, [].append)


def test_what_every_model_is_judged_by_is_left_out_and_told():
    said = []
    given = of(0, train_others=digits(1, 40)[0], train_other_groups=tuple("abcdefghij"))
    shipped = np.concatenate([digits(1, 1)[0], digits(1, 40)[0][:4]])

    (found,) = apart([given], shipped, said.append)

    assert not set(image_set(found.digits.train_images)) & set(image_set(shipped))
    assert np.bincount(found.digits.train_labels).tolist() == [2] * 10
    assert found.digits.train_other_groups == tuple("efghij")
    assert (found.digits.test_images == given.digits.test_images).all()
    assert said == ["a: 14 training images are left out, by which every model is judged"]


def test_a_digit_of_which_nothing_is_left_is_an_error():
    images, labels = digits(3)

    with pytest.raises(DataInvalid, match="a: no training image of 0, 1 is left without those"):
        apart([of(0)], images[labels < 2], [].append)
