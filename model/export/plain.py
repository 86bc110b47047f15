"""A trained network as plain steps, of which every runtime has its own kind.

Batch normalization melts into the convolution before it, also where a pooling stands between, and
the temperature of the calibration into the last layer: what is written out gives the probabilities
that reading gives, by convolutions, pooling and dense layers alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from model.errors import ExportFailed

if TYPE_CHECKING:
    import keras

__all__ = [
    "Convolution",
    "Dense",
    "Flattening",
    "PlainNetwork",
    "Pooling",
    "Step",
    "plain_network",
    "weights_of",
]

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution of stride 1.

    Attributes
    ----------
    kernel : (h, w, channels in, channels out) float32 ndarray
        As Keras and TensorFlow.js have it.
    bias : (channels out,) float32 ndarray
        Added to each output.
    padding : str
        ``valid`` or ``same``.
    activation : str
        ``linear`` or ``relu``.
    """

    kernel: Floats
    bias: Floats
    padding: str
    activation: str


@dataclass(frozen=True, slots=True)
class Pooling:
    """The largest value of each square of `size` px, none of which overlap."""

    size: int


@dataclass(frozen=True, slots=True)
class Flattening:
    """Rows of columns of channels become one row."""


@dataclass(frozen=True, slots=True)
class Dense:
    """A dense layer.

    Attributes
    ----------
    kernel : (features in, features out) float32 ndarray
        As Keras has it.
    bias : (features out,) float32 ndarray
        Added to each output.
    activation : str
        ``linear``, ``relu`` or ``softmax``.
    """

    kernel: Floats
    bias: Floats
    activation: str


Step = Convolution | Pooling | Flattening | Dense


@dataclass(frozen=True, slots=True)
class PlainNetwork:
    """A network as its steps.

    Attributes
    ----------
    steps : tuple of Step
        From ``(N, 28, 28, 1)`` in [0, 1], ink = 1, to ``(N, classes)`` probabilities.
    model_id : str
        Of the model that it was made of.
    """

    steps: tuple[Step, ...]
    model_id: str

    @property
    def classes(self) -> int:
        """Number of outputs."""
        last = self.steps[-1]
        assert isinstance(last, Dense)  # plain_network() sees to it
        return len(last.bias)


def plain_network(network: "keras.Model", model_id: str, *, temperature: float = 1.0) -> PlainNetwork:
    """Take a trained network to pieces.

    Parameters
    ----------
    network : keras.Model
        A sequence of layers that ends in a softmax. Not modified.
    model_id : str
        Of the model.
    temperature : float
        Divisor of the logits, above 0.

    Returns
    -------
    PlainNetwork
        With the same outputs, softened by `temperature`.

    Raises
    ------
    ExportFailed
        It has a layer that is not known here.
    """
    steps: list[Step] = []
    for layer in network.layers:
        _add(steps, layer)
    if not steps or not isinstance(steps[-1], Dense) or steps[-1].activation != "softmax":
        raise ExportFailed(f"the network {network.name} does not end in a softmax")
    last = steps[-1]
    by = np.float32(temperature)
    steps[-1] = replace(last, kernel=last.kernel / by, bias=last.bias / by)
    return PlainNetwork(tuple(steps), model_id)


def weights_of(steps: Iterable[Step]) -> Iterable[Floats]:
    """Give kernel and bias of each step that has some, in order."""
    for step in steps:
        if isinstance(step, Convolution | Dense):
            yield step.kernel
            yield step.bias


def _add(steps: list[Step], layer: Any) -> None:
    kind = type(layer).__name__
    match kind:
        case "InputLayer" | "Dropout":
            pass
        case "Conv2D" if layer.strides == (1, 1) and layer.dilation_rate == (1, 1) and layer.groups == 1:
            kernel, bias = _weights(layer)
            steps.append(Convolution(kernel, bias, layer.padding, _activation(layer)))
        case "BatchNormalization" if _before(steps, layer)[1].activation == "linear":
            _normalize(steps, layer)
        case "ReLU" if not layer.max_value and not layer.negative_slope and not layer.threshold:
            # The largest value is the same one before and after: it may stand before a pooling.
            place, convolution = _before(steps, layer)
            steps[place] = replace(convolution, activation="relu")
        case "MaxPooling2D" if layer.strides == layer.pool_size and layer.padding == "valid":
            steps.append(Pooling(_square(layer)))
        case "Flatten":
            steps.append(Flattening())
        case "Dense":
            steps.append(Dense(*_weights(layer), _activation(layer)))
        case _:
            raise ExportFailed(f"a layer that no export knows: {layer.name} ({kind})")


def _weights(layer: Any) -> tuple[Floats, Floats]:
    kernel = np.asarray(layer.kernel, np.float32)
    bias = layer.bias if layer.use_bias else np.zeros(kernel.shape[-1])
    return kernel, np.asarray(bias, np.float32)


def _activation(layer: Any) -> str:
    name = str(layer.activation.__name__)
    if name not in ("linear", "relu", "softmax"):
        raise ExportFailed(f"an activation that no export knows: {layer.name} ({name})")
    return name


def _before(steps: list[Step], layer: Any) -> tuple[int, Convolution]:
    """Return the convolution that a layer follows, and its place; poolings between are passed over."""
    place = len(steps) - 1
    while place >= 0 and isinstance(steps[place], Pooling):
        place -= 1
    found = steps[place] if place >= 0 else None
    if not isinstance(found, Convolution):
        raise ExportFailed(f"{layer.name} stands after something else than a convolution")
    return place, found


def _normalize(steps: list[Step], layer: Any) -> None:
    """Melt a normalization into the convolution before it, in double precision."""
    place, convolution = _before(steps, layer)
    factor, offset = _affine(layer)
    if place < len(steps) - 1 and (factor < 0).any():
        # It turns the largest value of a square into the smallest, so that it has to stay behind the
        # pooling: as a convolution of single pixels, which every runtime knows.
        kernel = np.diag(factor).astype(np.float32)[None, None]
        steps.append(Convolution(kernel, offset.astype(np.float32), "valid", "linear"))
        return
    steps[place] = replace(
        convolution,
        kernel=(convolution.kernel * factor).astype(np.float32),
        bias=(convolution.bias * factor + offset).astype(np.float32),
    )


def _affine(layer: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what a normalization multiplies each channel by, and what it adds then."""
    mean = np.asarray(layer.moving_mean, np.float64)
    gamma = np.asarray(layer.gamma, np.float64) if layer.scale else np.ones(len(mean))
    beta = np.asarray(layer.beta, np.float64) if layer.center else np.zeros(len(mean))
    factor = gamma / np.sqrt(np.asarray(layer.moving_variance, np.float64) + layer.epsilon)
    return factor, beta - mean * factor


def _square(layer: Any) -> int:
    height, width = layer.pool_size
    if height != width:
        raise ExportFailed(f"{layer.name} does not pool squares")
    return int(height)
