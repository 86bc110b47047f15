"""A plain network as a TensorFlow function, and the SavedModel of it."""

from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from model.contract import GLYPH_SIDE
from model.export.plain import Convolution, Dense, Flattening, PlainNetwork, Pooling, Step

if TYPE_CHECKING:
    import tensorflow as tf

__all__ = ["EMBEDDING", "INPUT", "OUTPUT", "read_saved_model", "tensorflow_function", "write_saved_model"]

Floats = NDArray[np.float32]

#: Names of what goes in and comes out, the same in every format that has names.
INPUT = "glyphs"
OUTPUT = "probabilities"
#: Of the second thing that comes out of what reading runs: what the last layer decides by.
EMBEDDING = "embedding"


def tensorflow_function(plain: PlainNetwork, *, embedding: bool = False) -> Any:
    """Return a function of ``glyphs (N, 28, 28, 1) float32``; its weights are constants in it.

    With `embedding` it also gives what goes into the last layer.
    """
    import tensorflow as tf

    shape = tf.TensorSpec((None, GLYPH_SIDE, GLYPH_SIDE, 1), tf.float32, name=INPUT)

    def serve(glyphs: "tf.Tensor") -> dict[str, "tf.Tensor"]:
        hidden = reduce(_applied, plain.steps[:-1], glyphs)
        answer = {OUTPUT: _applied(hidden, plain.steps[-1])}
        return {EMBEDDING: hidden, **answer} if embedding else answer

    return tf.function(serve, input_signature=[shape], autograph=False)


def write_saved_model(plain: PlainNetwork, folder: Path) -> None:
    """Write a SavedModel whose serving signature takes ``glyphs`` and gives ``probabilities``."""
    import tensorflow as tf

    module = tf.Module(name="digits")
    module.serve = tensorflow_function(plain)
    tf.saved_model.save(module, str(folder), signatures={"serving_default": module.serve})


def read_saved_model(folder: Path, batch: Floats) -> Floats:
    """Load a SavedModel and call its serving signature on ``(N, 28, 28)`` glyphs."""
    import tensorflow as tf

    loaded = tf.saved_model.load(str(folder))
    answer = loaded.signatures["serving_default"](**{INPUT: tf.constant(batch[..., None])})
    return np.asarray(answer[OUTPUT])


def _applied(values: "tf.Tensor", step: Step) -> "tf.Tensor":
    import tensorflow as tf

    match step:
        case Convolution(kernel, bias, padding, activation):
            summed = tf.nn.bias_add(tf.nn.conv2d(values, kernel, 1, padding.upper()), bias)
            return _activated(summed, activation)
        case Pooling(size):
            return tf.nn.max_pool2d(values, size, size, "VALID")
        case Flattening():
            return tf.reshape(values, [-1, int(np.prod(values.shape[1:]))])
        case Dense(kernel, bias, activation):
            return _activated(tf.nn.bias_add(tf.matmul(values, kernel), bias), activation)


def _activated(values: "tf.Tensor", activation: str) -> "tf.Tensor":
    import tensorflow as tf

    return {"linear": tf.identity, "relu": tf.nn.relu, "softmax": tf.nn.softmax}[activation](values)
