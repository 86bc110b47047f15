"""``retrain``: digits are drawn, cut out as reading does, and a network is trained on them."""

import multiprocessing
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.bundle import extend_manifest
from model.dataset import Digits, find_mnist
from model.errors import DataInvalid, TrainingUnavailable
from model.recipe_mnist import train_mnist
from model.recipe_original import train_original
from model.synth.digits import DigitSource
from model.synth.habits import with_habits
from model.train import EpochReport, Glyphs, TrainConfig, train_bundle
from worker.calibrating import calibrated, merged, read_drawn_pages
from worker.embedded import usable_cores
from worker.errors import NoUsableInput, OutputNotWritable, UsageError
from worker.reader_cache import use_one_thread
from worker.recipes import DIGITS_ALONE, RECIPES, without_tensorflow
from worker.specimens import joined, specimens_of_everything
from worker.submission import check_writable

__all__ = ["Plan", "run_retrain"]

#: Share of ones that are given a flag, and of sevens that are given a bar.
HABITS_SHARE = 0.3
#: Of so many training digits one is held out to calibrate by.
HELD_OUT_SHARE = 12


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
        Tasks drawn with held-out digits, and as many with the test digits.
    read_tasks, read_pages : int
        Pages that are read to calibrate the confidence, and as many to judge it.
    """

    tasks: int = 40
    sheets: int = 12
    pages: int = 36
    held_out_tasks: int = 4
    read_tasks: int = 6
    read_pages: int = 48


def _draw(task: tuple[list[int], DigitSource, int, int]) -> Glyphs:
    seed, source, sheets, pages = task
    return specimens_of_everything(np.random.default_rng(seed), source, sheets=sheets, pages=pages)


def _prepare_child() -> None:
    import cv2

    cv2.setNumThreads(1)


def _source(rng: np.random.Generator, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> DigitSource:
    """Return digits to write with, in the hands of more countries than MNIST's."""
    return DigitSource(with_habits(rng, images, labels, share=HABITS_SHARE), labels)


def _parted(labels: NDArray[np.uint8]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Part digits into those to train on and those to calibrate by: the last of each digit.

    Files hold one writer after the other, so that a writer mostly stands on one side.
    """
    last = []
    for digit in range(10):
        places = np.flatnonzero(labels == digit)
        if len(places) < 2:
            raise DataInvalid(f"{len(places)} images of {digit}; two or more of each digit are needed")
        last.append(places[-max(1, len(places) // HELD_OUT_SHARE) :])
    held_out = np.sort(np.concatenate(last))
    return np.setdiff1d(np.arange(len(labels)), held_out), held_out


def _sources(digits: Digits, seed: int) -> dict[str, DigitSource]:
    """Return digits to train on, to calibrate by and to judge by."""
    rng = np.random.default_rng([seed, 2])
    images, labels = digits.train_images, digits.train_labels
    rest, last = _parted(labels)
    return {
        "training": _source(rng, images[rest], labels[rest]),
        "held out": _source(rng, images[last], labels[last]),
        "test": _source(rng, digits.test_images, digits.test_labels),
    }


def _pool(jobs: int) -> ProcessPoolExecutor:
    use_one_thread()
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_prepare_child)


def _drawn(
    sources: dict[str, DigitSource], plan: Plan, seed: int, jobs: int, on_event: Callable[[str], None]
) -> list[Glyphs]:
    """Draw everything on all cores; the same seed gives the same glyphs on any number of them."""
    counts = (plan.tasks, plan.held_out_tasks, plan.held_out_tasks)
    tasks = [
        ([seed, part, k], source, plan.sheets, plan.pages)
        for part, (source, count) in enumerate(zip(sources.values(), counts, strict=True))
        for k in range(count)
    ]
    parts: list[Glyphs] = []
    with _pool(jobs) as pool:
        for drawn in pool.map(_draw, tasks):
            parts.append(drawn)
            if len(parts) % 4 == 0 or len(parts) == len(tasks):
                count = sum(len(p.labels) for p in parts)
                on_event(f"drawn {len(parts)} of {len(tasks)} parts, {count} glyphs")
    first, second, _ = np.cumsum(counts)
    return [joined(parts[:first]), joined(parts[first:second]), joined(parts[second:])]


def _calibrate(
    folder: Path,
    sources: dict[str, DigitSource],
    plan: Plan,
    seed: int,
    jobs: int,
    on_event: Callable[[str], None],
) -> None:
    """Fit and judge the confidence of whole numbers, and note both in the manifest."""
    on_event("reading drawn pages to calibrate the confidence")
    outcomes = []
    with _pool(jobs) as pool:
        for part, name in ((3, "held out"), (4, "test")):
            tasks = [
                ([seed, part, k], sources[name], plan.read_pages, folder) for k in range(plan.read_tasks)
            ]
            outcomes.append(merged(list(pool.map(read_drawn_pages, tasks))))
    calibration, metrics = calibrated(*outcomes)
    extend_manifest(folder, calibration=calibration, metrics={"pages": metrics})
    on_event(
        f"of {metrics['numbers_read']} numbers read {metrics['numbers_right']} are right, "
        f"{metrics['accepted']} accepted, {metrics['wrong_among_accepted']} of these wrong"
    )


def _train_reader(
    made: Path,
    digits: Digits,
    config: TrainConfig,
    details: dict[str, str],
    *,
    plan: Plan,
    jobs: int,
    on_event: Callable[[str], None],
) -> None:
    """Train the network that reads paper, on digits that are drawn on it."""

    def tell(report: EpochReport) -> None:
        on_event(str(report))

    sources = _sources(digits, config.seed)
    training, held_out, test = _drawn(sources, plan, config.seed, jobs, on_event)
    train_bundle(made, training, held_out, test, config, details=details, on_epoch=tell)
    _calibrate(made, sources, plan, config.seed, jobs, on_event)


def run_retrain(
    data: Path | None,
    *,
    out: Path,
    recipe: str,
    epochs: int | None,
    seed: int,
    on_event: Callable[[str], None],
    plan: Plan | None = None,
    jobs: int | None = None,
    finish: Callable[[Path, Digits], None] | None = None,
) -> Path:
    """Train a model and write its folder in one step.

    Parameters
    ----------
    data : Path or None
        An ``.npz`` of digits; without one MNIST is looked for.
    out : Path
        Folder of the new model; it must not exist, or be empty.
    recipe : str
        ``default``: the shipped reader. ``original``: the network of the project's origin, trained as there.
        ``mnist``: the same at its best. The last two know digits alone, and cannot read pages.
    epochs : int, optional
        Instead of the recipe's.
    seed : int
        Of drawing and training.
    on_event : callable
        Told the progress, a line at a time.
    plan : Plan, optional
        How much is drawn, by default what the shipped model was given.
    jobs : int, optional
        Processes that draw, by default one a core.
    finish : callable, optional
        Given the model's folder and the digits before the folder gets its name: may add files to it.

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
    UsageError
        There is no such recipe, or training is not installed.
    """
    if recipe not in RECIPES:
        raise UsageError(f"no recipe {recipe!r}", remedy=f"Recipes: {', '.join(RECIPES)}.")
    check_writable(out)
    if out.exists() and any(out.iterdir()):
        raise OutputNotWritable(f"{out} is not empty", remedy="Choose another folder with -o.")
    try:
        digits = find_mnist(data, say=on_event)
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
            made = Path(scratch) / "model"
            made.mkdir()
            details = {"recipe": recipe, "data": digits.origin}
            if recipe in DIGITS_ALONE:
                train = train_original if recipe == "original" else train_mnist
                train(made, digits, epochs=epochs, seed=seed, details=details, say=on_event)
            else:
                config = TrainConfig(seed=seed) if epochs is None else TrainConfig(seed=seed, epochs=epochs)
                plan, jobs = plan or Plan(), jobs or usable_cores()
                _train_reader(made, digits, config, details, plan=plan, jobs=jobs, on_event=on_event)
            if finish is not None:
                finish(made, digits)
            if out.exists():
                out.rmdir()
            shutil.move(made, out)
    except DataInvalid as error:
        raise NoUsableInput(str(error), remedy="Give digits with --data mnist.npz.") from error
    except TrainingUnavailable as error:
        raise without_tensorflow() from error
    except OSError as error:
        raise OutputNotWritable(f"{out} cannot be written: {error.strerror or error}") from error
    return out
