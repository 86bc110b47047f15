"""Labelled digits, and what has to be true of them before anything is trained on them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from model.contract import GLYPH_SIDE
from model.errors import DataInvalid

__all__ = ["Digits", "check_images", "check_labels", "checked_digits"]


def _none() -> NDArray[np.uint8]:
    return np.zeros((0, GLYPH_SIDE, GLYPH_SIDE), np.uint8)


@dataclass(frozen=True, slots=True)
class Digits:
    """Labelled digits, split into those to train on and those to judge by.

    Attributes
    ----------
    train_images, test_images : (N, 28, 28) uint8 ndarray
        0 = paper, 255 = ink.
    train_labels, test_labels : (N,) uint8 ndarray
        0..9.
    origin : str
        Where they came from, for the manifest.
    train_groups : tuple of str
        Of each training image what must not be parted (its writer, file, font); empty = not known.
    train_others, test_others : (M, 28, 28) uint8 ndarray
        Images of what is no digit, framed as the digits are; there may be none.
    train_other_groups : tuple of str
        As `train_groups`, and by the same names, of each of `train_others`; empty = not known.
    test_groups : tuple of str
        As `train_groups`, of each test image; empty = not known.
    test_files : tuple of str
        The file of each of `test_images`, and then of each of `test_others`; empty = they are not of files.
    """

    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.uint8]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.uint8]
    origin: str
    train_groups: tuple[str, ...] = ()
    train_others: NDArray[np.uint8] = field(default_factory=_none)
    test_others: NDArray[np.uint8] = field(default_factory=_none)
    train_other_groups: tuple[str, ...] = ()
    test_groups: tuple[str, ...] = ()
    test_files: tuple[str, ...] = ()


def check_images(images: NDArray[np.uint8], name: str) -> None:
    """Raise DataInvalid unless these are images of digits, as many as there may be.

    Parameters
    ----------
    images : ndarray
        (N, 28, 28) uint8, if it is right.
    name : str
        Of file or array, for the error.
    """
    if images.ndim != 3 or images.shape[1:] != (GLYPH_SIDE, GLYPH_SIDE) or images.dtype != np.uint8:
        raise DataInvalid(f"{name}: images are (N, 28, 28) uint8. Received: {images.shape} {images.dtype}")


def check_labels(labels: NDArray[np.uint8], name: str, count: int) -> None:
    """Raise DataInvalid unless these are labels of `count` images; the first one that is wrong is named.

    Parameters
    ----------
    labels : ndarray
        (count,) whole numbers, 0 to 9, if it is right.
    name : str
        Of file or array, for the error.
    count : int
        Images, one or more.
    """
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise DataInvalid(f"{name}: labels are (N,) whole numbers. Received: {labels.shape} {labels.dtype}")
    if len(labels) != count or not count:
        raise DataInvalid(f"{name}: {count} images, {len(labels)} labels")
    wrong = np.flatnonzero((labels < 0) | (labels > 9))
    if len(wrong):
        raise DataInvalid(
            f"{name}: labels are 0 to 9. Received: {labels[wrong[0]]}, label {wrong[0] + 1} of {count}"
        )


def checked_digits(digits: Digits) -> Digits:
    """Return digits as they are, or raise DataInvalid if shapes, labels or a digit are wrong or missing."""
    for kind, images, labels in (
        ("training", digits.train_images, digits.train_labels),
        ("test", digits.test_images, digits.test_labels),
    ):
        check_images(images, digits.origin)
        check_labels(labels, digits.origin, len(images))
        missing = sorted(set(range(10)) - set(np.unique(labels).tolist()))
        if missing:
            raise DataInvalid(f"{digits.origin}: no {kind} image of {', '.join(map(str, missing))}")
    for others in (digits.train_others, digits.test_others):
        check_images(others, f"{digits.origin}, what is no digit")
    return digits
