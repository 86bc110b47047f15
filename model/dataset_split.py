"""A part of the images held out to judge by, so that nothing of one writer or file stands on both sides.

Which images are held out depends on what they show and who wrote them, not on their order or on
where they lie: the same data and seed give the same split on any machine.
"""

import hashlib
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from model.contract import CLASSES, NOT_A_DIGIT
from model.dataset_digits import Digits, checked_digits
from model.errors import DataInvalid

__all__ = [
    "SPLIT_SEED",
    "TEST_SHARE",
    "content_key",
    "hold_out",
    "joined_groups",
    "parted_digits",
    "split_digits",
]

#: Share of each digit's images that is held out where a source has no test part of its own.
TEST_SHARE = 0.2
#: Seed of the choice.
SPLIT_SEED = 0


def content_key(data: bytes) -> str:
    """Return a name for content: two files that hold the same have the same."""
    return hashlib.sha256(data).hexdigest()


def joined_groups(*keys: Sequence[str | None]) -> list[str]:
    """Return one group for each image: images that share any key are of one group.

    Parameters
    ----------
    *keys : sequence of str or None
        Of one kind each (content, writer), one key an image; None where there is none.

    Returns
    -------
    list of str
        The least of the keys that the images of a group have.

    Examples
    --------
    >>> joined_groups(["a", "b", "c"], ["x", "x", None])
    ['0:a', '0:a', '0:c']
    """
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    names = [
        [f"{kind}:{key}" for kind, key in enumerate(row) if key is not None]
        for row in zip(*keys, strict=True)
    ]
    for first, *others in names:
        for other in others:
            low, high = sorted((root(first), root(other)))
            parent[high] = low
    return [root(row[0]) for row in names]


def _counts(labels: Sequence[int], groups: Sequence[Hashable]) -> dict[Hashable, NDArray[np.int64]]:
    """Return how many images of each class each group has."""
    counts: dict[Hashable, NDArray[np.int64]] = defaultdict(lambda: np.zeros(CLASSES, np.int64))
    for label, group in zip(labels, groups, strict=True):
        counts[group][label] += 1
    return counts


def _shuffled(groups: Iterable[Hashable], seed: int) -> list[Hashable]:
    """Return groups in an order that a seed gives, and nothing else."""
    return sorted(groups, key=lambda group: hashlib.sha256(f"{seed}:{group}".encode()).digest())


def hold_out(
    labels: Sequence[int], groups: Sequence[str], *, share: float = TEST_SHARE, seed: int = SPLIT_SEED
) -> NDArray[np.bool_]:
    """Choose images to judge by: whole groups, as near to the share of each digit as they allow.

    Parameters
    ----------
    labels : sequence of int
        0..10, one an image, where 10 is "not a digit".
    groups : sequence of str
        Of each image: what must not be parted.
    share : float
        Of the images of each class, 0 < share < 1.
    seed : int
        Another seed holds out other groups.

    Returns
    -------
    (N,) bool ndarray
        True = held out. Every digit that occurs is on both sides; what is no digit may be on one alone.

    Raises
    ------
    DataInvalid
        Some digit cannot be on both sides; the message names it.
    """
    counts = _counts(labels, groups)
    total = sum(counts.values(), np.zeros(CLASSES, np.int64))
    wanted, held = share * total, np.zeros(CLASSES, np.int64)
    needed = np.flatnonzero(total[:NOT_A_DIGIT])
    order, chosen = _shuffled(counts, seed), set()

    def cost(count: NDArray[np.int64]) -> float:
        """Return how far it is from the share, digit by digit, once `count` is held out, too."""
        return float(np.abs(held + count - wanted).sum())

    def leaves_some(count: NDArray[np.int64]) -> bool:
        return bool((total - held - count > 0)[needed].all())

    for group in order:
        if leaves_some(counts[group]) and cost(counts[group]) < cost(np.zeros(CLASSES, np.int64)):
            chosen.add(group)
            held = held + counts[group]
    for digit in needed:
        if held[digit]:
            continue
        able = [g for g in order if counts[g][digit] and g not in chosen and leaves_some(counts[g])]
        if not able:
            raise DataInvalid(
                f"no {digit} can be held out: a test part needs images of it from other writers or files "
                f"than are trained on"
            )
        best = min(able, key=lambda group: cost(counts[group]))
        chosen.add(best)
        held = held + counts[best]
    return np.array([group in chosen for group in groups], bool)


def parted_digits(
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    groups: Sequence[str],
    held: NDArray[np.bool_],
    origin: str,
) -> Digits:
    """Part labelled images, those of digits and those of what is none, into both sides.

    Parameters
    ----------
    images : (N, 28, 28) uint8 ndarray
        0 = paper, 255 = ink.
    labels : (N,) uint8 ndarray
        0..10, where 10 is "not a digit".
    groups : sequence of str
        What must not be parted.
    held : (N,) bool ndarray
        True = to judge by.
    origin : str
        Where they came from, for the manifest and for errors.

    Raises
    ------
    DataInvalid
        A digit is missing on one side.
    """
    digit, names = labels != NOT_A_DIGIT, np.array(groups, object)
    train, test = ~held & digit, held & digit
    return checked_digits(
        Digits(
            images[train],
            labels[train],
            images[test],
            labels[test],
            origin,
            train_groups=tuple(names[train]),
            train_others=images[~held & ~digit],
            test_others=images[held & ~digit],
            train_other_groups=tuple(names[~held & ~digit]),
        )
    )


def split_digits(
    images: NDArray[np.uint8], labels: Sequence[int], groups: Sequence[str], origin: str
) -> Digits:
    """Split labelled images into those to train on and those to judge by.

    Parameters
    ----------
    images : (N, 28, 28) uint8 ndarray
        0 = paper, 255 = ink.
    labels : sequence of int
        0..10, one an image, where 10 is "not a digit".
    groups : sequence of str
        What must not be parted.
    origin : str
        Where they came from, for the manifest and for errors.

    Raises
    ------
    DataInvalid
        A digit is missing, or cannot be on both sides.
    """
    numbers = np.array(labels, np.uint8)
    absent = sorted(set(range(10)) - set(numbers.tolist()))
    if absent:
        raise DataInvalid(f"{origin}: no image of {', '.join(map(str, absent))}")
    try:
        held = hold_out(numbers.tolist(), groups)
    except DataInvalid as error:
        raise DataInvalid(f"{origin}: {error}") from error
    told = f"{origin}, {TEST_SHARE:.0%} of each digit held out by seed {SPLIT_SEED}"
    return parted_digits(images, numbers, groups, held, told)
