"""The networks: that of the project's origin, to the letter, and the one that reads paper."""

from typing import TYPE_CHECKING

from model.contract import CLASSES, GLYPH_SIDE

if TYPE_CHECKING:
    import keras

__all__ = ["build_original", "build_reader"]


def build_original(classes: int = 10) -> "keras.Model":
    """Build the network of the project's origin, untrained.

    28×28×1 → Conv 32 3×3 ReLU → MaxPool 2 → Conv 64 3×3 ReLU → MaxPool 2 → Conv 64 3×3
    ReLU → Flatten → Dense 64 ReLU → Dense `classes` softmax: 93,322 parameters with ten
    outputs.

    Parameters
    ----------
    classes : int
        10 for the digits alone, 11 with what is not a digit.

    Returns
    -------
    keras.Model
        Input ``(N, 28, 28, 1) float32`` in [0, 1], ink = 1; output ``(N, classes)``.
    """
    from keras import Sequential, layers

    steps = [
        layers.Input((GLYPH_SIDE, GLYPH_SIDE, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        # In float32 also where the rest is trained in less: small probabilities must not be rounded off.
        layers.Dense(classes, activation="softmax", dtype="float32"),
    ]
    return Sequential(steps, name="digits")


def build_reader(*, dropout: float = 0.0) -> "keras.Model":
    """Build the network that reads paper, untrained: one convolution deeper, and wider where that is cheap.

    28×28×1 → Conv 32 → MaxPool 2 → Conv 64 → MaxPool 2 → Conv 96 padded → Conv 96 → Flatten →
    Dense 96 → Dense 11 softmax; all convolutions 3×3, each followed by batch normalization and
    ReLU, which come after the pooling where there is one: a quarter of the work in training.
    242,219 parameters.

    Parameters
    ----------
    dropout : float
        Share of features dropped before either dense layer while training, 0 <= value < 1.

    Returns
    -------
    keras.Model
        Input ``(N, 28, 28, 1) float32`` in [0, 1], ink = 1; output ``(N, 11)``.
    """
    from keras import Sequential, layers

    def convolution(channels: int, *, padding: str = "valid", pooled: bool = False) -> "list[keras.Layer]":
        return [
            layers.Conv2D(channels, 3, padding=padding, use_bias=False),
            *([layers.MaxPooling2D(2)] if pooled else []),
            # Quick to follow: who trains on a few hundred digits has few steps.
            # Behind a pooling it melts into the convolution before only if it turns nothing round.
            layers.BatchNormalization(momentum=0.9, gamma_constraint="non_neg" if pooled else None),
            layers.ReLU(),
        ]

    steps = [
        layers.Input((GLYPH_SIDE, GLYPH_SIDE, 1)),
        *convolution(32, pooled=True),
        *convolution(64, pooled=True),
        *convolution(96, padding="same"),
        *convolution(96),
        layers.Flatten(),
        *([layers.Dropout(dropout)] if dropout else []),
        layers.Dense(96, activation="relu"),
        *([layers.Dropout(dropout)] if dropout else []),
        layers.Dense(CLASSES, activation="softmax", dtype="float32"),
    ]
    return Sequential(steps, name="reader")
