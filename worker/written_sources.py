"""Sources of digits become what numbers are written with: to train on, to calibrate by, to judge by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.dataset_digits import Digits
from model.dataset_mix import Ingredient
from model.dataset_split import kept_back
from model.errors import DataInvalid
from model.synth.digits import DigitSource
from model.synth.habits import with_habits

__all__ = ["PARTS", "Written", "written_sources"]

#: What each source is split into, in the order in which it is drawn.
PARTS = ("training", "held out", "test")
#: Share of ones that are given a flag, and of sevens that are given a bar.
HABITS_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Written:
    """A source, ready to be written with.

    Attributes
    ----------
    weight : float
        How much is drawn with it beside the others.
    sides : dict of str to DigitSource or None
        By :data:`PARTS`; None where the source has nothing for it.
    """

    weight: float
    sides: dict[str, DigitSource | None]


def written_sources(
    ingredients: Sequence[Ingredient], seed: int, say: Callable[[str], None]
) -> list[Written]:
    """Part each source, and give its digits the hands of more countries.

    Parameters
    ----------
    ingredients : sequence of Ingredient
        At least one.
    seed : int
        Of the training.
    say : callable
        Told of a source of which nothing can be kept back to calibrate by, while there are others.

    Raises
    ------
    DataInvalid
        Nothing can be kept back of the only source.
    """
    return [
        Written(each.weight, _sides(each, [seed, 2, k] if k else [seed, 2], say, alone=len(ingredients) == 1))
        for k, each in enumerate(ingredients)
    ]


def _sides(
    each: Ingredient, seed: list[int], say: Callable[[str], None], *, alone: bool
) -> dict[str, DigitSource | None]:
    digits, rng = each.digits, np.random.default_rng(seed)
    kept, others = _kept(each, say, alone=alone)
    sides: dict[str, DigitSource | None] = dict.fromkeys(PARTS)
    sides["training"] = _side(rng, digits, ~kept, ~others)
    if kept.any():
        sides["held out"] = _side(rng, digits, kept, others)
    if len(digits.test_labels):
        images = with_habits(rng, digits.test_images, digits.test_labels, share=HABITS_SHARE)
        sides["test"] = DigitSource(images, digits.test_labels, digits.test_others)
    return sides


def _kept(
    each: Ingredient, say: Callable[[str], None], *, alone: bool
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Choose what is kept back to calibrate by."""
    try:
        return kept_back(each.digits)
    except DataInvalid as error:
        if alone:
            raise
        say(f"the confidence is fitted without {each.name}: {error}")
    return np.zeros(len(each.digits.train_labels), bool), np.zeros(len(each.digits.train_others), bool)


def _side(
    rng: np.random.Generator, digits: Digits, chosen: NDArray[np.bool_], others: NDArray[np.bool_]
) -> DigitSource:
    """Return some of the training digits to write with."""
    images, labels = digits.train_images[chosen], digits.train_labels[chosen]
    drawn = with_habits(rng, images, labels, share=HABITS_SHARE)
    return DigitSource(drawn, labels, digits.train_others[others])
