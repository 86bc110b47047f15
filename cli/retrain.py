"""``digitize retrain``: train a model from digits, and write it as a folder of its own."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import Console
from cli.options import AsJson, NoColor, Quiet, Verbose, console_of
from worker.errors import UsageError

if TYPE_CHECKING:
    from worker.training import Event

__all__ = ["retrain"]


def retrain(
    ctx: typer.Context,
    data: Annotated[
        list[Path] | None,
        typer.Option(
            "--data",
            metavar="PATH",
            help="Digits to train on, may be given again; MNIST from where it can be had without.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the new model.")
    ] = Path("runs/model"),
    recipe: Annotated[
        str, typer.Option("--recipe", metavar="NAME", help="What is trained, and how.")
    ] = "default",
    epochs: Annotated[
        int | None,
        typer.Option("--epochs", metavar="N", min=1, help="Passes over the data; by default the recipe's."),
    ] = None,
    seed: Annotated[
        int,
        typer.Option("--seed", metavar="N", min=0, help="The same seed gives the same course of training."),
    ] = 0,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Train a model and write it to a folder that --model and DIGITIZE_MODEL take.

    This needs TensorFlow: pip install '.[train]' in the clone, or make train-env.
    """
    if find_spec("tensorflow") is None:
        raise UsageError(
            "training needs TensorFlow, which is not installed",
            remedy="In the clone: `pip install '.[train]'`, or `make train-env`.",
        )
    from worker.training import run_retrain

    console = console_of(ctx)
    folder = run_retrain(
        data or [],
        out=output,
        recipe=recipe,
        epochs=epochs,
        seed=seed,
        on_event=lambda event: _tell(event, console),
    )
    if as_json:
        console.result_json({"model": str(folder)})
    else:
        console.result(str(folder))
    console.note(f"use it: digitize submit --model {folder} ...")


def _tell(event: "Event", console: Console) -> None:
    """Print how the training goes."""
    console.note(str(event))
