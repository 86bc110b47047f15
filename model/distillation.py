"""One network taught by another: by what it says of each image instead of the label alone."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from model.contract import to_batch

if TYPE_CHECKING:
    import keras

__all__ = ["SOFTENED", "distilled", "label_loss", "right", "softened", "teaching"]

Floats = NDArray[np.float32]

#: Temperature at which both networks are compared: what the teacher thinks of the other nine digits
#: is in probabilities that would else be too small to matter.
SOFTENED = 2.0
#: Images that the teacher is asked about in one call.
ASKED = 500
#: Smaller probabilities are as good as none.
LEAST = 1e-7


def teaching(teacher: "keras.Model") -> Callable[[NDArray[np.uint8]], Floats]:
    """Return a function that asks a trained network.

    Parameters
    ----------
    teacher : keras.Model
        From ``(N, 28, 28, 1) float32`` to probabilities.

    Returns
    -------
    callable
        ``(N, 28, 28) uint8`` to ``(N, classes) float32``, may be called from another thread.
    """
    import tensorflow as tf

    shape = [None, *teacher.input_shape[1:]]
    asked = tf.function(
        lambda images: teacher(images, training=False), input_signature=[tf.TensorSpec(shape, tf.float32)]
    )

    def ask(images: NDArray[np.uint8]) -> Floats:
        parts = range(0, len(images), ASKED)
        said = [asked(to_batch(images[start : start + ASKED])[..., None]).numpy() for start in parts]
        return np.concatenate(said)

    return ask


def softened(probabilities: Floats) -> Floats:
    """Return probabilities as they are at a higher temperature.

    Parameters
    ----------
    probabilities : (N, C) float32 ndarray
        Rows sum to 1.

    Returns
    -------
    (N, C) float32 ndarray
        Rows sum to 1.
    """
    roots = np.maximum(probabilities, LEAST) ** (1 / SOFTENED)
    return np.asarray(roots / roots.sum(axis=1, keepdims=True), np.float32)


def distilled(wanted: Any, said: Any) -> Any:
    """Return the loss of a pupil: its cross-entropy at the higher temperature.

    Parameters
    ----------
    wanted : (N, 2 C) tensor
        Softened probabilities of the teacher, mixed with labels; and the labels themselves, one-hot.
    said : (N, C) tensor
        Probabilities of the pupil, not softened.

    Returns
    -------
    (N,) tensor
        Times the temperature squared, so that gradients are as large as without.
    """
    from keras import ops

    softer = ops.log_softmax(ops.log(ops.maximum(said, LEAST)) / SOFTENED, axis=-1)
    return -(SOFTENED**2) * ops.sum(wanted[:, : said.shape[-1]] * softer, axis=-1)


def label_loss(wanted: Any, said: Any) -> Any:
    """Return the cross-entropy of what a pupil says with the labels alone; as for :func:`distilled`, (N,)."""
    from keras import ops

    labels = wanted[:, said.shape[-1] :]
    return -ops.sum(labels * ops.log(ops.maximum(said, LEAST)), axis=-1)


def right(wanted: Any, said: Any) -> Any:
    """Return 1 where the label is what a pupil takes an image for, else 0; as for :func:`distilled`, (N,)."""
    from keras import ops

    labels = wanted[:, said.shape[-1] :]
    same = ops.equal(ops.argmax(labels, axis=-1), ops.argmax(said, axis=-1))
    return ops.cast(same, "float32")
