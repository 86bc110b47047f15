"""The networks: that of the project's origin, to the letter, and the one that reads paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from model.contract import CLASSES, GLYPH_SIDE
from model.errors import BundleInvalid

if TYPE_CHECKING:
    import keras

__all__ = ["READER_WIDTHS", "WIDEST", "ReaderWidths", "build_original", "build_reader"]

#: No layer is wider than this: what a manifest says decides how much memory is taken.
WIDEST = 1024


@dataclass(frozen=True, slots=True)
class ReaderWidths:
    """How wide the layers of the network are that reads paper.

    Attributes
    ----------
    convolutions : tuple of int
        Channels of its four convolutions.
    dense : int
        Features of the dense layer before the last one.
    """

    convolutions: tuple[int, int, int, int] = (32, 64, 96, 96)
    dense: int = 96

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> "ReaderWidths":
        """Return what a manifest says under ``architecture``; without that they are the usual ones.

        Raises
        ------
        BundleInvalid
            The widths are no whole numbers from 1 to 1,024, or not as many as there are layers.
        """
        if "architecture" not in manifest:
            return READER_WIDTHS
        match said := manifest["architecture"]:
            case {"convolutions": [first, second, third, fourth], "dense": dense} if all(
                _is_width(width) for width in (first, second, third, fourth, dense)
            ):
                return cls((first, second, third, fourth), dense)
        raise BundleInvalid(
            f"the manifest's architecture is none: four convolutions and a dense layer, 1 to {WIDEST} wide. "
            f"Received: {str(said)[:200]}"
        )

    def wider(self, factor: float) -> "ReaderWidths":
        """Return how wide a network is whose layers are so many times as wide as these, and 1,024 at most.

        Parameters
        ----------
        factor : float
            From 1.
        """
        *convolutions, dense = (
            min(WIDEST, round(factor * width)) for width in (*self.convolutions, self.dense)
        )
        first, second, third, fourth = convolutions
        return ReaderWidths((first, second, third, fourth), dense)

    def as_manifest(self) -> dict[str, Any]:
        """Return what a manifest says of it, under ``architecture``."""
        return {"convolutions": list(self.convolutions), "dense": self.dense}


def _is_width(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= WIDEST


#: Of a network that is trained anew, and of every model whose manifest says nothing of them.
READER_WIDTHS = ReaderWidths()


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


def build_reader(widths: ReaderWidths = READER_WIDTHS, *, dropout: float = 0.0) -> "keras.Model":
    """Build the network that reads paper, untrained: one convolution deeper, and wider where that is cheap.

    28×28×1 → Conv 32 → MaxPool 2 → Conv 64 → MaxPool 2 → Conv 96 padded → Conv 96 → Flatten →
    Dense 96 → Dense 11 softmax; all convolutions 3×3, each followed by batch normalization and
    ReLU, which come after the pooling where there is one: a quarter of the work in training.
    242,219 parameters with the usual widths.

    Parameters
    ----------
    widths : ReaderWidths
        Of the convolutions and of the dense layer between them and the last one.
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

    first, second, third, fourth = widths.convolutions
    steps = [
        layers.Input((GLYPH_SIDE, GLYPH_SIDE, 1)),
        *convolution(first, pooled=True),
        *convolution(second, pooled=True),
        *convolution(third, padding="same"),
        *convolution(fourth),
        layers.Flatten(),
        *([layers.Dropout(dropout)] if dropout else []),
        layers.Dense(widths.dense, activation="relu"),
        *([layers.Dropout(dropout)] if dropout else []),
        layers.Dense(CLASSES, activation="softmax", dtype="float32"),
    ]
    return Sequential(steps, name="reader")
