"""Going on from a model: its weights, and the optimizer's state where that was kept."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from model.architecture import READER_WIDTHS, ReaderWidths, build_reader
from model.bundle import WEIGHTS, open_bundle
from model.errors import BundleInvalid, DataInvalid
from model.npz import npz_arrays
from model.widening import widened

if TYPE_CHECKING:
    import keras

__all__ = [
    "load_optimizer",
    "load_weights",
    "load_widths",
    "save_optimizer",
    "save_weights",
    "shortened",
]

Floats = NDArray[np.float32]

#: Bits that are kept of each weight after the leading one: more than training in sixteen bits has.
KEPT_BITS = 11
#: The count of steps, which is left out: a schedule that went on from there would be at its end.
_STEPS = "iteration"
#: What a file of weights takes beside them, at most.
_HEADERS_BYTES = 2**18
_PIECE_BYTES = 2**16


def load_widths(folder: Path) -> ReaderWidths:
    """Return how wide the network of a model folder is.

    Raises
    ------
    BundleInvalid
        It is no model folder, or its manifest names impossible widths.
    """
    return ReaderWidths.from_manifest(open_bundle(folder).manifest)


def load_weights(
    network: "keras.Model",
    folder: Path,
    widths: ReaderWidths = READER_WIDTHS,
    rng: np.random.Generator | None = None,
) -> None:
    """Start a network from the weights of a model folder; a wider one says the same as that model.

    Parameters
    ----------
    network : keras.Model
        Is given the weights.
    folder : Path
        Holds them.
    widths : ReaderWidths
        Of the network.
    rng : Generator, optional
        Chooses how the weights of a narrower model are dealt out; needed for a wider network only.

    Raises
    ------
    BundleInvalid
        The folder has no weights, or those of a network of another shape.
    """
    path = folder / WEIGHTS
    # The bare network has no dropout, of which the file knows nothing.
    narrow = widths if rng is None else load_widths(folder)
    bare = build_reader(narrow)
    try:
        bare.load_weights(path)
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise BundleInvalid(f"{path} does not fit the network that is trained: {reason}") from error
    weights = bare.get_weights()
    if rng is not None and narrow != widths:
        weights = widened(weights, narrow, widths, rng)
    network.set_weights(weights)


def shortened(weights: Sequence[Floats]) -> list[Floats]:
    """Return weights rounded to as many bits as a model needs: packed they take two thirds of the room.

    Parameters
    ----------
    weights : sequence of float32 ndarray
        Finite. Not modified.

    Returns
    -------
    list of float32 ndarray
        Each off by 1 in 4,096 of itself at most.
    """
    dropped = np.uint32(23 - KEPT_BITS)
    half, mask = np.uint32(1) << (dropped - np.uint32(1)), ~((np.uint32(1) << dropped) - np.uint32(1))
    return [
        ((np.ascontiguousarray(values, np.float32).view(np.uint32) + half) & mask).view(np.float32)
        for values in weights
    ]


def save_weights(network: "keras.Model", path: Path) -> None:
    """Write a network's weights as Keras does, packed.

    HDF5 ends the process where a disk is full. So room is made sure of before it writes, and what it packs
    is packed in memory.

    Raises
    ------
    OSError
        There is no room, or it cannot be written.
    """
    import h5py  # with Keras

    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        plain = Path(scratch) / path.name
        _make_sure_of_room(plain, 2 * sum(values.nbytes for values in network.get_weights()) + _HEADERS_BYTES)
        network.save_weights(plain)
        with (
            h5py.File(plain, "r") as source,
            h5py.File(path.name, "w", driver="core", backing_store=False) as target,
        ):
            target.attrs.update(source.attrs)

            def copy(name: str, found: "h5py.Group | h5py.Dataset") -> None:
                # Single values cannot be packed.
                packed = {"compression": "gzip", "compression_opts": 9, "shuffle": True}
                if isinstance(found, h5py.Dataset):
                    made = target.create_dataset(name, data=found[()], **(packed if found.shape else {}))
                else:
                    made = target.require_group(name)
                made.attrs.update(found.attrs)

            source.visititems(copy)
            target.flush()
            image = target.id.get_file_image()
    path.write_bytes(image)


def _make_sure_of_room(place: Path, count: int) -> None:
    """Raise OSError unless so many bytes can be written to a file that is not there yet."""
    with place.open("wb") as stream:
        for _ in range(-(-count // _PIECE_BYTES)):
            stream.write(bytes(_PIECE_BYTES))
        stream.flush()
        os.fsync(stream.fileno())
    place.unlink()


def save_optimizer(optimizer: "keras.Optimizer", path: Path) -> None:
    """Write an optimizer's state, apart from the count of steps and the learning rate."""
    moments = _moments(optimizer)
    arrays: dict[str, Any] = dict(zip(_names(moments), map(np.asarray, moments), strict=True))
    np.savez(path, **arrays)


def load_optimizer(optimizer: "keras.Optimizer", network: "keras.Model", path: Path) -> None:
    """Give an optimizer the state that another one left behind.

    Raises
    ------
    BundleInvalid
        The file is missing, damaged, or of another network or optimizer.
    """
    optimizer.build(network.trainable_variables)
    moments = _moments(optimizer)
    try:
        values = npz_arrays(path, tuple(_names(moments)))
    except DataInvalid as error:
        raise BundleInvalid(f"{path} is not the optimizer's state of this network: {error}") from error
    if [value.shape for value in values] != [tuple(variable.shape) for variable in moments]:
        raise BundleInvalid(f"{path} is not the optimizer's state of this network")
    for variable, value in zip(moments, values, strict=True):
        variable.assign(value)


def _names(moments: "list[keras.Variable]") -> list[str]:
    return [f"{k:03d}" for k in range(len(moments))]


def _moments(optimizer: "keras.Optimizer") -> "list[keras.Variable]":
    """Return what an optimizer knows of the weights: averages of gradients and of their squares."""
    return [v for v in optimizer.variables if v.name not in (_STEPS, "learning_rate")]
