"""Export for TensorFlow.js: ``model.json`` and one file of weights, as its layers API loads them.

Written by hand: the converter of the TensorFlow.js project does not install beside today's Keras, and
what Keras 3 itself writes into a model's JSON (``batch_shape``, dtype policies, modules) TensorFlow.js
does not know. It wants Keras 2's ``batch_input_shape``, and layers with nothing else in their configuration
than what it reads.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.contract import DIGITS, GLYPH_SIDE
from model.export.browser import answer_of_page
from model.export.plain import Convolution, Dense, Flattening, PlainNetwork, Pooling, Step, weights_of

__all__ = ["MODEL_FILE", "WEIGHTS_FILE", "layers_model", "read_tfjs", "write_tfjs"]

MODEL_FILE = "model.json"
WEIGHTS_FILE = "group1-shard1of1.bin"

#: On the processor: what a graphics card computes depends on the card.
_CHECK = """<!doctype html>
<meta charset="utf-8">
<script src="/tf.min.js"></script>
<script>
(async () => {
  await tf.setBackend('cpu');
  const model = await tf.loadLayersModel('/model/model.json');
  const values = new Float32Array(await (await fetch('/glyphs')).arrayBuffer());
  const glyphs = tf.tensor4d(values, [values.length / 784, 28, 28, 1]);
  const answer = await model.predict(glyphs, {batchSize: 50}).data();
  await fetch('/answer', {method: 'POST', body: answer});
})().catch(error => fetch('/error', {method: 'POST', body: String(error)}));
</script>
"""


def write_tfjs(plain: PlainNetwork, folder: Path) -> None:
    """Write the two files into a folder that does not exist yet."""
    folder.mkdir()
    (folder / MODEL_FILE).write_text(json.dumps(layers_model(plain), indent=1) + "\n", encoding="utf-8")
    weights = b"".join(np.ascontiguousarray(part, "<f4").tobytes() for part in weights_of(plain.steps))
    (folder / WEIGHTS_FILE).write_bytes(weights)


def layers_model(plain: PlainNetwork) -> dict[str, Any]:
    """Return what goes into ``model.json``: the layers, and in which order their weights lie."""
    named = [(_name(k, step), step) for k, step in enumerate(plain.steps)]
    layers = [_layer(name, step) for name, step in named]
    layers[0]["config"]["batch_input_shape"] = [None, GLYPH_SIDE, GLYPH_SIDE, 1]
    layers[0]["config"]["dtype"] = "float32"
    return {
        "format": "layers-model",
        "generatedBy": "digitize",
        "convertedBy": None,
        "userDefinedMetadata": {
            "model": plain.model_id,
            "labels": [*DIGITS, "not a digit"][: plain.classes],
        },
        "modelTopology": {
            "keras_version": "2.15.0",
            "backend": "tensorflow",
            "model_config": {"class_name": "Sequential", "config": {"name": "digits", "layers": layers}},
        },
        "weightsManifest": [
            {"paths": [WEIGHTS_FILE], "weights": [entry for one in named for entry in _weights(*one)]}
        ],
    }


def _name(place: int, step: Step) -> str:
    return f"{type(step).__name__.lower()}_{place}"


def _layer(name: str, step: Step) -> dict[str, Any]:
    match step:
        case Convolution(kernel, _, padding, activation):
            kind = "Conv2D"
            config: dict[str, Any] = {
                "filters": kernel.shape[3],
                "kernel_size": list(kernel.shape[:2]),
                "strides": [1, 1],
                "padding": padding,
                "data_format": "channels_last",
                "activation": activation,
                "use_bias": True,
            }
        case Pooling(size):
            kind = "MaxPooling2D"
            config = {
                "pool_size": [size, size],
                "strides": [size, size],
                "padding": "valid",
                "data_format": "channels_last",
            }
        case Flattening():
            kind, config = "Flatten", {"data_format": "channels_last"}
        case Dense(kernel, _, activation):
            kind = "Dense"
            config = {"units": kernel.shape[1], "activation": activation, "use_bias": True}
    return {"class_name": kind, "config": {"name": name, "trainable": True, **config}}


def _weights(name: str, step: Step) -> list[dict[str, Any]]:
    if not isinstance(step, Convolution | Dense):
        return []
    return [
        {"name": f"{name}/{part}", "shape": list(values.shape), "dtype": "float32"}
        for part, values in (("kernel", step.kernel), ("bias", step.bias))
    ]


def read_tfjs(
    folder: Path, batch: NDArray[np.float32], *, library: Path, browser: str
) -> NDArray[np.float32]:
    """Load the two files by TensorFlow.js in headless Chromium and classify ``(N, 28, 28)`` glyphs.

    Parameters
    ----------
    folder : Path
        As written.
    batch : (N, 28, 28) float32 ndarray
        In [0, 1], ink = 1.
    library : Path
        ``tf.min.js`` of the npm package ``@tensorflow/tfjs``, or one of its siblings.
    browser : str
        Path of Chromium.

    Returns
    -------
    (N, classes) float32 ndarray
        What the browser gives.

    Raises
    ------
    ExportFailed
        TensorFlow.js does not take the files; the message is its own.
    """
    files = {f"/model/{path.name}": path.read_bytes() for path in folder.iterdir()}
    files["/tf.min.js"] = library.read_bytes()
    files["/glyphs"] = np.ascontiguousarray(batch, "<f4").tobytes()
    files["/check.html"] = _CHECK.encode()
    answer = answer_of_page(files, "/check.html", browser=browser)
    return np.frombuffer(answer, "<f4").reshape(len(batch), -1)
