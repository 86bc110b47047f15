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
    sides: dict[str, bool] = {}
    parted = [
        _parts(each, sides, say, first=k == 0, alone=len(ingredients) == 1)
        for k, each in enumerate(ingredients)
    ]
    calibrating = contents(*(array for parts in parted for array in parts["held out"][::2]))
    written: list[Written] = []
    for k, each in enumerate(ingredients):
        rng = np.random.default_rng([seed, 2, k] if k else [seed, 2])
        training = _without(each, parted[k]["training"], calibrating, say, first=k == 0)
        parts = {**parted[k], "training": training}
        ready = {name: _side(rng, parts[name], [other.sides[name] for other in written]) for name in PARTS}
        written.append(Written(each.weight, ready))
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


def _parts(
    each: Ingredient, sides: dict[str, bool], say: Callable[[str], None], *, first: bool, alone: bool
) -> dict[str, _Part]:
    """Part a source; nothing of one part stands in another, nor do files and writers of earlier sources.

    `sides` says of each of these whether it is kept back, and is told of this source's.
    """
    digits = each.digits
    kept, others = _kept(each, sides, say, first=first, alone=alone)
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
    each: Ingredient, sides: dict[str, bool], say: Callable[[str], None], *, first: bool, alone: bool
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Choose what is kept back to calibrate by; the first source lends to others, and needs every digit."""
    digits = each.digits
    kept, others = (np.zeros(len(part), bool) for part in (digits.train_labels, digits.train_others))
    why = "it is all of one writer or file, or its files are trained on with other sources"
    try:
        kept, others = kept_back(digits, every_digit=first)
        others &= kept.any()
    except DataInvalid as error:
        if alone:
            raise
        why = str(error)
    kept = _as_decided(kept, digits.train_groups, sides)
    others = _as_decided(others, digits.train_other_groups, sides)
    if not kept.any():
        say(f"the confidence is fitted without {each.name}: {why}")
    elif kept.all():
        say(f"{each.name}: nothing is left to train on, because the confidence is fitted on its files")
    else:
        say(f"{each.name}: {kept.sum():,} digits of the training are kept back to fit the confidence")
    return kept, others


def _as_decided(kept: NDArray[np.bool_], groups: Sequence[str], sides: dict[str, bool]) -> NDArray[np.bool_]:
    """Put each file or writer on the side that it is on already; tell the sides of those that are new."""
    if not groups:
        return kept
    return np.array(
        [sides.setdefault(group, bool(side)) for group, side in zip(groups, kept, strict=True)], bool
    )


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
