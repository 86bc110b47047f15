"""Several sources of digits, each with a weight: shares of the work, and digits that one lends another."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.dataset_digits import Digits

__all__ = ["Ingredient", "concatenated", "dealt", "filled_up"]

#: Images a digit that a source is lent where it has none of it.
LENT = 20


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A source of digits among others.

    Attributes
    ----------
    name : str
        What it is called in figures; no two are called the same.
    digits : Digits
        What it holds.
    weight : float
        How much is drawn with it beside the others, above 0, however many images it holds.
    """

    name: str
    digits: Digits
    weight: float


def dealt(count: int, weights: Sequence[float]) -> list[int]:
    """Deal pieces of work out by weight; everyone gets one at least.

    Parameters
    ----------
    count : int
        Pieces; where there are fewer than weights, there will be as many as these.
    weights : sequence of float
        Above 0.

    Returns
    -------
    list of int
        Pieces of each, by largest remainder.

    Examples
    --------
    >>> dealt(40, [1, 1]), dealt(40, [1, 0.25]), dealt(4, [100, 1]), dealt(1, [1, 1])
    ([20, 20], [32, 8], [3, 1], [1, 1])
    """
    spare = max(count, len(weights)) - len(weights)
    # Relative to the largest: the sum of large ones need not be a number.
    parts = [weight / max(weights) for weight in weights]
    exact = [max(0.0, part / sum(parts) * (spare + len(weights)) - 1) for part in parts]
    scale = spare / sum(exact) if spare else 0.0
    shares = [share * scale for share in exact]
    whole = [int(share + 1e-9) for share in shares]
    order = sorted(range(len(weights)), key=lambda k: (whole[k] - shares[k], k))
    for k in order[: spare - sum(whole)]:
        whole[k] += 1
    return [1 + pieces for pieces in whole]


def concatenated(ingredients: Sequence[Ingredient]) -> Digits:
    """Put sources together, image by image, for what takes digits alone; weights do not count."""
    parts = [each.digits for each in ingredients]
    return Digits(
        np.concatenate([part.train_images for part in parts]),
        np.concatenate([part.train_labels for part in parts]),
        np.concatenate([part.test_images for part in parts]),
        np.concatenate([part.test_labels for part in parts]),
        " + ".join(part.origin for part in parts),
    )


def filled_up(
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    lender_images: NDArray[np.uint8],
    lender_labels: NDArray[np.uint8],
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return digits with some images of another source where one of the ten is missing.

    Corrections rarely hold every digit, and a page is written with all ten.

    Parameters
    ----------
    images, lender_images : (N, 28, 28) and (M, 28, 28) uint8 ndarray
        What there is, and what is lent from: of the same side, so that no image stands on two.
    labels, lender_labels : (N,) and (M,) uint8 ndarray
        0..9.

    Returns
    -------
    images, labels
        Up to :data:`LENT` more for each digit that is missing, from all over the lender's.
    """
    missing = sorted(set(range(10)) - set(labels.tolist()))
    places = [np.flatnonzero(lender_labels == digit) for digit in missing]
    some = [place[np.linspace(0, len(place) - 1, min(LENT, len(place))).astype(int)] for place in places]
    chosen = np.concatenate([np.zeros(0, np.intp), *some])
    return np.concatenate([images, lender_images[chosen]]), np.concatenate([labels, lender_labels[chosen]])
