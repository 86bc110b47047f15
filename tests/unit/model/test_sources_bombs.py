"""Files that say, or unpack to, far more than digits are: told before the memory is taken."""

import gzip
import tracemalloc
import zipfile
from contextlib import contextmanager

import numpy as np
import pytest

from model import sources
from model.dataset import load_npz
from model.errors import DataInvalid
from model.sources import load_source
from tests.digit_files import TRAIN_NAMES, digits, idx, write_idx

IMAGES, LABELS = digits()


@contextmanager
def in_memory(most_bytes):
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most_bytes
    finally:
        tracemalloc.stop()


def test_packed_images_are_unpacked_as_far_as_they_say(tmp_path):
    path = write_idx(tmp_path, packed=True)
    path.write_bytes(gzip.compress(idx(IMAGES) + bytes(50_000_000)))
    with in_memory(10_000_000), pytest.raises(DataInvalid, match=r"says \(50, 28, 28\), but holds more"):
        load_source(tmp_path)


@pytest.mark.parametrize("packed", [False, True])
def test_images_that_say_to_be_more_than_there_are_anywhere_are_refused(tmp_path, packed):
    path = write_idx(tmp_path, packed=packed)
    head = bytes([0, 0, 8, 3]) + b"\xff" * 12
    path.write_bytes(gzip.compress(head) if packed else head)
    with pytest.raises(DataInvalid, match=rf"{TRAIN_NAMES[0]}.* bytes; 2,147,483,648 are taken"):
        load_source(tmp_path)


@pytest.mark.parametrize("names", [("images", "labels"), ("x_train", "y_train", "x_test", "y_test")])
def test_arrays_that_unpack_to_too_much_are_not_unpacked(tmp_path, monkeypatch, names):
    monkeypatch.setattr("model.npz.MOST_BYTES", 1_000_000)
    arrays = {name: np.zeros((60_000, 28, 28), np.uint8) for name in names}
    np.savez_compressed(tmp_path / "d.npz", **arrays)
    with (
        in_memory(10_000_000),
        pytest.raises(DataInvalid, match=r"unpacks to .*; 1,000,000 are taken"),
    ):
        load_npz(tmp_path / "d.npz")


def test_what_lies_beside_the_arrays_is_not_counted(tmp_path, monkeypatch):
    monkeypatch.setattr("model.npz.MOST_BYTES", 1_000_000)
    np.savez_compressed(tmp_path / "d.npz", images=IMAGES, labels=LABELS, others=np.zeros((2000, 28, 28)))
    assert len(load_npz(tmp_path / "d.npz").train_labels) == 40


@pytest.mark.parametrize("member", ["images", "labels"])
def test_a_member_that_is_no_array_is_named(tmp_path, member):
    path = tmp_path / "d.npz"
    np.savez(path, **{name: a for name, a in (("images", IMAGES), ("labels", LABELS)) if name != member})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(member, b"no array at all")
    with pytest.raises(DataInvalid, match=rf"d\.npz is not an \.npz of digits: {member} is no array"):
        load_source(path)


def test_memory_that_does_not_suffice_is_told_by_the_name_of_the_source(tmp_path, monkeypatch):
    def load(path):
        raise MemoryError

    np.savez(tmp_path / "d.npz", images=IMAGES, labels=LABELS)
    monkeypatch.setattr(sources, "load_npz", load)
    with pytest.raises(DataInvalid, match=r"d\.npz cannot be read: the memory does not suffice"):
        load_source(tmp_path / "d.npz")
