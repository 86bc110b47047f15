"""Digit images to write with: MNIST, any file of the same form, or the small sample beside this file."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["SAMPLE", "DigitSource"]

Bytes = npt.NDArray[np.uint8]
Split = Literal["train", "test"]

#: Grey value (of 255) above which a pixel of an image is ink.
INK_LEVEL = 100
#: Parts of a digit that are smaller than this share of its largest are no strokes of it.
SPECK_SHARE = 0.16
#: Rows of its 28 that a digit fills at least when it is written among others: nobody writes one half as high.
UPRIGHT_ROWS = 18
#: Fifty test images a digit of MNIST; licence and origin in SAMPLE-LICENSE.md.
SAMPLE = Path(__file__).with_name("sample.npz")


@dataclass(frozen=True)
class DigitSource:
    """Digit images with their labels.

    Attributes
    ----------
    images : (N, 28, 28) uint8 ndarray
        0 = paper, 255 = ink.
    labels : (N,) uint8 ndarray
        0..9; each digit occurs.

    Raises
    ------
    ValueError
        Shapes do not fit, or a digit is missing.
    """

    images: Bytes
    labels: Bytes

    def __post_init__(self) -> None:
        if self.images.shape != (len(self.labels), 28, 28) or self.images.dtype != np.uint8:
            raise ValueError(
                f"a source needs (N, 28, 28) uint8 images and N labels; "
                f"received {self.images.dtype} {self.images.shape} and {self.labels.shape}"
            )
        missing = sorted(set(range(10)) - set(self.labels.tolist()))
        if missing:
            raise ValueError(f"a source needs every digit; missing {missing}")

    @classmethod
    def builtin(cls) -> "DigitSource":
        """Load the sample that comes with the project: enough for tests and examples."""
        return cls.from_npz(SAMPLE)

    @classmethod
    def from_npz(cls, path: Path, split: Split = "test") -> "DigitSource":
        """Load `x_train, y_train` or `x_test, y_test` (as MNIST has them), or else `images, labels`.

        Raises
        ------
        ValueError
            The file has neither pair of arrays.
        """
        with np.load(path, allow_pickle=False) as arrays:
            for images, labels in ((f"x_{split}", f"y_{split}"), ("images", "labels")):
                if images in arrays and labels in arrays:
                    return cls(np.ascontiguousarray(arrays[images]), arrays[labels].astype(np.uint8))
        raise ValueError(f"{path} holds neither x_{split}, y_{split} nor images, labels")

    @cached_property
    def _places(self) -> tuple[npt.NDArray[np.intp], ...]:
        """Where the images of each digit lie."""
        return tuple(np.flatnonzero(self.labels == digit) for digit in range(10))

    @cached_property
    def _upright(self) -> tuple[npt.NDArray[np.intp], ...]:
        """Where the images of each digit lie that are as high as digits are; all where none is."""
        tall = (self.images.max(axis=2) > INK_LEVEL).sum(axis=1) >= UPRIGHT_ROWS
        return tuple(places[tall[places]] if tall[places].any() else places for places in self._places)

    def pick(self, rng: np.random.Generator, labels: Sequence[int]) -> Bytes:
        """Return one image, chosen by chance, for each label: (K, 28, 28) uint8."""
        draws = rng.random(len(labels))
        chosen = [self._places[d][int(u * len(self._places[d]))] for d, u in zip(labels, draws, strict=True)]
        return self.images[chosen]

    def for_hand(self, rng: np.random.Generator, variants: int = 4) -> "DigitSource":
        """Return a source of few images a digit, so that a page looks as if one person wrote it."""
        kept = np.concatenate(
            [rng.choice(places, min(variants, len(places)), False) for places in self._upright]
        )
        return DigitSource(np.stack([_without_specks(self.images[i]) for i in kept]), self.labels[kept])


def _without_specks(image: Bytes) -> Bytes:
    """Return the image without stray dots: amid numbers they would be read as points."""
    count, parts, stats, _ = cv2.connectedComponentsWithStats((image > 0).view(np.uint8))
    if count <= 2:
        return image
    areas = stats[1:, cv2.CC_STAT_AREA]
    kept = 1 + np.flatnonzero(areas >= SPECK_SHARE * areas.max())
    return np.where(np.isin(parts, kept), image, 0).astype(np.uint8)
