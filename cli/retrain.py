"""``digitize retrain``: train a model from digits, and write it as a folder of its own."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsJson, NoColor, Quiet, Verbose, console_of, path_named
from worker.recipes import RECIPES, without_tensorflow

__all__ = ["retrain"]


def retrain(
    ctx: typer.Context,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="FILE",
            help="Digits to train on, an .npz file as MNIST is; without it MNIST, from where it can be had.",
            parser=path_named,
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="DIR", help="Folder for the new model.", parser=path_named),
    ] = Path("runs/model"),
    recipe: Annotated[
        str,
        typer.Option("--recipe", metavar="NAME", help=f"What is trained, and how: {', '.join(RECIPES)}."),
    ] = RECIPES[0],
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
        raise without_tensorflow()
    from worker.training import run_retrain

    console = console_of(ctx)
    folder = run_retrain(
        data,
        out=output,
        recipe=recipe,
        epochs=epochs,
        seed=seed,
        on_event=console.note,
    )
    if as_json:
        console.result_json({"model": str(folder)})
    else:
        console.result(str(folder))
    console.note(f"use it: digitize submit --model {folder} ...")
