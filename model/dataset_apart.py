"""What is trained on and what is judged by are kept apart, image by image, within and across sources."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from model.dataset_digits import Digits
from model.dataset_mix import Ingredient
from model.errors import DataInvalid

__all__ = ["LEFT_OUT_SHARE", "among", "apart", "contents"]

#: Up to this share of a test part may stand in a training part, and is left out there: collections that
#: people put together hold a handful of images twice. More is a mistake that somebody has to look at.
LEFT_OUT_SHARE = 0.005


def contents(*parts: NDArray[np.uint8]) -> set[bytes]:
    """Return what the images of some parts show, each once.

    Hands and scanners never give all 784 pixels twice, so that the same bytes are the same image.
    """
    return {image.tobytes() for images in parts for image in images}


def among(images: NDArray[np.uint8], wanted: Collection[bytes]) -> NDArray[np.bool_]:
    """Tell of each image whether it is one of the wanted: (N,) bool."""
    return np.array([image.tobytes() in wanted for image in images], bool)


def apart(
    ingredients: Sequence[Ingredient], shipped: NDArray[np.uint8], say: Callable[[str], None]
) -> list[Ingredient]:
    """Return the sources so that none trains on an image that it or another one is judged by.

    Parameters
    ----------
    ingredients : sequence of Ingredient
        As they were loaded.
    shipped : (N, 28, 28) uint8 ndarray
        Images that every model is judged by.
    say : callable
        Told how many images are left out of what is trained on.

    Returns
    -------
    list of Ingredient
        The same, without the training images that are judged by.

    Raises
    ------
    DataInvalid
        More than :data:`LEFT_OUT_SHARE` of a test part is trained on, or too little is left to train on.
    """
    trained = [contents(each.digits.train_images, each.digits.train_others) for each in ingredients]
    judged = [contents(each.digits.test_images, each.digits.test_others) for each in ingredients]
    given_up: list[set[bytes]] = [set() for _ in ingredients]
    for one, other in product(range(len(ingredients)), repeat=2):
        common = trained[one] & judged[other]
        if len(common) > LEFT_OUT_SHARE * len(judged[other]):
            raise DataInvalid(_twice(ingredients[one], ingredients[other], len(common), one == other))
        given_up[one] |= common
    found = []
    for each, images, seen in zip(ingredients, trained, given_up, strict=True):
        if seen:
            say(f"{each.name}: {len(seen)} training images are left out, which a test part holds, too")
        if sample := images & contents(shipped):
            say(f"{each.name}: {len(sample)} training images are left out, by which every model is judged")
        found.append(replace(each, digits=_without(each, seen | sample)))
    return found


def _twice(one: Ingredient, other: Ingredient, count: int, same: bool) -> str:
    if same:
        return f"{one.name} is judged by {count} images that it trains on: take them out of one of its parts"
    return (
        f"{other.name} is judged by {count} images that {one.name} trains on: "
        "give the same images once, or put both into one source"
    )


def _without(each: Ingredient, images: set[bytes]) -> Digits:
    """Return a source's digits without some training images; every digit that was there has to stay."""
    digits = each.digits
    if not images:
        return digits
    kept, others = ~among(digits.train_images, images), ~among(digits.train_others, images)
    labels = digits.train_labels[kept]
    if gone := sorted(set(digits.train_labels.tolist()) - set(labels.tolist())):
        raise DataInvalid(
            f"{each.name}: no training image of {', '.join(map(str, gone))} is left "
            "without those that models are judged by"
        )
    return replace(
        digits,
        train_images=digits.train_images[kept],
        train_labels=labels,
        train_groups=_chosen(digits.train_groups, kept),
        train_others=digits.train_others[others],
        train_other_groups=_chosen(digits.train_other_groups, others),
    )


def _chosen(groups: Sequence[str], kept: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(group for group, stays in zip(groups, kept, strict=True) if stays) if groups else ()
