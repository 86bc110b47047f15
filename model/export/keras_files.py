"""Exports for Keras (``.keras``, and the older ``.h5``), and how they are loaded back."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.export.trained import Trained, called

__all__ = ["read_keras", "write_keras"]

Floats = NDArray[np.float32]


def write_keras(trained: Trained, path: Path) -> None:
    """Write the network as it was trained, so that training can go on from it.

    Only its last layer is another: the temperature is in it, as in all exports.

    Parameters
    ----------
    trained : Trained
        Not modified.
    path : Path
        Ends in ``.keras``, or in ``.h5`` for the older format.
    """
    import keras

    network = keras.models.clone_model(trained.network)
    *others, kernel, bias = trained.network.get_weights()
    network.set_weights([*others, kernel / trained.temperature, bias / trained.temperature])
    with _without_advice():
        network.save(path)


def read_keras(path: Path, batch: Floats) -> Floats:
    """Load such a file, code in it refused, and classify ``(N, 28, 28)`` glyphs."""
    import keras

    network = keras.saving.load_model(path, safe_mode=True, compile=False)
    return called(network, batch)


@contextmanager
def _without_advice() -> Iterator[None]:
    """Keep Keras from advising against a format that was asked for by name."""
    logger = logging.getLogger("absl")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)
