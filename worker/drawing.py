"""Glyphs drawn and cut out on all cores: for training, and to judge by."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from model.glyphs import Glyphs
from model.recipe_augment import bent
from model.synth.digits import DigitSource
from worker.reader_cache import use_one_thread
from worker.specimens import specimens_of_everything

__all__ = ["DrawingTask", "drawing_pool", "drawn_parts"]


@dataclass(frozen=True, slots=True)
class DrawingTask:
    """A piece of work that gives the same wherever it is done.

    Attributes
    ----------
    seed : list of int
        Of this piece alone.
    source : DigitSource
        What is written with.
    sheets, pages : int
        How much is drawn.
    bent : float
        Share of the digits that are bent before they are written, 0..1: more hands than there are,
        to train on; figures are those of digits as people wrote them.
    """

    seed: list[int]
    source: DigitSource
    sheets: int
    pages: int
    bent: float = 0.0


def drawing_pool(jobs: int) -> ProcessPoolExecutor:
    """Return processes that draw with one thread each."""
    use_one_thread()
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_prepare_child)


def drawn_parts(tasks: Sequence[DrawingTask], jobs: int) -> Iterator[Glyphs]:
    """Yield the glyphs of each task, in their order.

    Parameters
    ----------
    tasks : sequence of DrawingTask
        What is drawn.
    jobs : int
        Processes; 1 = this one. They do not change the result.
    """
    jobs = min(jobs, len(tasks))
    if jobs <= 1:
        yield from map(_draw, tasks)
        return
    with drawing_pool(jobs) as pool:
        yield from pool.map(_draw, tasks)


def _draw(task: DrawingTask) -> Glyphs:
    rng, source = np.random.default_rng(task.seed), task.source
    if task.bent:
        source = replace(source, images=bent(rng, source.images, share=task.bent))
    return specimens_of_everything(rng, source, sheets=task.sheets, pages=task.pages)


def _prepare_child() -> None:
    import cv2

    cv2.setNumThreads(1)
