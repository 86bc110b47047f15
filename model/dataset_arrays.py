"""Arrays of labelled digits that somebody else framed: whether their images can be what they should be.

Pictures are looked at one by one when they are framed. Arrays are taken as they are, so that whatever is
wrong with all of them would be trained on, and judged by images that are wrong in the same way.
"""

import numpy as np
from numpy.typing import NDArray

from model.dataset_digits import check_images, check_labels
from model.dataset_split import content_key
from model.errors import DataInvalid

__all__ = ["check_arrays"]

#: Grey values: ink of a set reaches the first at least, and an image has a range of the second at least.
LEAST_INK, LEAST_RANGE = 128, 12
#: Grey value that no more than half of the edge of all images is above: there is paper, which is black.
MOST_PAPER = 127


def check_arrays(images: NDArray[np.uint8], labels: NDArray[np.uint8], name: str) -> None:
    """Raise DataInvalid unless these are labelled images of digits, light ink on black.

    Parameters
    ----------
    images : ndarray
        (N, 28, 28) uint8, 0 = paper, 255 = ink, if it is right. Not modified.
    labels : ndarray
        (N,) whole numbers, 0 to 9, if it is right. Not modified.
    name : str
        Of file or array, for the error.
    """
    check_images(images, name)
    check_labels(labels, name, len(images))
    _check_ink(images, name)
    _check_contents(images, labels, name)


def _check_ink(images: NDArray[np.uint8], name: str) -> None:
    """Refuse another range of values, dark ink on light, and the first image with nothing on it."""
    darkest, lightest = int(images.min()), int(images.max())
    if darkest == lightest:
        raise DataInvalid(f"{name}: nothing is on any image: every pixel is {lightest}")
    if lightest < LEAST_INK:
        raise DataInvalid(
            f"{name}: ink is 255 and paper 0. Received: {darkest} to {lightest}; "
            f"multiply the images by {255 // lightest}"
        )
    edges = (images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1])
    if np.median(np.concatenate(edges)) > MOST_PAPER:
        raise DataInvalid(f"{name}: the images are dark on light; turn them round: 255 - images")
    empty = np.flatnonzero(np.ptp(images, axis=(1, 2)) < LEAST_RANGE)
    if len(empty):
        raise DataInvalid(
            f"{name}: nothing is on the image at index {empty[0]}"
            + (f", nor on {len(empty) - 1} others" if len(empty) > 1 else "")
        )


def _check_contents(images: NDArray[np.uint8], labels: NDArray[np.uint8], name: str) -> None:
    """Refuse one image that is said to be two digits."""
    first: dict[str, int] = {}
    for place, image in enumerate(images):
        other = first.setdefault(content_key(image.tobytes()), place)
        if labels[other] != labels[place]:
            raise DataInvalid(
                f"{name}: the images at the indices {other} and {place} are the same, "
                f"but labelled {labels[other]} and {labels[place]}"
            )
