"""Digits that an export is compared with Keras on."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.contract import to_batch
from model.synth.digits import DigitSource

__all__ = ["LEAST_DIGITS", "Specimens", "specimens_of"]

#: No export is compared on fewer digits.
LEAST_DIGITS = 1000
#: More tell nothing new, and TensorFlow.js takes its time.
MOST_DIGITS = 10_000
#: What the digits that come with the project are called.
SAMPLE_ORIGIN = "the sample that is built in"
#: Glyphs by which the ranges of eight bits are found.
REPRESENTATIVE = 500
#: By how much copies are turned at most, in degrees, and moved, in px.
TURN_DEG = 12.0
MOVE_PX = 1.5


@dataclass(frozen=True, slots=True)
class Specimens:
    """Labelled digits, and glyphs that say how much ink there may be.

    Attributes
    ----------
    batch : (N, 28, 28) float32 ndarray
        In [0, 1], ink = 1; at least :data:`LEAST_DIGITS`.
    labels : (N,) int64 ndarray
        0..9.
    representative : (M, 28, 28) float32 ndarray
        Digits, and pairs of them over each other, as pieces of writing are.
    data : str
        Which digits these are, for people.
    """

    batch: NDArray[np.float32]
    labels: NDArray[np.int64]
    representative: NDArray[np.float32]
    data: str


def specimens_of(source: DigitSource, *, most: int = LEAST_DIGITS, origin: str = SAMPLE_ORIGIN) -> Specimens:
    """Choose digits to compare on: evenly from the source; where it has too few, turned and moved copies too.

    Parameters
    ----------
    source : DigitSource
        Such as the sample that comes with the project.
    most : int
        How many are taken from a source that has more, LEAST_DIGITS <= most <= MOST_DIGITS.
    origin : str
        What the source is called.

    Returns
    -------
    Specimens
        The same for the same source.
    """
    rng = np.random.default_rng(0)
    count = min(most, max(LEAST_DIGITS, len(source.labels)))
    own = np.linspace(0, len(source.labels) - 1, min(count, len(source.labels))).astype(int)
    copied = rng.integers(len(source.labels), size=count - len(own))
    images = [source.images[own], *[_turned(rng, source.images[k])[None] for k in copied]]
    labels = np.concatenate([source.labels[own], source.labels[copied]]).astype(np.int64)
    data = _told(len(own), len(source.labels), len(copied), origin)
    return Specimens(to_batch(np.concatenate(images)), labels, to_batch(_representative(rng)), data)


def _told(own: int, there: int, copied: int, origin: str) -> str:
    """Say which digits were chosen."""
    if copied:
        return f"all {own:,} test digits of {origin} and {copied:,} turned copies of them"
    return (
        f"{own:,} of {there:,} test digits of {origin}" if own < there else f"{own:,} test digits of {origin}"
    )


def _turned(rng: np.random.Generator, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    turn = cv2.getRotationMatrix2D((13.5, 13.5), rng.uniform(-TURN_DEG, TURN_DEG), 1.0)
    turn = turn + np.array([[0, 0, move] for move in rng.uniform(-MOVE_PX, MOVE_PX, 2)])
    return np.asarray(cv2.warpAffine(image, turn, (28, 28), flags=cv2.INTER_LINEAR), np.uint8)


def _representative(rng: np.random.Generator) -> NDArray[np.uint8]:
    images = DigitSource.builtin().images
    digits = images[rng.choice(len(images), REPRESENTATIVE // 2, replace=False)]
    others = images[rng.choice(len(images), REPRESENTATIVE // 2, replace=False)]
    shifted = np.roll(others, 6, axis=2)
    return np.concatenate([digits, np.maximum(digits, shifted)])
