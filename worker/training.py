"""``retrain``: digits are drawn, cut out as reading does, and a network is trained on them."""

import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from model.dataset import Digits, find_mnist
from model.errors import DataInvalid, TrainingUnavailable
from model.synth.digits import DigitSource
from model.train import Glyphs, TrainConfig, train_bundle
from worker.errors import NoUsableInput, OutputNotWritable, SettingsInvalid
from worker.reader_cache import use_one_thread
from worker.specimens import joined, specimens_of_everything

__all__ = ["Event", "Plan", "run_retrain"]

RECIPES = ("default",)


class Event(Protocol):
    """Something worth telling while training; its text is one line."""

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is drawn.

    Attributes
    ----------
    tasks : int
        Pieces of work, spread over the cores, each with its own seed.
    sheets, pages : int
        Of each task.
    held_out_tasks : int
        Tasks drawn with the test digits.
    """

    tasks: int = 26
    sheets: int = 10
    pages: int = 16
    held_out_tasks: int = 2


@dataclass(frozen=True, slots=True)
class Told:
    """A line of progress."""

    text: str

    def __str__(self) -> str:
        return self.text


def _draw(task: tuple[list[int], DigitSource, int, int]) -> Glyphs:
    seed, source, sheets, pages = task
    return specimens_of_everything(np.random.default_rng(seed), source, sheets=sheets, pages=pages)


def _prepare_child() -> None:
    import cv2

    cv2.setNumThreads(1)


def _drawn(
    digits: Digits, plan: Plan, seed: int, jobs: int, on_event: Callable[[Event], None]
) -> tuple[Glyphs, Glyphs]:
    """Draw everything on all cores; the same seed gives the same glyphs on any number of them."""
    train = DigitSource(digits.train_images, digits.train_labels)
    test = DigitSource(digits.test_images, digits.test_labels)
    tasks = [([seed, 0, k], train, plan.sheets, plan.pages) for k in range(plan.tasks)]
    tasks += [([seed, 1, k], test, plan.sheets, plan.pages) for k in range(plan.held_out_tasks)]
    parts = []
    use_one_thread()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_prepare_child) as pool:
        for part in pool.map(_draw, tasks):
            parts.append(part)
            if len(parts) % 4 == 0 or len(parts) == len(tasks):
                count = sum(len(p.labels) for p in parts)
                on_event(Told(f"drawn {len(parts)} of {len(tasks)} parts, {count} glyphs"))
    return joined(parts[: plan.tasks]), joined(parts[plan.tasks :])


def run_retrain(
    data: list[Path],
    *,
    out: Path,
    recipe: str,
    epochs: int | None,
    seed: int,
    on_event: Callable[[Event], None],
    plan: Plan | None = None,
    jobs: int | None = None,
) -> Path:
    """Train a model and write its folder in one step.

    Parameters
    ----------
    data : list of Path
        At most one ``.npz`` of digits; MNIST is looked for without.
    out : Path
        Folder of the new model; it must not exist, or be empty.
    recipe : str
        ``default``: the shipped reader.
    epochs : int, optional
        Instead of the recipe's.
    seed : int
        Of drawing and training.
    on_event : callable
        Told the progress.
    plan : Plan, optional
        How much is drawn, by default what the shipped model was given.
    jobs : int, optional
        Processes that draw, by default one a core.

    Returns
    -------
    Path
        `out`.

    Raises
    ------
    NoUsableInput
        The digits cannot be used or had.
    OutputNotWritable
        `out` holds something already or cannot be written.
    SettingsInvalid
        There is no such recipe, or training is not installed.
    """
    if recipe not in RECIPES:
        raise SettingsInvalid(f"no recipe {recipe!r}", remedy=f"Recipes: {', '.join(RECIPES)}.")
    if len(data) > 1:
        raise NoUsableInput("one file of digits at a time", remedy="Give --data once, with an .npz.")
    if out.exists() and any(out.iterdir()):
        raise OutputNotWritable(f"{out} is not empty", remedy="Choose another folder with -o.")
    config = TrainConfig(seed=seed) if epochs is None else TrainConfig(seed=seed, epochs=epochs)
    try:
        digits = find_mnist(data[0] if data else None, say=lambda text: on_event(Told(text)))
        training, held_out = _drawn(digits, plan or Plan(), seed, jobs or os.cpu_count() or 1, on_event)
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
            made = Path(scratch) / "model"
            made.mkdir()
            details = {"recipe": recipe, "data": digits.origin}
            train_bundle(made, training, held_out, config, details=details, on_epoch=on_event)
            if out.exists():
                out.rmdir()
            shutil.move(made, out)
    except DataInvalid as error:
        raise NoUsableInput(str(error), remedy="Give digits with --data mnist.npz.") from error
    except TrainingUnavailable as error:
        raise SettingsInvalid(str(error), remedy="In the clone: `make train-env`.") from error
    except OSError as error:
        raise OutputNotWritable(f"{out} cannot be written: {error.strerror or error}") from error
    return out
