"""The origin's network with batch normalization while it is trained, and without once it is done."""

from typing import TYPE_CHECKING, Any

import numpy as np

from model.architecture import build_original
from model.contract import DIGITS, GLYPH_SIDE

if TYPE_CHECKING:
    import keras

__all__ = ["build_normalized", "folded"]

#: Running means and variances are those of about so many batches.
BATCHES = 50


def build_normalized(steps: int, *, width: int = 1, dropout: float = 0.0) -> "keras.Model":
    """Build the origin's network with batch normalization before each ReLU, untrained.

    Where there is a pooling it comes before the normalization, which is a quarter of the work: the
    largest of four values stays the largest under a scale that is not negative.

    Parameters
    ----------
    steps : int
        Batches that it will be trained on, > 0: where they are few, running means and variances are
        those of their last tenth.
    width : int
        Times the channels and features that the origin has.
    dropout : float
        Share of features dropped before either dense layer while training, 0 <= value < 1.

    Returns
    -------
    keras.Model
        Input ``(N, 28, 28, 1) float32`` in [0, 1], ink = 1; output ``(N, 10)``.

    References
    ----------
    .. [1] S. Ioffe and C. Szegedy, "Batch normalization: accelerating deep network training by
       reducing internal covariate shift", Proc. ICML, 2015.
    """
    from keras import Sequential, layers

    momentum = 1 - 1 / max(1.0, min(BATCHES, steps / 10))

    def normalized(*, pooled: bool = False) -> "list[keras.Layer]":
        constraint = "non_neg" if pooled else None
        return [layers.BatchNormalization(momentum=momentum, gamma_constraint=constraint), layers.ReLU()]

    def dropped() -> "list[keras.Layer]":
        return [layers.Dropout(dropout)] if dropout else []

    return Sequential(
        [
            layers.Input((GLYPH_SIDE, GLYPH_SIDE, 1)),
            layers.Conv2D(32 * width, 3, use_bias=False),
            layers.MaxPooling2D(2),
            *normalized(pooled=True),
            layers.Conv2D(64 * width, 3, use_bias=False),
            layers.MaxPooling2D(2),
            *normalized(pooled=True),
            layers.Conv2D(64 * width, 3, use_bias=False),
            *normalized(),
            layers.Flatten(),
            *dropped(),
            layers.Dense(64 * width, use_bias=False),
            *normalized(),
            *dropped(),
            # In float32 also where the rest is trained in less: small probabilities must not be rounded off.
            layers.Dense(len(DIGITS), activation="softmax", dtype="float32"),
        ],
        name="digits_normalized",
    )


def folded(network: "keras.Model") -> "keras.Model":
    """Return the origin's network that gives what the normalized one gives in use.

    Parameters
    ----------
    network : keras.Model
        As :func:`build_normalized` built it, of the origin's width. Not modified.

    Returns
    -------
    keras.Model
        As :func:`model.architecture.build_original` builds it, in float32, its weights scaled by
        what the normalization had learned.
    """
    weights: list[Any] = []
    for layer in network.layers:
        kind = type(layer).__name__
        if kind in {"Conv2D", "Dense"}:
            weights += layer.get_weights()
        elif kind == "BatchNormalization":
            gamma, beta, mean, variance = (np.asarray(part, np.float64) for part in layer.get_weights())
            scale = gamma / np.sqrt(variance + layer.epsilon)
            weights[-1] = (weights[-1] * scale).astype(np.float32)
            weights.append((beta - mean * scale).astype(np.float32))
    original = build_original(len(DIGITS))
    original.set_weights(weights)
    return original
