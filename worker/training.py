"""``retrain``: digits from wherever they come become the folder of a model, in one step."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from model.architecture import WIDEST, ReaderWidths
from model.dataset_mix import Ingredient, concatenated
from model.errors import BundleInvalid, DataInvalid, TrainingDiverged, TrainingUnavailable
from model.recipe_folder import Training
from model.recipe_mnist import train_mnist
from model.recipe_original import train_original
from worker.asked_course import AskedCourse
from worker.embedded import usable_cores
from worker.errors import ModelRefused, NoUsableInput, OutputNotWritable, UsageError
from worker.grown_model import check_place, grown_folder
from worker.ingredients import Asked, described, load_ingredients
from worker.ink_recipe import INK_RECIPE, train_ink_recipe
from worker.parent_model import Parent
from worker.reader_training import Plan, Run, train_reader
from worker.recipes import DIGITS_ALONE, RECIPES, not_installed
from worker.signals import deferred_signals
from worker.written_sources import written_sources

__all__ = ["Plan", "run_retrain"]


def run_retrain(
    asked: Sequence[Asked],
    *,
    out: Path,
    recipe: str,
    epochs: int | None,
    seed: int,
    on_event: Callable[[str], None],
    plan: Plan | None = None,
    jobs: int | None = None,
    finish: Callable[[Path, Sequence[Ingredient]], None] | None = None,
    parent: Parent | None = None,
    keep_optimizer: bool = False,
    ink: Path | None = None,
    learning_rate: float | None = None,
    drawing_seed: int | None = None,
    wider: float | None = None,
) -> Path:
    """Train a model and write its folder in one step.

    Parameters
    ----------
    asked : sequence of Asked
        Where the digits come from; nothing = MNIST, from where it can be had.
    out : Path
        Folder of the new model; it must not exist, or be empty.
    recipe : str
        ``default``: the shipped reader. ``original``: the network of the project's origin, trained as there.
        ``mnist``: the same at its best. The last two know digits alone, and cannot read pages.
    epochs : int, optional
        Instead of the recipe's.
    seed : int
        Of training, and of drawing.
    on_event : callable
        Told the progress, a line at a time.
    plan : Plan, optional
        How much is drawn, by default what the shipped model was given.
    jobs : int, optional
        Processes that draw, by default one a core.
    finish : callable, optional
        Given the model's folder and the digits before the folder gets its name: may add files to it.
    parent : Parent, optional
        The model to go on from, by the recipe ``default``; by default a network that knows nothing. By the
        recipe ``ink``, which needs one, the reader that is given a network of ink.
    keep_optimizer : bool
        Whether the state of the optimizer is written beside the model.
    ink : Path, optional
        The model whose network of ink a new reader is given where the one that it goes on from has none.
    learning_rate : float, optional
        Size of the first steps, instead of the recipe's; for what reads pages only.
    drawing_seed : int, optional
        Of what is drawn, where that is not `seed`; for what reads pages only.
    wider : float, optional
        How many times as wide the network is to be as that of `parent`, above 1; for the recipe ``default``.

    Returns
    -------
    Path
        `out`, or a folder beside it where that was filled in the meantime. On failure no folder is left that
        was not there before.

    Raises
    ------
    ModelRefused
        What `parent` holds does not fit the network, or the training came to nothing.
    NoUsableInput
        The digits cannot be used or had.
    OutputNotWritable
        `out` holds something already or cannot be written.
    UsageError
        There is no such recipe, it cannot do what is asked for, or training is not installed.
    """
    course = AskedCourse(seed, epochs, learning_rate, drawing_seed, 1.0 if wider is None else wider)
    _check_recipe(recipe, asked, course, parent=parent, keep_optimizer=keep_optimizer)
    check_place(out)
    # What TensorFlow says of processors and of its own converter is nothing that a user could act on.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        ingredients = load_ingredients(asked, on_event)
        with grown_folder(out, on_event) as growth:
            made = growth.made
            run = Run(plan or Plan(), course.drawn_by, jobs or usable_cores(), on_event)
            details = {"recipe": recipe, "data": " + ".join(each.digits.origin for each in ingredients)}
            if recipe == INK_RECIPE and parent is not None:
                written = written_sources(ingredients, run.seed, on_event)
                train_ink_recipe(made, written, asked, parent, run, {"data": details["data"]}, course=course)
            elif recipe in DIGITS_ALONE:
                _train_alone(made, recipe, ingredients, epochs=epochs, seed=seed, say=on_event)
            else:
                train_reader(
                    made,
                    ingredients,
                    run,
                    details,
                    course=course,
                    parent=parent,
                    keep_optimizer=keep_optimizer,
                    ink=ink,
                )
            if finish is not None:
                finish(made, ingredients)
    except DataInvalid as error:
        raise NoUsableInput(str(error), remedy="docs/data.md says what --data takes.") from error
    except BundleInvalid as error:
        raise ModelRefused(
            str(error), remedy="`digitize models list` shows which models are sound."
        ) from error
    except TrainingDiverged as error:
        raise ModelRefused(str(error), remedy="Begin with smaller steps: --learning-rate.") from error
    except TrainingUnavailable as error:
        raise not_installed(str(error)) from error
    except OSError as error:
        # HDF5 puts paragraphs into what it says of an error.
        why = os.strerror(error.errno) if error.errno else error
        raise OutputNotWritable(f"{out} cannot be written: {why}") from error
    return growth.place


def _check_recipe(
    recipe: str, asked: Sequence[Asked], course: AskedCourse, *, parent: Parent | None, keep_optimizer: bool
) -> None:
    """Refuse what a recipe cannot do, before anything is loaded."""
    if recipe not in RECIPES:
        raise UsageError(f"no recipe {recipe!r}", remedy=f"Recipes: {', '.join(RECIPES)}.")
    if recipe == INK_RECIPE:
        _check_ink(parent, keep_optimizer=keep_optimizer)
    if course.wider > 1 and (parent is None or recipe != RECIPES[0]):
        raise UsageError(
            "--wider widens the network of digits of a model that training goes on from",
            remedy=f"Name the model with --from, with --recipe {RECIPES[0]}.",
        )
    if course.wider > 1 and parent is not None:
        _check_wider(parent, course.wider)
    if recipe not in DIGITS_ALONE:
        return
    if parent is not None or keep_optimizer:
        raise UsageError(
            f"the recipe {recipe} begins with a network that knows nothing, and keeps no optimizer",
            remedy=f"Leave --from and --keep-optimizer away, or take --recipe {RECIPES[0]}.",
        )
    if course.learning_rate is not None or course.drawing_seed is not None:
        raise UsageError(
            f"the recipe {recipe} has steps of its own, and draws nothing",
            remedy=f"Leave --learning-rate and --drawing-seed away, or take --recipe {RECIPES[0]}.",
        )
    if any(source.weight is not None for source in asked):
        raise UsageError(
            f"the recipe {recipe} takes every digit once, whatever its source weighs",
            remedy=f"Leave the weights away, or take --recipe {RECIPES[0]}.",
        )


def _check_wider(parent: Parent, times: float) -> None:
    """Refuse what widens no layer: it would train on silently, without the state of the optimizer."""
    widths = ReaderWidths.from_manifest(parent.bundle.manifest)
    if widths.wider(times) == widths:
        raise UsageError(
            f"--wider {times:g} leaves every layer of {parent.bundle.id} as wide as it is",
            remedy=f"Layers have whole channels, {WIDEST:,} at most: take a larger number, or leave it away.",
        )


def _check_ink(parent: Parent | None, *, keep_optimizer: bool) -> None:
    """Refuse what the network of ink cannot be trained with."""
    if parent is None:
        raise UsageError(
            f"the recipe {INK_RECIPE} gives a network of ink to a reader, and none is named",
            remedy="Name one with --from.",
        )
    if keep_optimizer:
        raise UsageError(
            f"the recipe {INK_RECIPE} begins with a network that knows nothing, and keeps no optimizer",
            remedy="Leave --keep-optimizer away.",
        )


def _train_alone(
    made: Path,
    recipe: str,
    ingredients: Sequence[Ingredient],
    *,
    epochs: int | None,
    seed: int,
    say: Callable[[str], None],
) -> None:
    """Train a network that knows digits alone, on the digits of all sources as they are."""
    digits = concatenated(ingredients)
    left_out = sum(len(each.digits.train_others) for each in ingredients)
    if left_out:
        say(f"{left_out:,} images of what is no digit are left out: the recipe {recipe} knows digits alone")
    details = {"recipe": recipe, "data": digits.origin, "sources": described(ingredients)}
    train = train_original if recipe == "original" else train_mnist
    with deferred_signals() as signals:
        train(Training(made, digits, epochs, seed, details, say, signals.have_come))
