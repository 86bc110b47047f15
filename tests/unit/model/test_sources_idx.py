"""IDX files: alone, in folders, packed, and every way in which they do not fit together."""

import gzip

import numpy as np
import pytest

from model.errors import DataInvalid
from model.sources import load_source
from tests.digit_files import TEST_NAMES, TRAIN_NAMES, digits, idx, image_set, write_idx


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
def test_a_folder_of_the_four_files_is_taken_as_it_is_split(tmp_path, packed):
    train, test = digits(5), digits(2, 5)
    write_idx(tmp_path, TRAIN_NAMES, train, packed=packed)
    write_idx(tmp_path, TEST_NAMES, test, packed=packed)

    found = load_source(tmp_path)

    assert (found.train_images == train[0]).all()
    assert (found.train_labels == train[1]).all()
    assert (found.test_images == test[0]).all()
    assert (found.test_labels == test[1]).all()
    assert found.origin == tmp_path.name


@pytest.mark.parametrize(
    "names",
    [
        ("emnist-digits-train-images-idx3-ubyte", "emnist-digits-train-labels-idx1-ubyte"),
        ("train-images.idx3-ubyte", "train-labels.idx1-ubyte"),
        ("images-idx3-ubyte", "labels-idx1-ubyte"),
    ],
)
def test_other_spellings_of_the_names_are_known(tmp_path, names):
    path = write_idx(tmp_path, names)
    for source in (path, tmp_path):
        found = load_source(source)
        assert (len(found.train_labels), len(found.test_labels)) == (40, 10)
        assert "20% of each digit held out by seed 0" in found.origin


def test_images_that_are_packed_find_labels_that_are_not(tmp_path):
    images, labels = digits()
    (tmp_path / f"{TRAIN_NAMES[0]}.gz").write_bytes(gzip.compress(idx(images)))
    (tmp_path / TRAIN_NAMES[1]).write_bytes(idx(labels))

    found = load_source(tmp_path / f"{TRAIN_NAMES[0]}.gz")

    assert image_set(np.concatenate([found.train_images, found.test_images])) == image_set(images)


def test_a_file_that_lies_there_plain_and_packed_is_read_once(tmp_path):
    for packed in (False, True):
        write_idx(tmp_path, packed=packed)
    assert len(load_source(tmp_path).train_labels) == 40


def test_of_three_files_the_one_without_its_partner_is_passed_over_and_named(tmp_path):
    write_idx(tmp_path)
    write_idx(tmp_path, TEST_NAMES)
    (tmp_path / TEST_NAMES[1]).unlink()
    said = []

    found = load_source(tmp_path, said.append)

    assert len(found.train_labels) + len(found.test_labels) == 50
    assert "held out" in found.origin
    assert any(TEST_NAMES[0] in line and "passed over" in line for line in said)


@pytest.mark.parametrize("missing", TRAIN_NAMES)
def test_a_file_whose_partner_is_missing_is_named(tmp_path, missing):
    write_idx(tmp_path)
    (tmp_path / missing).unlink()
    left = next(name for name in TRAIN_NAMES if name != missing)
    with pytest.raises(DataInvalid, match=left):
        load_source(tmp_path)
    with pytest.raises(DataInvalid, match=left):
        load_source(tmp_path / left)


def test_two_sets_in_a_folder_are_not_chosen_from(tmp_path):
    write_idx(tmp_path)
    write_idx(tmp_path, ("other-train-images-idx3-ubyte", "other-train-labels-idx1-ubyte"))
    with pytest.raises(DataInvalid, match="could both be meant"):
        load_source(tmp_path)


@pytest.mark.parametrize(
    ("which", "array", "said"),
    [
        (0, np.zeros((50, 20, 20), np.uint8), r"train-images.*\(N, 28, 28\)"),
        (1, np.zeros(49, np.uint8), "train-labels.*50 images, 49 labels"),
        (1, np.r_[np.zeros(49), 12].astype(np.uint8), "train-labels.*Received: 12, label 50 of 50"),
        (1, np.zeros((50, 10), np.uint8), "train-labels.*whole numbers"),
        (1, np.zeros(50, np.uint8), "no image of 1, 2, 3"),
    ],
    ids=["size", "number", "label", "one-hot", "missing digits"],
)
def test_what_a_file_may_not_hold_is_refused_by_its_name(tmp_path, which, array, said):
    path = write_idx(tmp_path)
    (tmp_path / TRAIN_NAMES[which]).write_bytes(idx(array))
    with pytest.raises(DataInvalid, match=said):
        load_source(path)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>",
        b"\x1f\x8b damaged",
        gzip.compress(b"cut short")[:-6],
        b"\x00\x00\x08\xff",
        b"\x00\x00\x08\x03\x00",
    ],
    ids=["empty", "a web page", "no gzip", "cut short", "too many axes", "half a header"],
)
def test_a_file_that_is_none_is_refused_by_its_name(tmp_path, data):
    path = write_idx(tmp_path)
    path.write_bytes(data)
    with pytest.raises(DataInvalid, match="train-images-idx3-ubyte"):
        load_source(path)
