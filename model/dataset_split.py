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
    "kept_back",
    "parted",
    "split_digits",
]

#: Share of each digit's images that is held out where a source has no test part of its own.
TEST_SHARE = 0.2
#: Seed of the choice.
SPLIT_SEED = 0
#: Of so many training digits one is kept back to calibrate by.
KEPT_BACK_SHARE = 12
#: Seed of that choice: another one, so that it is not the next best after the test part.
KEPT_BACK_SEED = 1


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
    labels: Sequence[int],
    groups: Sequence[str],
    *,
    share: float = TEST_SHARE,
    seed: int = SPLIT_SEED,
    every_digit: bool = True,
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
    every_digit : bool
        Whether every digit that occurs has to be on both sides; else it is enough that some group is on
        either, where there are two.

    Returns
    -------
    (N,) bool ndarray
        True = held out. What is no digit may be on one side alone.

    Raises
    ------
    DataInvalid
        Some digit cannot be on both sides, and has to be; the message names it.
    """
    counts = _counts(labels, groups)
    total = sum(counts.values(), np.zeros(CLASSES, np.int64))
    wanted, held = share * total, np.zeros(CLASSES, np.int64)
    needed = np.flatnonzero(total[:NOT_A_DIGIT]) if every_digit else np.zeros(0, np.intp)
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
                f"no {digit} can be held out: it has to be from other writers or files "
                f"than what is trained on"
            )
        best = min(able, key=lambda group: cost(counts[group]))
        chosen.add(best)
        held = held + counts[best]
    if not chosen and not every_digit and len(order) > 1:
        chosen.add(min(order, key=lambda group: cost(counts[group])))
    return np.array([group in chosen for group in groups], bool)


def parted(
    images: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    groups: Sequence[str],
    held: NDArray[np.bool_],
    origin: str,
    files: Sequence[str] = (),
) -> Digits:
    """Part labelled images, those of digits and those of what is none, as was decided.

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
    files : sequence of str
        The file of each image; empty = they are not of files.

    Returns
    -------
    Digits
        Not checked: a digit may be missing on either side.
    """
    digit, names = labels != NOT_A_DIGIT, np.array(groups, object)
    train, test = ~held & digit, held & digit
    judged = np.concatenate([np.flatnonzero(test), np.flatnonzero(held & ~digit)]) if files else ()
    return Digits(
        images[train],
        labels[train],
        images[test],
        labels[test],
        origin,
        train_groups=tuple(names[train]),
        train_others=images[~held & ~digit],
        test_others=images[held & ~digit],
        train_other_groups=tuple(names[~held & ~digit]),
        test_groups=tuple(names[test]),
        test_files=tuple(files[k] for k in judged),
    )


def split_digits(
    images: NDArray[np.uint8],
    labels: Sequence[int],
    groups: Sequence[str],
    origin: str,
    files: Sequence[str] = (),
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
    files : sequence of str
        The file of each image; empty = they are not of files.

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
    return checked_digits(parted(images, numbers, groups, held, told, files))


def kept_back(digits: Digits, *, every_digit: bool = True) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Choose training images to calibrate by: whole groups where there are any, else the last of each digit.

    Parameters
    ----------
    digits : Digits
        Files without groups hold one writer after the other, so that their last images are, mostly, of
        writers that the others are not of.
    every_digit : bool
        As for :func:`hold_out`, where there are groups.

    Returns
    -------
    digits, others : (N,) and (M,) bool ndarray
        True = kept back: of the training images, and of those of what is no digit.

    Raises
    ------
    DataInvalid
        A digit cannot be both trained on and kept back.
    """
    labels, others = digits.train_labels, len(digits.train_others)
    if not digits.train_groups:
        last = np.zeros(others, bool)
        last[others - others // KEPT_BACK_SHARE :] = True
        return _last_of_each(labels), last
    try:
        held = hold_out(
            [*labels.tolist(), *[NOT_A_DIGIT] * others],
            [*digits.train_groups, *digits.train_other_groups],
            share=1 / KEPT_BACK_SHARE,
            seed=KEPT_BACK_SEED,
            every_digit=every_digit,
        )
    except DataInvalid as error:
        raise DataInvalid(f"{digits.origin}, of what is trained on: {error}") from error
    return held[: len(labels)], held[len(labels) :]


def _last_of_each(labels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    held = np.zeros(len(labels), bool)
    for digit in range(10):
        places = np.flatnonzero(labels == digit)
        if len(places) < 2:
            raise DataInvalid(f"{len(places)} images of {digit}; two or more of each digit are needed")
        held[places[-max(1, len(places) // KEPT_BACK_SHARE) :]] = True
    return held
