"""Glyphs drawn and cut out on all cores: for training, and to judge by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from model.glyphs import Glyphs
from model.recipe_augment import bent
from model.synth.digits import DigitSource
from worker.crew import done_by_crew
from worker.specimens import specimens_of_everything

__all__ = ["DrawingTask", "drawn_parts"]


@dataclass(frozen=True, slots=True)
class DrawingTask:
    """A piece of work that gives the same wherever it is done.

    Attributes
    ----------
    seed : list of int
        Of this piece alone.
    sheets, pages : int
        How much is drawn.
    bent : float
        Share of the digits that are bent before they are written, 0..1: more hands than there are,
        to train on; figures are those of digits as people wrote them.
    """

    seed: list[int]
    sheets: int
    pages: int
    bent: float = 0.0


def drawn_parts(
    sources: Sequence[DigitSource],
    tasks: Sequence[DrawingTask],
    jobs: int,
    on_done: Callable[[Glyphs], None] = lambda _: None,
) -> list[Glyphs]:
    """Return the glyphs of each task, in their order.

    Parameters
    ----------
    sources : sequence of DigitSource
        What is written with in each task.
    tasks : sequence of DrawingTask
        What is drawn.
    jobs : int
        Processes; 1 = this one. They do not change the result.
    on_done : callable
        Told the glyphs of each task when they are there.
    """
    return done_by_crew(_draw, sources, tasks, jobs=jobs, on_done=on_done)


def _draw(source: DigitSource, task: DrawingTask) -> Glyphs:
    rng = np.random.default_rng(task.seed)
    if task.bent:
        source = replace(source, images=bent(rng, source.images, share=task.bent))
    return specimens_of_everything(rng, source, sheets=task.sheets, pages=task.pages)
