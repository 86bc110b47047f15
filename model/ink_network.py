"""The network that tells sorts of ink apart: small, fully convolutional, one answer a square of 4 px."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from model.ink_runtime import PLANES, SORTS, TILE_PX

if TYPE_CHECKING:
    import keras

__all__ = ["InkWidths", "build_ink_network", "ink_file"]


@dataclass(frozen=True, slots=True)
class InkWidths:
    """How many features each stage of the network has.

    Attributes
    ----------
    edges : int
        At half the size.
    strokes : int
        At a quarter.
    context : int
        At an eighth, where neighbours near and far are looked at.
    """

    edges: int = 12
    strokes: int = 24
    context: int = 32


def build_ink_network(widths: InkWidths | None = None) -> "keras.Model":
    """Build the network with weights by chance.

    Strides first, so that little is calculated at full size; dilated convolutions (Yu and Koltun, 2016) at an
    eighth see some seven heights of the writing to each side; what they found is brought back to a quarter
    by moving features into place (Shi et al., 2016), beside what was seen there before (Ronneberger et al.,
    2015).

    Parameters
    ----------
    widths : InkWidths, optional
        By default those of the shipped network.

    Returns
    -------
    keras.Model
        (N, H, W, PLANES) float32 in [0, 1], sides divisible by 8, to logits (N, H / 4, W / 4, SORTS).
    """
    import keras
    from keras import layers

    widths = widths or InkWidths()

    def seen(found: Any, features: int, size: int = 3, *, stride: int = 1, dilation: int = 1) -> Any:
        found = layers.Conv2D(
            features, size, strides=stride, dilation_rate=dilation, padding="same", use_bias=False
        )(found)
        return layers.ReLU()(layers.BatchNormalization()(found))

    planes = keras.Input((None, None, PLANES))
    found = seen(seen(planes, widths.edges, stride=2), widths.strokes, stride=2)
    strokes = seen(found, widths.strokes)
    found = seen(strokes, widths.context, stride=2)
    for dilation in (1, 2, 4):
        found = seen(found, widths.context, dilation=dilation)
    found = _spread()()(seen(found, 4 * widths.strokes, 1))
    found = seen(layers.Concatenate()([strokes, found]), widths.strokes)
    return keras.Model(planes, layers.Conv2D(SORTS, 1)(found), name="ink")


@cache
def _spread() -> Any:
    """Return the layer that turns four features of a square into one of each of its quarters."""
    import keras
    import tensorflow as tf

    class Spread(keras.layers.Layer):  # type: ignore[misc]  # Keras has no types
        """Depth to space, by two."""

        def call(self, found: Any) -> Any:
            return tf.nn.depth_to_space(found, 2)

        def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
            count, down, across, features = shape
            return count, down and 2 * down, across and 2 * across, (features or 0) // 4

    return Spread


def ink_file(network: "keras.Model", samples: Sequence[NDArray[np.uint8]] = ()) -> bytes:
    """Convert a trained network for reading.

    Parameters
    ----------
    network : keras.Model
        Of :func:`build_ink_network`. Not modified.
    samples : sequence of (H, W, PLANES) uint8 ndarray
        Pages by which the range of each layer's values is found, to calculate in eight bits; without them
        it calculates in float32.

    Returns
    -------
    bytes
        Of a LiteRT file from one tile to probabilities, float32 both.
    """
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    # One tile, so that memory is planned once; frozen, because LiteRT knows no variables.
    shape = tf.TensorSpec([1, TILE_PX, TILE_PX, PLANES], tf.float32)
    told = tf.function(lambda planes: tf.nn.softmax(network(planes, training=False)))
    frozen = convert_variables_to_constants_v2(told.get_concrete_function(shape))
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    if samples:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([_tile(planes)] for planes in samples)
    with warnings.catch_warnings():
        # It asks for statistics of quantized inputs; here they are floats.
        warnings.filterwarnings("ignore", "Statistics for quantized inputs", UserWarning)
        return bytes(converter.convert())


def _tile(planes: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the corner of a page as the network takes it: (1, TILE_PX, TILE_PX, PLANES), in [0, 1]."""
    tile = np.zeros((1, TILE_PX, TILE_PX, PLANES), np.float32)
    corner = planes[:TILE_PX, :TILE_PX]
    tile[0, : corner.shape[0], : corner.shape[1]] = corner.astype(np.float32) / 255
    return tile
