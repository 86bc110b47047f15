"""Models are judged on frozen glyphs: drawn with fixed seeds, cut out as reading does, the same for all.

The shipped sample of digits, which no model was trained on, is always among them; the test digits
of a user's own data are a set of their own, so that getting better at one hand does not hide getting
worse at all others.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.chatter import native_chatter_hidden
from model.classify import Classifier
from model.contract import NOT_A_DIGIT, to_batch
from model.errors import BundleInvalid
from model.glyphs import Glyphs, joined
from model.judge_pair import TEST, Comparison, compare, corrected
from model.synth.digits import DigitSource
from worker.drawing import DrawingTask, drawn_parts
from worker.embedded import usable_cores
from worker.errors import ModelRefused
from worker.no_model import WHOLE_AGAIN

__all__ = [
    "FrozenPlan",
    "answers_of",
    "compared",
    "described_data",
    "fingerprint",
    "frozen_glyphs",
]

#: Of the drawing; never that of a training.
FROZEN_SEED = 28_10


@dataclass(frozen=True, slots=True)
class FrozenPlan:
    """How much is drawn to judge by.

    Attributes
    ----------
    tasks : int
        Pieces of work, spread over the cores, each with its own seed.
    sheets, pages : int
        Of each task.
    ink_pages : int
        Pages on which networks of ink are judged.
    """

    tasks: int = 4
    sheets: int = 8
    pages: int = 16
    ink_pages: int = 24


def frozen_glyphs(
    source: DigitSource, *, part: int = 0, plan: FrozenPlan | None = None, jobs: int | None = None
) -> Glyphs:
    """Draw glyphs to judge by: the same digits give the same glyphs, whoever is judged.

    Parameters
    ----------
    source : DigitSource
        Digits that no judged model was trained on.
    part : int
        Tells several drawings apart.
    plan : FrozenPlan, optional
        How much.
    jobs : int, optional
        Processes, by default one a core; they do not change the result.

    Returns
    -------
    Glyphs
        Digits, and pieces that are none.
    """
    plan = plan or FrozenPlan()
    tasks = [DrawingTask([FROZEN_SEED, part, k], plan.sheets, plan.pages) for k in range(plan.tasks)]
    return joined(drawn_parts([source] * len(tasks), tasks, jobs or usable_cores()))


def fingerprint(glyphs: Glyphs) -> str:
    """Return a hash of glyphs and labels: equal for equal data, so that figures can be compared."""
    digest = hashlib.sha256(np.ascontiguousarray(glyphs.images).tobytes())
    digest.update(np.ascontiguousarray(glyphs.labels, np.int64).tobytes())
    return digest.hexdigest()


def answers_of(folder: Path, glyphs: Glyphs) -> NDArray[np.float32]:
    """Return what a model says to each glyph.

    Parameters
    ----------
    folder : Path
        Of the model.
    glyphs : Glyphs
        Not modified.

    Returns
    -------
    (N, CLASSES) float32 ndarray
        Probabilities, tempered as in reading.

    Raises
    ------
    ModelRefused
        The model is missing or damaged.
    """
    try:
        with native_chatter_hidden():
            return Classifier.load(folder).predict(to_batch(glyphs.images))
    except BundleInvalid as error:
        raise ModelRefused(str(error), remedy=WHOLE_AGAIN) from error


def compared(
    current: Path,
    candidate: Path,
    drawings: Mapping[str, Glyphs],
    on_event: Callable[[str], None] = lambda _: None,
    *,
    besides: Sequence[Comparison] = (),
    said: Mapping[str, NDArray[np.float32]] | None = None,
) -> tuple[Comparison, ...]:
    """Let two models classify the same glyphs, and compare them set by set.

    Parameters
    ----------
    current, candidate : Path
        Model folders.
    drawings : mapping of str to Glyphs
        What is drawn, by what comes before the names of its two sets: digits, and pieces that are none.
    on_event : callable
        Told what is done.
    besides : sequence of Comparison
        What else the two were compared on, such as the network of ink.
    said : mapping of str to (N, CLASSES) float32 ndarray, optional
        What the candidate is known to say to some of `drawings`, which it need not be asked again.

    Returns
    -------
    tuple of Comparison
        One for each set, `besides` at the end, with p-values that are corrected for their number.

    Raises
    ------
    ModelRefused
        A model is missing or damaged.
    """
    comparisons = []
    for prefix, glyphs in drawings.items():
        on_event(f"judging both models on {len(glyphs.labels):,} glyphs")
        known = None if said is None else said.get(prefix)
        answers = (answers_of(current, glyphs), answers_of(candidate, glyphs) if known is None else known)
        before, after = (each.argmax(axis=1) == glyphs.labels for each in answers)
        digit = glyphs.labels != NOT_A_DIGIT
        for name, chosen in (("digits", digit), ("not a digit", ~digit)):
            comparisons.append(compare(prefix + name, before[chosen], after[chosen], glyphs.origins[chosen]))
    on_event(f"p: {TEST}")
    return corrected([*comparisons, *besides])


def described_data(glyphs: Glyphs, origin: str) -> dict[str, Any]:
    """Return what figures have to say of the data behind them."""
    return {
        "origin": origin,
        "seed": FROZEN_SEED,
        "glyphs": len(glyphs.labels),
        "digits": int((glyphs.labels != NOT_A_DIGIT).sum()),
        "pictures": glyphs.pictures,
        "sha256": fingerprint(glyphs),
    }
