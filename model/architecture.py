"""The network: the layers of the project's origin, with as many outputs as asked for."""

from typing import TYPE_CHECKING

from model.contract import CLASSES, GLYPH_SIDE

if TYPE_CHECKING:
    import keras

__all__ = ["build_cnn"]


def build_cnn(classes: int = CLASSES, *, dropout: float = 0.0) -> "keras.Model":
    """Build the network, untrained.

    28×28×1 → Conv 32 3×3 ReLU → MaxPool 2 → Conv 64 3×3 ReLU → MaxPool 2 → Conv 64 3×3
    ReLU → Flatten → Dense 64 ReLU → Dense `classes` softmax: 93,322 parameters with ten
    outputs.

    Parameters
    ----------
    classes : int
        10 for the digits alone, 11 with what is not a digit.
    dropout : float
        Share of features dropped before either dense layer while training, 0 <= value < 1.
        It adds no parameter and vanishes when reading.

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
        *([layers.Dropout(dropout)] if dropout else []),
        layers.Dense(64, activation="relu"),
        *([layers.Dropout(dropout)] if dropout else []),
        layers.Dense(classes, activation="softmax"),
    ]
    return Sequential(steps, name="digits")
