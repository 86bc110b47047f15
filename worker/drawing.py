"""Glyphs drawn and cut out on all cores: for training, and to judge by."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from model.synth.digits import DigitSource
from model.train import Glyphs
from worker.reader_cache import use_one_thread
from worker.specimens import specimens_of_everything

__all__ = ["DrawingTask", "drawing_pool", "drawn_parts"]

#: Seed, digits to write with, sheets and pages: a piece of work that gives the same wherever it is done.
DrawingTask = tuple[list[int], DigitSource, int, int]


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
    seed, source, sheets, pages = task
    return specimens_of_everything(np.random.default_rng(seed), source, sheets=sheets, pages=pages)


def _prepare_child() -> None:
    import cv2

    cv2.setNumThreads(1)
