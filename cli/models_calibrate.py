"""``digitize models calibrate``: the confidence of a model fitted and judged anew, without training."""

from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Annotated

import typer

from cli.models_options import MOST_SEED, ModelName, registry_of
from cli.options import (
    AsJson,
    Jobs,
    NoColor,
    Quiet,
    Verbose,
    console_of,
    path_named,
    settings_of,
    whole_number,
)

__all__ = ["calibrate_model"]

#: Weeks of reading.
MOST_PAGES = 1_000_000


def calibrate_model(
    ctx: typer.Context,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help="Folder for the copy of the model that has the new confidence.",
            parser=path_named,
            show_default=False,
        ),
    ],
    model: ModelName = "current",
    data: Annotated[
        list[str] | None,
        typer.Option(
            "--data",
            metavar="PATH[=WEIGHT]",
            help="What the model was trained on, in the order in which `digitize retrain` was given it; only "
            "what was kept back of it is used. Without it MNIST.",
            show_default=False,
        ),
    ] = None,
    corrections: Annotated[
        list[str] | None,
        typer.Option(
            "--from-corrections",
            metavar="JOB[=WEIGHT]",
            help="Corrected jobs that the model was trained on.",
            show_default=False,
        ),
    ] = None,
    judged_pages: Annotated[
        int | None,
        typer.Option(
            "--judged-pages",
            metavar="N",
            parser=whole_number(1, MOST_PAGES),
            help="Pages that are drawn and read to judge it; the more, the less need be allowed to go wrong. "
            "By default as many as in training.",
        ),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(
            "--seed",
            metavar="N",
            parser=whole_number(0, MOST_SEED),
            help="The same seed gives the same pages.",
        ),
    ] = 0,
    jobs: Jobs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Fit the confidence of a model anew on drawn pages, and judge what it can promise; its network stays.

    For a model that was trained before it was judged for --max-error-rate, or to judge it on more pages.
    """
    from model.bundle import open_bundle
    from worker.error_rate import curve_found
    from worker.ingredients import asked_sources
    from worker.model_catalog import model_named
    from worker.promises import promises
    from worker.recalibration import recalibrated
    from worker.training_plan import Plan

    console, plan = console_of(ctx), Plan()
    if judged_pages is not None:
        plan = replace(plan, judged_tasks=ceil(judged_pages / plan.read_pages))
    folder = recalibrated(
        model_named(registry_of(ctx), model),
        asked_sources(data or (), corrections or (), settings_of(ctx)),
        out=output,
        seed=seed,
        on_event=console.note,
        plan=plan,
        jobs=jobs,
    )
    curve = curve_found(open_bundle(folder))
    if as_json:
        best = None if curve is None else curve.best()
        told = {
            "best_error_rate": None if best is None else best.rate,
            "best_kept": None if best is None else best.kept,
            "error_curve": None if curve is None else curve.as_manifest(),
        }
        console.result_json({"model": str(folder), **told})
        return
    if curve is not None:
        console.table(("wrong at most", "accepted from", "kept"), promises(curve))
    console.result(str(folder))
