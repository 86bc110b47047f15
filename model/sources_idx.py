"""IDX files, the form in which MNIST and its kin are handed out: plain or packed with gzip."""

import gzip
import math
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from model.dataset_arrays import check_arrays
from model.dataset_digits import Digits, check_images, check_labels, checked_digits
from model.dataset_split import content_key, split_digits
from model.errors import DataInvalid
from model.npz import MOST_BYTES

__all__ = ["idx_files", "is_idx_name", "load_idx", "load_idx_folder", "read_idx"]

_IMAGES = re.compile(r"images([-.]idx)3(-ubyte(?:\.gz)?)$", re.IGNORECASE)
_LABELS = re.compile(r"labels([-.]idx)1(-ubyte(?:\.gz)?)$", re.IGNORECASE)
#: A head with three axes, the most that there are.
_HEAD_BYTES = 16
_TEST = re.compile(r"(t10k|test)[^a-z]*$", re.IGNORECASE)


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
    shape = _stated_shape(data)
    if shape is None:
        raise DataInvalid(f"{name} is not an IDX file of unsigned bytes")
    body = data[4 + 4 * len(shape) :]
    if len(body) != math.prod(shape):
        held = "more" if len(body) > math.prod(shape) else f"{len(body)} bytes"
        raise DataInvalid(f"{name} says {shape}, but holds {held}")
    return np.frombuffer(body, np.uint8).reshape(shape).copy()


def _stated_shape(data: bytes) -> tuple[int, ...] | None:
    """Return the shape in the head of an IDX file of unsigned bytes; None where it is no such file."""
    axes = data[3] if len(data) >= 4 else 0
    if data[:3] != b"\x00\x00\x08" or not 1 <= axes <= 3 or len(data) < 4 + 4 * axes:
        return None
    return tuple(int.from_bytes(data[4 + 4 * k : 8 + 4 * k], "big") for k in range(axes))


def is_idx_name(name: str) -> bool:
    """Tell whether a file is called what IDX files of images or labels are called."""
    return bool(_IMAGES.search(name) or _LABELS.search(name))


def idx_files(folder: Path) -> list[Path]:
    """Return the IDX files of a folder; where one lies there plain and packed, the plain one."""
    found = sorted(path for path in folder.iterdir() if is_idx_name(path.name) and path.is_file())
    plain = {path.name for path in found}
    return [path for path in found if path.suffix != ".gz" or path.stem not in plain]


def _labels_of(images: Path) -> Path | None:
    """Return the file of labels that lies beside a file of images, the plain one before the packed one."""
    name = _IMAGES.sub(r"labels\g<1>1\g<2>", images.name).removesuffix(".gz")
    return next((images.with_name(n) for n in (name, f"{name}.gz") if images.with_name(n).is_file()), None)


def _read(path: Path) -> NDArray[np.uint8]:
    try:
        with path.open("rb") as stream:
            packed = stream.read(2) == b"\x1f\x8b"
            stream.seek(0)
            if not packed:
                return read_idx(_bounded(stream, path), name=str(path))
            with gzip.GzipFile(fileobj=stream) as unpacked:
                return read_idx(_bounded(unpacked, path), name=str(path))
    except (OSError, EOFError, zlib.error) as error:
        raise DataInvalid(f"{path} cannot be read: {error}") from error


def _bounded(stream: BinaryIO | gzip.GzipFile, path: Path) -> bytes:
    """Return a file up to a byte more than it says it holds: what is packed may go on for ever."""
    head = stream.read(_HEAD_BYTES)
    shape = _stated_shape(head)
    if shape is None:
        return head
    size = 4 + 4 * len(shape) + math.prod(shape)
    if size > MOST_BYTES:
        raise DataInvalid(f"{path} says {shape}, which are {size:,} bytes; {MOST_BYTES:,} are taken")
    return head + stream.read(max(0, size + 1 - len(head)))


def _pair(images_path: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read images and their labels."""
    labels_path = _labels_of(images_path)
    if labels_path is None:
        raise DataInvalid(f"{images_path}: the file of its labels does not lie beside it")
    images, labels = _read(images_path), _read(labels_path)
    check_images(images, str(images_path))
    check_labels(labels, str(labels_path), len(images))
    check_arrays(images, labels, str(images_path))
    return images, labels


def _held_out(images_path: Path) -> Digits:
    images, labels = _pair(images_path)
    groups = [content_key(image.tobytes()) for image in images]
    return split_digits(images, labels.tolist(), groups, images_path.name)


def load_idx(path: Path) -> Digits:
    """Load one file of images with the file of labels beside it; a part is held out to judge by.

    Raises
    ------
    DataInvalid
        A file is missing, damaged, or holds something else.
    """
    if not _IMAGES.search(path.name):
        raise DataInvalid(f"{path} is no file of images; give the one that is called …images-idx3-ubyte")
    return _held_out(path)


def _the_one(paths: list[Path]) -> Path:
    if len(paths) > 1:
        raise DataInvalid(f"{paths[0]} and {paths[1].name} could both be meant; give one of them by its name")
    return paths[0]


def load_idx_folder(folder: Path, say: Callable[[str], None]) -> Digits:
    """Load a folder of IDX files: training and test part, or one of them, of which a part is held out.

    Parameters
    ----------
    folder : Path
        What holds the files; ``t10k`` or ``test`` in a name makes it the test part.
    say : callable
        Told which file is passed over because the one that belongs to it is missing.

    Raises
    ------
    DataInvalid
        No images with labels are there, more than one such pair for a part, or a file is wrong.
    """
    files = idx_files(folder)
    images = [path for path in files if _IMAGES.search(path.name)]
    paired = [path for path in images if _labels_of(path) in files]
    used = {*paired, *map(_labels_of, paired)}
    alone = [path for path in files if path not in used]
    if not paired:
        raise DataInvalid(f"{alone[0]}: the file that belongs to it does not lie beside it")
    for path in alone:
        say(f"passed over {path}: the file that belongs to it is missing")
    test = [path for path in paired if _TEST.search(path.name[: path.name.lower().index("images")])]
    train = [path for path in paired if path not in test]
    if not train or not test:
        return _held_out(_the_one(paired))
    return checked_digits(Digits(*_pair(_the_one(train)), *_pair(_the_one(test)), folder.resolve().name))
