"""Pictures of what is no digit: taken from folders and tables, parted as digits are, never taken for one."""

import shutil

import numpy as np
import pytest

from model.contract import NOT_A_DIGIT
from model.dataset_split import hold_out, split_digits
from model.errors import DataInvalid
from model.sources import load_source
from tests.digit_files import (
    SAMPLE,
    digits,
    framed,
    image_set,
    write_classes,
    write_picture,
    write_table,
)


def others(count):
    """Images that stand for what is no digit: two digits over each other."""
    return np.maximum(SAMPLE.images[100 : 100 + count], SAMPLE.images[300 : 300 + count][:, ::-1])


def test_they_lie_beside_the_digits_in_a_folder_of_their_own(tmp_path):
    write_classes(tmp_path, 3)
    for k, image in enumerate(others(10)):
        write_picture(tmp_path / "not-a-digit" / f"{k}.png", image)

    found = load_source(tmp_path)

    both = np.concatenate([found.train_others, found.test_others])
    assert image_set(both) == image_set(framed(others(10)))
    assert (len(found.train_others), len(found.test_others)) == (8, 2)
    assert len(found.train_labels) + len(found.test_labels) == 30
    assert len(found.train_groups) == len(found.train_labels)
    assert len(found.train_other_groups) == len(found.train_others)


def test_both_parts_of_a_folder_may_have_them(tmp_path):
    for part, start in (("train", 0), ("test", 5)):
        write_classes(tmp_path / part, 2, start=start)
        write_picture(tmp_path / part / "not-a-digit" / "a.png", others(8)[start])

    found = load_source(tmp_path)

    assert image_set(found.train_others) == image_set(framed(others(1)))
    assert image_set(found.test_others) == image_set(framed(others(8)[5:6]))


def test_a_table_names_them(tmp_path):
    rows = [[path.relative_to(tmp_path), path.parent.name] for path in write_classes(tmp_path / "p", 3)]
    write_picture(tmp_path / "a.png", others(1)[0])

    found = load_source(write_table(tmp_path / "t.csv", [*rows, ["a.png", "not-a-digit"]]))

    # A single one cannot be on both sides, and is trained on.
    assert image_set(found.train_others) == image_set(framed(others(1)))
    assert len(found.test_others) == 0


def test_a_writer_is_on_one_side_with_digits_and_others(tmp_path):
    for k, writer in enumerate("abc"):
        write_classes(tmp_path, 2, start=3 * k, writer=writer)
        write_picture(tmp_path / "not-a-digit" / writer / "a.png", others(3)[k])

    found = load_source(tmp_path)

    assert len(found.test_others) == 1
    assert len(set(found.train_groups)) == 2
    assert set(found.train_other_groups) == set(found.train_groups)


def test_the_same_picture_cannot_be_a_digit_and_none(tmp_path):
    path = write_classes(tmp_path, 3)[0]
    (tmp_path / "not-a-digit").mkdir()
    shutil.copy(path, tmp_path / "not-a-digit" / "wrong.png")

    with pytest.raises(DataInvalid, match="labelled not-a-digit and 0"):
        load_source(tmp_path)


def test_digits_have_to_be_on_both_sides_and_what_is_none_does_not():
    labels = [*(d for d in range(10) for _ in range(5)), NOT_A_DIGIT, NOT_A_DIGIT]
    groups = [*(str(k) for k in range(50)), "all others", "all others"]

    held = hold_out(labels, groups)

    assert held[:50].sum() == 10
    assert not held[50:].any()


def test_without_any_the_arrays_are_empty_images():
    images, labels = digits(3)
    found = split_digits(images, labels.tolist(), [str(k) for k in range(30)], "drawn")

    assert found.train_others.shape == found.test_others.shape == (0, 28, 28)
    assert found.train_others.dtype == np.uint8
