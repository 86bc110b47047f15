"""What a path is taken for, and `.npz` files without a test part."""

import numpy as np
import pytest

from model.dataset import load_npz
from model.errors import DataInvalid
from model.sources import load_source
from tests.digit_files import digits, image_set, write_classes, write_idx, write_picture


def test_images_and_labels_are_split_with_nothing_lost(tmp_path):
    images, labels = digits()
    np.savez(tmp_path / "d.npz", images=images, labels=labels)
    found = load_source(tmp_path / "d.npz")
    assert image_set(np.concatenate([found.train_images, found.test_images])) == image_set(images)
    assert np.bincount(found.test_labels).tolist() == [1] * 10
    assert found.origin == "d.npz, 20% of each digit held out by seed 0"


@pytest.mark.parametrize("writers", [np.arange(50) % 5, np.array(list("abcde"))[np.arange(50) % 5]])
def test_writers_stay_on_one_side(tmp_path, writers):
    images, labels = digits()
    np.savez(tmp_path / "d.npz", images=images, labels=labels, writers=writers)
    found = load_source(tmp_path / "d.npz")
    assert image_set(found.test_images) in [image_set(images[k::5]) for k in range(5)]


@pytest.mark.parametrize("writers", [np.arange(49), np.zeros(50), np.zeros((50, 1), int)])
def test_writers_that_are_none_are_refused(tmp_path, writers):
    images, labels = digits()
    np.savez(tmp_path / "d.npz", images=images, labels=labels, writers=writers)
    with pytest.raises(DataInvalid, match=r"d\.npz: writers are"):
        load_source(tmp_path / "d.npz")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"images": np.zeros((50, 28, 28))}, "28, 28"),
        ({"labels": np.arange(50)}, "Received: 10, label 11 of 50"),
        ({"labels": -np.ones(50, int)}, "Received: -1, label 1 of 50"),
        ({"labels": np.array(["3"] * 50)}, "whole numbers"),
    ],
)
def test_arrays_that_are_no_digits_are_refused(tmp_path, wrong, said):
    images, labels = digits()
    np.savez(tmp_path / "d.npz", **{"images": images, "labels": labels, **wrong})
    with pytest.raises(DataInvalid, match=rf"d\.npz: .*{said}"):
        load_source(tmp_path / "d.npz")


def test_labels_of_any_whole_type_come_back_as_bytes(tmp_path):
    images, labels = digits()
    numbers = labels.astype(np.int64)
    np.savez(tmp_path / "d.npz", x_train=images, y_train=numbers, x_test=images, y_test=numbers)
    found = load_npz(tmp_path / "d.npz")
    assert found.train_labels.dtype == found.test_labels.dtype == np.uint8
    assert (found.train_labels == labels).all()


def test_a_folder_with_nothing_of_use_is_refused(tmp_path):
    (tmp_path / "pictures").mkdir()
    with pytest.raises(DataInvalid, match="neither folders 0 to 9 nor IDX files"):
        load_source(tmp_path)


def test_a_folder_that_could_be_two_kinds_is_refused(tmp_path):
    write_classes(tmp_path, 1)
    write_idx(tmp_path)
    with pytest.raises(DataInvalid, match="both IDX files and folders"):
        load_source(tmp_path)


def test_a_single_picture_is_refused_with_what_to_give_instead(tmp_path):
    with pytest.raises(DataInvalid, match=r"3\.png is a single picture; give a folder"):
        load_source(write_picture(tmp_path / "3.png", digits(1)[0][3]))


@pytest.mark.parametrize("name", ["none", "none.npz", "none.png", "none-images-idx3-ubyte"])
def test_what_is_not_there_is_named(tmp_path, name):
    with pytest.raises(DataInvalid, match=name):
        load_source(tmp_path / name)


def test_a_folder_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(type(tmp_path), "iterdir", refuse)
    with pytest.raises(DataInvalid, match=f"{tmp_path.name} cannot be read: Permission denied"):
        load_source(tmp_path)
