"""Networks of ink are judged on frozen scenes: drawn with a fixed seed, the same for all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from model.bundle import open_bundle
from model.chatter import native_chatter_hidden
from model.errors import BundleInvalid
from model.ink_figures import ink_figures
from model.ink_runtime import InkSorter
from model.ink_training import BLANK, InkScene, confusion
from model.judge_pair import Comparison, compare
from model.synth.digits import DigitSource
from worker.crew import done_by_crew
from worker.embedded import usable_cores
from worker.errors import ModelRefused
from worker.ink_scenes import SceneTask, drawn_scenes

__all__ = ["INK_SET", "frozen_scenes", "ink_compared", "ink_differs", "ink_judged"]

Told = TypeVar("Told")

#: What the set is called beside those of glyphs.
INK_SET = "squares of ink"
#: Of the drawing; never that of a training.
_SEED = [28_10, 13]
#: Pages that are drawn in one piece of work.
_TASK_PAGES = 6


def ink_differs(current: Path, candidate: Path) -> bool:
    """Tell whether two models both have a network of ink, and not the same one.

    Raises
    ------
    ModelRefused
        A model is missing or damaged.
    """
    before, after = _network(current), _network(candidate)
    return before is not None and after is not None and before != after


def frozen_scenes(pages: int, *, jobs: int | None = None) -> list[InkScene]:
    """Draw pages to judge networks of ink by, with the shipped sample of digits and no fonts but OpenCV's.

    Parameters
    ----------
    pages : int
        How many; the first ones are the same however many follow.
    jobs : int, optional
        Processes, by default one a core; they do not change the result.

    Returns
    -------
    list of InkScene
        As many as were asked for.
    """
    tasks = [
        SceneTask([*_SEED, first // _TASK_PAGES], min(_TASK_PAGES, pages - first), ())
        for first in range(0, pages, _TASK_PAGES)
    ]
    sources = [DigitSource.builtin()] * len(tasks)
    parts = done_by_crew(drawn_scenes, sources, tasks, jobs=jobs or usable_cores())
    return [scene for part in parts for scene in part]


def ink_compared(current: Path, candidate: Path, scenes: list[InkScene]) -> Comparison:
    """Let the networks of ink of two models tell the same squares, and compare them.

    What one page does to its squares, its pen, its paper and its words, it does to all of them: squares of
    one page are lost and won together.

    Parameters
    ----------
    current, candidate : Path
        Model folders, both with a network of ink.
    scenes : list of InkScene
        What is to be told. Not modified.

    Returns
    -------
    Comparison
        As if it were the only set.

    Raises
    ------
    ModelRefused
        A model is missing or damaged, or has no network of ink.
    """
    before, after = (_told_right(folder, scenes) for folder in (current, candidate))
    pages = np.repeat(np.arange(len(scenes)), [int((scene.squares != BLANK).sum()) for scene in scenes])
    return compare(INK_SET, before, after, pages)


def ink_judged(folder: Path, scenes: list[InkScene]) -> dict[str, Any]:
    """Return the figures of a model's network of ink.

    Parameters
    ----------
    folder : Path
        Of a model that has one.
    scenes : list of InkScene
        What is to be told. Not modified.

    Returns
    -------
    dict
        ``pages``, and what :func:`model.ink_figures.ink_figures` gives.

    Raises
    ------
    ModelRefused
        The model is missing or damaged, or has no network of ink.
    """
    return {
        "pages": len(scenes),
        **ink_figures(_with_sorter(folder, lambda sorter: confusion(sorter, scenes))),
    }


def _network(folder: Path) -> bytes | None:
    try:
        return open_bundle(folder).ink
    except BundleInvalid as error:
        raise ModelRefused(str(error)) from error


def _told_right(folder: Path, scenes: list[InkScene]) -> NDArray[np.bool_]:
    """Return of each inked square of all scenes, one after the other, whether its sort is told right."""

    def told(sorter: InkSorter) -> list[NDArray[np.bool_]]:
        return [
            (sorter(scene.planes).argmax(axis=-1) == scene.squares)[scene.squares != BLANK]
            for scene in scenes
        ]

    right = _with_sorter(folder, told)
    return np.concatenate(right) if right else np.zeros(0, np.bool_)


def _with_sorter(folder: Path, use: Callable[[InkSorter], Told]) -> Told:
    """Do something with a model's network of ink; one that does not load or run is refused."""
    content = _network(folder)
    if content is None:
        raise ModelRefused(f"{folder} has no network of ink")
    try:
        with native_chatter_hidden():
            return use(InkSorter(content))
    except (ValueError, RuntimeError) as error:
        raise ModelRefused(f"the network of ink of {folder} does not load: {error}") from error
