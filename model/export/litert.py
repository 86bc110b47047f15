"""Exports for LiteRT (TensorFlow Lite), in float and in eight bits, and how they are loaded back."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.contract import GLYPH_SIDE
from model.export.plain import PlainNetwork
from model.export.tensorflow_graph import tensorflow_function

__all__ = ["LiteRtReader", "write_litert", "write_litert_int8"]

Floats = NDArray[np.float32]

#: Glyphs a call: the interpreter plans its memory once for this size.
CHUNK = 50


def write_litert(plain: PlainNetwork, path: Path) -> None:
    """Write a ``.tflite`` file in float32."""
    path.write_bytes(_converted(plain, None))


def write_litert_int8(plain: PlainNetwork, path: Path, representative: Floats) -> None:
    """Write a ``.tflite`` file that computes in eight bits; it takes and gives float32 all the same.

    Parameters
    ----------
    plain : PlainNetwork
        To convert.
    path : Path
        Of the file.
    representative : (N, 28, 28) float32 ndarray
        Glyphs by which the range of each layer's values is found.
    """
    path.write_bytes(_converted(plain, representative))


class LiteRtReader:
    """A loaded ``.tflite`` file on one thread."""

    def __init__(self, path: Path) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(model_content=path.read_bytes(), num_threads=1)
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._interpreter.resize_tensor_input(self._input, [CHUNK, GLYPH_SIDE, GLYPH_SIDE, 1])
        self._interpreter.allocate_tensors()
        self._output = self._interpreter.get_output_details()[0]["index"]

    def probabilities(self, batch: Floats) -> Floats:
        """Classify ``(N, 28, 28)`` glyphs."""
        parts = []
        for start in range(0, len(batch), CHUNK):
            part = batch[start : start + CHUNK, ..., None]
            whole = np.concatenate([part, np.zeros((CHUNK - len(part), *part.shape[1:]), np.float32)])
            self._interpreter.set_tensor(self._input, whole)
            self._interpreter.invoke()
            parts.append(self._interpreter.get_tensor(self._output)[: len(part)].copy())
        return np.concatenate(parts)


def _converted(plain: PlainNetwork, representative: Floats | None) -> bytes:
    import tensorflow as tf

    function = tensorflow_function(plain).get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], function)
    if representative is not None:
        _quantize(converter, representative)
    with warnings.catch_warnings():
        # It asks for statistics of quantized inputs; here they are floats.
        warnings.filterwarnings("ignore", "Statistics for quantized inputs", UserWarning)
        return bytes(converter.convert())


def _quantize(converter: Any, representative: Floats) -> None:
    import tensorflow as tf

    def samples() -> Iterator[list[Floats]]:
        for glyph in representative:
            yield [glyph[None, ..., None]]

    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = samples
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
