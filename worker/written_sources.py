"""Sources of digits become what numbers are written with: to train on, to calibrate by, to judge by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.contract import DIGITS
from model.dataset_apart import among, contents
from model.dataset_mix import Ingredient, filled_up
from model.dataset_split import kept_back
from model.errors import DataInvalid
from model.synth.digits import DigitSource
from model.synth.habits import with_habits

__all__ = ["PARTS", "Written", "judging_source", "written_sources"]

#: What each source is split into, in the order in which it is drawn.
PARTS = ("training", "held out", "test")
#: Images, labels, and images of what is no digit.
_Part = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]
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
        At least one; the first holds every digit.
    seed : int
        Of the training.
    say : callable
        Told of a source of which nothing can be kept back to calibrate by, while there are others, and of
        images that are not trained on, because they are kept back elsewhere.

    Raises
    ------
    DataInvalid
        Nothing can be kept back of the only source, or all that the first one has of a digit is.
    """
    parted = [
        _parts(each, say, first=k == 0, alone=len(ingredients) == 1) for k, each in enumerate(ingredients)
    ]
    calibrating = contents(*(array for parts in parted for array in parts["held out"][::2]))
    written: list[Written] = []
    for k, each in enumerate(ingredients):
        rng = np.random.default_rng([seed, 2, k] if k else [seed, 2])
        training = _without(each, parted[k]["training"], calibrating, say, first=k == 0)
        parts = {**parted[k], "training": training}
        sides = {name: _side(rng, parts[name], [other.sides[name] for other in written]) for name in PARTS}
        written.append(Written(each.weight, sides))
    return written


def judging_source(each: Ingredient, first: Ingredient) -> DigitSource | None:
    """Return the test digits of a source to judge by; digits that it lacks are the first one's.

    Parameters
    ----------
    each : Ingredient
        The source.
    first : Ingredient
        Holds every digit.

    Returns
    -------
    DigitSource or None
        None where the source has no test digits.
    """
    own, lender = each.digits, first.digits
    if not len(own.test_labels):
        return None
    images, labels = filled_up(own.test_images, own.test_labels, lender.test_images, lender.test_labels)
    return DigitSource(images, labels, own.test_others)


def _parts(each: Ingredient, say: Callable[[str], None], *, first: bool, alone: bool) -> dict[str, _Part]:
    """Part a source; nothing of one part stands in another."""
    digits = each.digits
    kept, others = _kept(each, say, first=first, alone=alone)
    images, labels = digits.train_images, digits.train_labels
    return {
        "training": (images[~kept], labels[~kept], digits.train_others[~others]),
        "held out": (images[kept], labels[kept], digits.train_others[others]),
        "test": (digits.test_images, digits.test_labels, digits.test_others),
    }


def _without(
    each: Ingredient, training: _Part, calibrating: set[bytes], say: Callable[[str], None], *, first: bool
) -> _Part:
    """Leave out of what is trained on what is calibrated by, of any source; the first needs every digit."""
    images, labels, others = training
    shared, shared_others = among(images, calibrating), among(others, calibrating)
    count = int(shared.sum() + shared_others.sum())
    if not count:
        return training
    gone = sorted(set(labels.tolist()) - set(labels[~shared].tolist()))
    if first and gone:
        raise DataInvalid(
            f"{each.name}: no training image of {', '.join(map(str, gone))} is left without those that the "
            "confidence is fitted on: give the same images once"
        )
    say(f"{each.name}: {count} training images are left out, which the confidence is fitted on")
    return images[~shared], labels[~shared], others[~shared_others]


def _kept(
    each: Ingredient, say: Callable[[str], None], *, first: bool, alone: bool
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Choose what is kept back to calibrate by; the first source lends to others, and needs every digit."""
    nothing = np.zeros(len(each.digits.train_labels), bool), np.zeros(len(each.digits.train_others), bool)
    try:
        kept, others = kept_back(each.digits, every_digit=first)
    except DataInvalid as error:
        if alone:
            raise
        say(f"the confidence is fitted without {each.name}: {error}")
        return nothing
    if not kept.any():
        say(f"the confidence is fitted without {each.name}: it is all of one writer or file")
        return nothing
    return kept, others


def _side(rng: np.random.Generator, part: _Part, lenders: Sequence[DigitSource | None]) -> DigitSource | None:
    """Return one part of a source to write with; None where it has nothing, or lacks what nobody can lend."""
    images, labels, others = part
    if not len(labels):
        return None
    images = with_habits(rng, images, labels, share=HABITS_SHARE)
    lender = next((source for source in lenders if source is not None), None)
    if lender is not None:
        images, labels = filled_up(images, labels, lender.images, lender.labels)
    return DigitSource(images, labels, others) if len(set(labels.tolist())) == len(DIGITS) else None
