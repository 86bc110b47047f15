"""What goes into the network and what comes out: the one place that says so."""

import numpy as np
from numpy.typing import NDArray

from model.errors import BatchInvalid

__all__ = ["CLASSES", "DIGITS", "GLYPH_SIDE", "NOT_A_DIGIT", "check_batch", "to_batch"]

#: Side of a glyph in px, as in MNIST.
GLYPH_SIDE = 28
#: The ten digits, by class index.
DIGITS = "0123456789"
#: Class index of everything that is not a digit.
NOT_A_DIGIT = 10
#: Outputs of the shipped network.
CLASSES = 11


def to_batch(glyphs: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Scale ``(N, 28, 28) uint8`` glyphs, ink = 255, to the float batch of the contract."""
    return check_batch(glyphs.astype(np.float32) / np.float32(255))


def check_batch(batch: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return `batch` if it is what the network takes.

    Parameters
    ----------
    batch : (N, 28, 28) float32 ndarray
        In [0, 1], ink = 1.

    Returns
    -------
    (N, 28, 28) float32 ndarray
        The same array.

    Raises
    ------
    BatchInvalid
        Wrong shape, dtype or range.
    """
    if batch.ndim != 3 or batch.shape[1:] != (GLYPH_SIDE, GLYPH_SIDE):
        raise BatchInvalid(
            f"a glyph batch has shape (N, {GLYPH_SIDE}, {GLYPH_SIDE}). Received: {batch.shape}"
        )
    if batch.dtype != np.float32:
        raise BatchInvalid(f"a glyph batch is float32. Received: {batch.dtype}")
    if batch.size and not (batch.min() >= 0.0 and batch.max() <= 1.0):
        raise BatchInvalid(f"a glyph batch lies in [0, 1]. Received: {batch.min():.3g} to {batch.max():.3g}")
    return batch
