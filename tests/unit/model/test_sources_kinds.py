"""What a path is taken for, and `.npz` files without a test part."""

import os
from pathlib import Path

import numpy as np
import pytest

from model.dataset import load_npz
from model.dataset_digits import Digits
from model.errors import DataInvalid
from model.sources import load_side, load_source
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


@pytest.mark.parametrize(
    "name",
    [
        "none",
        "none.npz",
        "none.png",
        "none.csv",
        "none-images-idx3-ubyte",
        "none/d.npz",
        "file/d.npz",
        "gone.npz",
    ],
)
def test_what_is_not_there_is_named(tmp_path, name):
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "gone.npz").symlink_to(tmp_path / "nowhere")
    for load in (load_source, load_side):
        with pytest.raises(DataInvalid, match=f"^no such file or folder: {tmp_path / name}$"):
            load(tmp_path / name)


@pytest.mark.parametrize("name", ["d", "d.npz", "d.csv", "3.png", "d-images-idx3-ubyte"])
def test_a_pipe_is_refused_and_never_waited_on(tmp_path, name):
    os.mkfifo(tmp_path / name)
    for load in (load_source, load_side):
        with pytest.raises(DataInvalid, match=f"{name} is neither a file nor a folder"):
            load(tmp_path / name)


def test_a_device_is_refused():
    with pytest.raises(DataInvalid, match="/dev/zero is neither a file nor a folder"):
        load_source(Path("/dev/zero"))


def test_a_pipe_among_pictures_is_refused_and_never_waited_on(tmp_path):
    write_classes(tmp_path, 2)
    os.mkfifo(tmp_path / "3" / "pipe.png")

    with pytest.raises(DataInvalid, match=r"pipe\.png cannot be read: not a regular file"):
        load_source(tmp_path)


def test_a_name_that_no_file_can_have_is_told(tmp_path):
    with pytest.raises(DataInvalid, match="cannot be read: File name too long"):
        load_source(tmp_path / ("x" * 300))


def test_a_folder_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(type(tmp_path), "iterdir", refuse)
    with pytest.raises(DataInvalid, match=f"{tmp_path.name} cannot be read: Permission denied"):
        load_source(tmp_path)


def test_one_side_of_any_source_can_be_written_with(tmp_path):
    write_classes(tmp_path / "ours", 5)
    write_picture(tmp_path / "ours" / "not-a-digit" / "a.png", digits(1, 20)[0][8])
    found = load_source(tmp_path / "ours")

    test, train = load_side(tmp_path / "ours"), load_side(tmp_path / "ours", "train")

    assert image_set(test.images) == image_set(found.test_images)
    assert image_set(train.images) == image_set(found.train_images)
    assert len(test.others) + len(train.others) == 1


def test_an_archive_may_hold_one_side_alone(tmp_path):
    images, labels = digits(2)
    np.savez(tmp_path / "t.npz", x_test=images, y_test=labels)

    assert image_set(load_side(tmp_path / "t.npz").images) == image_set(images)
    with pytest.raises(DataInvalid, match=r"t\.npz holds x_test, y_test"):
        load_side(tmp_path / "t.npz", "train")


def test_of_images_without_a_test_part_only_what_is_held_out_judges(tmp_path):
    images, labels = digits(5)
    np.savez(tmp_path / "d.npz", images=images, labels=labels)

    assert len(load_side(tmp_path / "d.npz").labels) == 10


def test_a_folder_of_fonts_is_a_source(tmp_path, monkeypatch):
    (tmp_path / "hand.ttf").write_bytes(b"")
    told = []
    monkeypatch.setattr("model.sources.load_fonts", lambda folder, say: told.append(folder) or drawn())

    assert len(load_source(tmp_path).train_labels) == 30
    assert told == [tmp_path]


def drawn():
    """Digits that stand for what fonts give."""
    return Digits(*digits(3), *digits(1, 10), "fonts")
