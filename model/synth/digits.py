"""Digit images to write with: MNIST, any file of the same form, or the small sample beside this file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from model.dataset_arrays import check_arrays
from model.dataset_digits import Digits
from model.errors import DataInvalid
from model.npz import npz_arrays
from model.synth.strokes import glyph_ink

__all__ = ["SAMPLE", "DigitSource", "Split"]

Bytes = npt.NDArray[np.uint8]
Split = Literal["train", "test"]

#: Grey value (of 255) above which a pixel of an image is ink.
INK_LEVEL = 100
#: Parts of a digit that are smaller than this share of its largest are no strokes of it.
SPECK_SHARE = 0.07
#: The same for parts that begin below this row: the loose end of a 4's bar is a point to everybody else.
FOOT_SHARE, FOOT_ROW = 0.3, 12
#: Rows of its 28 that a digit fills at least when it is written among others: nobody writes one half as high.
UPRIGHT_ROWS = 18
#: Fifty test images a digit of MNIST; licence and origin in SAMPLE-LICENSE.md.
SAMPLE = Path(__file__).with_name("sample.npz")


def _none() -> Bytes:
    return np.zeros((0, 28, 28), np.uint8)


@dataclass(frozen=True)
class DigitSource:
    """Digit images with their labels.

    Attributes
    ----------
    images : (N, 28, 28) uint8 ndarray
        0 = paper, 255 = ink.
    labels : (N,) uint8 ndarray
        0..9; each digit occurs.
    others : (M, 28, 28) uint8 ndarray
        Images of what is no digit, to train and judge with; there may be none.
    origins : (N,) int64 ndarray
        Which image each is, in the source that all are of; by default its place here.
    files : tuple of str
        The file of each of `images`, and then of each of `others`; empty = not known.

    Raises
    ------
    ValueError
        Shapes do not fit, or a digit is missing.
    """

    images: Bytes
    labels: Bytes
    others: Bytes = field(default_factory=_none)
    origins: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    files: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not len(self.origins):
            object.__setattr__(self, "origins", np.arange(len(self.labels)))
        if self.images.shape != (len(self.labels), 28, 28) or self.images.dtype != np.uint8:
            raise ValueError(
                f"a source needs (N, 28, 28) uint8 images and N labels; "
                f"received {self.images.dtype} {self.images.shape} and {self.labels.shape}"
            )
        missing = sorted(set(range(10)) - set(self.labels.tolist()))
        if missing:
            raise ValueError(f"a source needs every digit; missing {missing}")

    @classmethod
    def of_digits(cls, digits: Digits, split: Split) -> "DigitSource":
        """Return one side of labelled digits, with what is none."""
        if split == "train":
            return cls(digits.train_images, digits.train_labels, digits.train_others)
        return cls(digits.test_images, digits.test_labels, digits.test_others, files=digits.test_files)

    @classmethod
    def builtin(cls) -> "DigitSource":
        """Load the sample that comes with the project: enough for tests and examples."""
        return cls.from_npz(SAMPLE)

    @classmethod
    def from_npz(cls, path: Path, split: Split = "test") -> "DigitSource":
        """Load `x_train, y_train` or `x_test, y_test` (as MNIST has them), or else `images, labels`.

        Raises
        ------
        DataInvalid
            The file is missing, no such archive, or has neither pair of arrays, or others than digits.
        """
        images, labels = npz_arrays(path, (f"x_{split}", f"y_{split}"), ("images", "labels"))
        check_arrays(images, labels, str(path))
        try:
            return cls(np.ascontiguousarray(images), labels.astype(np.uint8))
        except (TypeError, ValueError) as error:
            raise DataInvalid(f"{path}: {error}") from error

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
        return self.images[self.choose(rng, labels)]

    def choose(self, rng: np.random.Generator, labels: Sequence[int]) -> list[int]:
        """Return the place of one image, chosen by chance, for each label."""
        draws = rng.random(len(labels))
        places = [self._places[label] for label in labels]
        return [int(place[int(u * len(place))]) for place, u in zip(places, draws, strict=True)]

    def for_hand(self, rng: np.random.Generator, variants: int = 4) -> "DigitSource":
        """Return a source of few images a digit, so that a page looks as if one person wrote it.

        A person has to be able to read them one by one: specks are wiped off, and shapes that fall into
        pieces are taken only where there are no others.
        """
        drawn = [rng.choice(places, min(3 * variants, len(places)), False) for places in self._upright]
        images, pieces = _wiped(self.images[np.concatenate(drawn)])
        starts = np.cumsum([0] + [len(places) for places in drawn])
        # Two pieces are as good as one: many people set the roof of a 5 apart.
        fit = np.maximum(pieces, 2)
        best = [a + np.argsort(fit[a:b], kind="stable")[:variants] for a, b in pairwise(starts)]
        kept = np.concatenate(best)
        places = np.concatenate(drawn)[kept]
        return DigitSource(images[kept], self.labels[places], origins=self.origins[places])


def _wiped(images: Bytes) -> tuple[Bytes, npt.NDArray[np.int64]]:
    """Return images without stray dots, which would be points, and in how many pieces each digit is."""
    wiped, pieces = images.copy(), np.ones(len(images), np.int64)
    for i, ink in enumerate(glyph_ink(images)):
        count, parts, stats, _ = cv2.connectedComponentsWithStats(ink)
        if count <= 2:
            continue
        areas, tops = stats[1:, cv2.CC_STAT_AREA], stats[1:, cv2.CC_STAT_TOP]
        specks = areas < np.where(tops >= 2 * FOOT_ROW, FOOT_SHARE, SPECK_SHARE) * areas.max()
        pieces[i] = np.count_nonzero(~specks)
        # With the faint rim of each speck.
        spots = np.isin(parts, 1 + np.flatnonzero(specks)).view(np.uint8)
        rimmed = np.asarray(cv2.dilate(spots, np.ones((3, 3), np.uint8))) > 0
        wiped[i][rimmed[::2, ::2] | rimmed[1::2, 1::2]] = 0
    return wiped, pieces
