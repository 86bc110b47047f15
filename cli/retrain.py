"""``digitize retrain``: train a model from digits, judge it, and let it read if it is not worse."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from cli.comparisons_shown import show_comparisons
from cli.logs import logs_on
from cli.models_options import (
    MOST_EPOCHS,
    MOST_LEARNING_RATE,
    MOST_SEED,
    MOST_TIMES_AS_WIDE,
    number_above,
)
from cli.options import (
    AsJson,
    LogLines,
    NoColor,
    Quiet,
    Verbose,
    console_of,
    path_named,
    settings_of,
    whole_number,
)
from worker.errors import UsageError
from worker.recipes import RECIPES, TRAINING_NEEDS, training_without

__all__ = ["retrain"]


def retrain(
    ctx: typer.Context,
    data: Annotated[
        list[str] | None,
        typer.Option(
            "--data",
            metavar="PATH[=WEIGHT]",
            help="Digits to train on: a folder 0/ to 9/ of pictures, with not-a-digit/ beside them for what "
            "is none, an .npz, IDX files, a CSV of file and label, a folder of fonts, or the word mnist; "
            "without it MNIST, from where it can be had. It may be given again; a weight says how much is "
            "drawn with it beside the others, else 1.",
            show_default=False,
        ),
    ] = None,
    corrections: Annotated[
        list[str] | None,
        typer.Option(
            "--from-corrections",
            metavar="JOB[=WEIGHT]",
            help="What was corrected in a job, beside the digits of --data or else MNIST; it may be given "
            "again; weight 0.25 where none is given.",
            show_default=False,
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="MODEL",
            help="Go on from a model: its name in the registry, its id, its folder, or shipped.",
            show_default=False,
        ),
    ] = None,
    keep_optimizer: Annotated[
        bool,
        typer.Option(
            "--keep-optimizer",
            help="Keep the state of the optimizer beside the model, for --from to go on with.",
        ),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help="Folder for the new model, which is then not promoted; by default one in the registry.",
            parser=path_named,
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--name",
            metavar="NAME",
            help="What the model is called in the registry, with a number behind it where that is taken; by "
            "default recipe and hash.",
            show_default=False,
        ),
    ] = None,
    promote: Annotated[
        bool,
        typer.Option(
            "--promote/--no-promote",
            help="Let the new model read from now on if it is not significantly worse than the current one.",
        ),
    ] = True,
    recipe: Annotated[
        str,
        typer.Option(
            "--recipe",
            metavar="NAME",
            help="What is trained, and how. default: the reader, minutes with a few hundred digits, most of "
            "an hour with MNIST. original: the network of the project's origin, and mnist: the same at its "
            "best, for export only, because both know digits alone and cannot read pages. ink: the network "
            "that tells sorts of ink apart, for a reader that there is.",
        ),
    ] = RECIPES[0],
    epochs: Annotated[
        int | None,
        typer.Option(
            "--epochs",
            metavar="N",
            parser=whole_number(1, MOST_EPOCHS),
            help=f"Passes over the data, {MOST_EPOCHS:,} at most; by default 8, after --from 4; with the "
            "recipe original 5, mnist 40, ink 20.",
            show_default=False,
        ),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(
            "--learning-rate",
            metavar="RATE",
            parser=number_above(0, MOST_LEARNING_RATE, "0.0005"),
            help="Size of the first steps, above 0; they fall to nothing along half a cosine. By default the "
            "recipe's, 0.002, and a quarter of that after --from.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(
            "--seed",
            metavar="N",
            parser=whole_number(0, MOST_SEED),
            help="The same seed gives the same course of training.",
        ),
    ] = 0,
    wider: Annotated[
        float | None,
        typer.Option(
            "--wider",
            metavar="TIMES",
            parser=number_above(1, MOST_TIMES_AS_WIDE, "1.5"),
            help="Go on with a network whose layers are so many times as wide as those of --from, 1.5 say: "
            "it begins by saying what that one says, and has room to learn more. Training and reading a "
            "glyph take about the square of that as long.",
            show_default=False,
        ),
    ] = None,
    drawing_seed: Annotated[
        int | None,
        typer.Option(
            "--drawing-seed",
            metavar="N",
            parser=whole_number(0, MOST_SEED),
            help="Draw what another seed draws, so that a round goes on with the glyphs of an earlier one in "
            "another order; by default that of --seed.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
    log_format: LogLines = None,
) -> None:
    """Train a model, judge it beside the current one, and let it read if it is not worse.

    This needs TensorFlow: pip install '.[train]' in the clone, or make train-env.
    """
    # The curves are drawn when all is done: what is missing then would have cost hours.
    if missing := [module for module in TRAINING_NEEDS if find_spec(module) is None]:
        raise training_without(*missing)
    if output is not None and name is not None:
        raise UsageError("--name is for models of the registry, and -o names another folder")
    from worker.candidate import retrain_candidate
    from worker.ingredients import asked_sources
    from worker.promotion import Registry

    console, settings = console_of(ctx), settings_of(ctx)
    ctx.with_resource(logs_on(console))
    candidate = retrain_candidate(
        asked_sources(data or (), corrections or (), settings),
        Registry(settings.models_dir),
        out=output,
        name=name,
        promote=promote,
        recipe=recipe,
        epochs=epochs,
        seed=seed,
        learning_rate=rate,
        drawing_seed=drawing_seed,
        wider=wider,
        parent=start,
        keep_optimizer=keep_optimizer,
        on_event=console.note,
    )
    if as_json:
        console.result_json(candidate.as_json())
        return
    if candidate.comparisons:
        show_comparisons(
            console, candidate.comparisons, against=candidate.against, name="new", subject="the new one"
        )
    console.result(candidate.decision)
    console.result(str(candidate.folder))
    if candidate.remedy:
        console.hint(candidate.remedy)
