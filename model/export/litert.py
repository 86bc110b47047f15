"""LiteRT (TensorFlow Lite) files, in float and in eight bits: exports, and what reading runs."""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from model.export.plain import PlainNetwork, plain_network
from model.export.tensorflow_graph import tensorflow_function
from model.runtime import LiteRtNetwork

if TYPE_CHECKING:
    import keras

__all__ = ["LiteRtReader", "converted", "quantized", "write_litert", "write_litert_int8"]

Floats = NDArray[np.float32]

#: What :func:`quantized` leaves in float32, by the converter's names: the dense layers are one or two
#: in a hundred of all multiplications, and a softmax in eight bits knows no probability below 1/256.
_IN_FLOAT = ["FULLY_CONNECTED", "SOFTMAX"]
#: Glyphs by which ranges are found, at most: more move none of them.
MOST_SAMPLES = 1000


def write_litert(plain: PlainNetwork, path: Path) -> None:
    """Write a ``.tflite`` file in float32."""
    path.write_bytes(_written(_converter(plain)))


def write_litert_int8(plain: PlainNetwork, path: Path, representative: Floats) -> None:
    """Write a ``.tflite`` file that computes in eight bits; it takes and gives float32 all the same.

    All of it is in eight bits, for chips that know nothing else: its probabilities come in
    steps of 1/256.

    Parameters
    ----------
    plain : PlainNetwork
        To convert.
    path : Path
        Of the file.
    representative : (N, 28, 28) float32 ndarray
        Glyphs by which the range of each layer's values is found.
    """
    import tensorflow as tf

    converter = _converter(plain, representative)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    path.write_bytes(_written(converter))


def converted(network: "keras.Model") -> bytes:
    """Convert a trained network for reading in float32.

    Parameters
    ----------
    network : keras.Model
        A sequence of layers that ends in a softmax. Not modified.

    Returns
    -------
    bytes
        Of a LiteRT file in which normalizations have melted into the convolutions. Beside probabilities it
        gives what they are made of, as :class:`model.runtime.LiteRtNetwork` takes it.

    Raises
    ------
    ExportFailed
        The network has a layer that is not known here.
    """
    return _written(_converter(plain_network(network, network.name), embedding=True))


def quantized(network: "keras.Model", samples: Floats) -> bytes:
    """Convert a trained network for reading in eight bits, with probabilities in full.

    Convolutions and what stands between them calculate in eight bits, the dense layers and the
    softmax in float32: whoever takes logarithms of small probabilities gets those that there are.

    Parameters
    ----------
    network : keras.Model
        A sequence of layers that ends in a softmax. Not modified.
    samples : (N, 28, 28) float32 ndarray
        Glyphs as in training, also such as are no digit, by which the range of each layer's values
        is found; of many some are taken, evenly. N > 0.

    Returns
    -------
    bytes
        Of a LiteRT file that takes and gives float32, the same as :func:`converted`.

    Raises
    ------
    ExportFailed
        The network has a layer that is not known here.
    """
    import tensorflow as tf

    some = np.linspace(0, len(samples) - 1, min(len(samples), MOST_SAMPLES)).astype(int)
    converter = _converter(plain_network(network, network.name), samples[some], embedding=True)
    # The debugger of the converter is its only way to leave layers as they are.
    options = tf.lite.experimental.QuantizationDebugOptions(denylisted_ops=_IN_FLOAT)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"\s*Warning: tf.lite.Interpreter is deprecated", UserWarning)
        warnings.filterwarnings("ignore", "Statistics for quantized inputs", UserWarning)
        debugger = tf.lite.experimental.QuantizationDebugger(
            converter=converter, debug_dataset=converter.representative_dataset, debug_options=options
        )
        return bytes(debugger.get_nondebug_quantized_model())


class LiteRtReader(LiteRtNetwork):
    """A loaded ``.tflite`` file on one thread."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.read_bytes())


def _converter(plain: PlainNetwork, representative: Floats | None = None, *, embedding: bool = False) -> Any:
    import tensorflow as tf

    function = tensorflow_function(plain, embedding=embedding).get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], function)
    if representative is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = _one_by_one(representative)
    return converter


def _written(converter: Any) -> bytes:
    with warnings.catch_warnings():
        # It asks for statistics of quantized inputs; here they are floats.
        warnings.filterwarnings("ignore", "Statistics for quantized inputs", UserWarning)
        return bytes(converter.convert())


def _one_by_one(glyphs: Floats) -> Callable[[], Iterator[list[Floats]]]:
    def samples() -> Iterator[list[Floats]]:
        for glyph in glyphs:
            yield [glyph[None, ..., None]]

    return samples
