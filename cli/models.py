"""``digitize models``: what models there are, how good they are, and which one reads."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.folding import clipped, folded
from cli.logs import logs_on
from cli.models_calibrate import calibrate_model
from cli.models_evaluate import evaluate_model
from cli.models_export import export_model
from cli.models_options import ModelName, registry_of
from cli.options import AsJson, NoColor, Quiet, Verbose, console_of

if TYPE_CHECKING:  # none of these is needed for a help text
    from cli.console import Console
    from model.registry import Change
    from worker.promotion import Registry

__all__ = ["models"]

#: What a cell of the list shows of what a manifest may say at any length; JSON has all of it.
_MOST_OF_RECIPE, _MOST_OF_DATA = 40, 400

models = typer.Typer(
    name="models",
    help="See, judge and choose the models that read.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@models.callback()
def _models(ctx: typer.Context) -> None:
    """See, judge and choose the models that read."""
    ctx.with_resource(logs_on(console_of(ctx)))


@models.command("list", short_help="List the models, and say which one reads.")
def list_models(
    ctx: typer.Context,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """List the shipped model and those of the registry, and say which one reads.

    Under `digits`: how many it read of digits that are the same for every model; empty where it was not
    judged by these.
    """
    from dataclasses import asdict

    from worker.model_catalog import listed

    console, registry = console_of(ctx), registry_of(ctx)
    entries = listed(registry)
    if as_json:
        console.result_json([asdict(entry) for entry in entries])
        return
    rows = [
        (
            entry.name,
            "current" if entry.current else "",
            clipped(entry.recipe, _MOST_OF_RECIPE),
            "" if entry.digit_accuracy is None else f"{100 * entry.digit_accuracy:.2f} %",
            clipped(folded(entry.data) if not entry.problem else f"refused: {entry.problem}", _MOST_OF_DATA),
        )
        for entry in entries
    ]
    console.table(("model", "reads", "recipe", "digits", "data"), rows)
    console.note(f"registry: {registry.folder}")


@models.command("show", short_help="Show what is known of a model, and the history of promotions.")
def show_model(
    ctx: typer.Context,
    model: ModelName = "current",
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Show what is known of a model, every file of which is checked, and the history of promotions."""
    from worker.model_catalog import described, history
    from worker.promises import promises_of

    console, registry = console_of(ctx), registry_of(ctx)
    known, changes = described(registry, model), history(registry)
    if as_json:
        console.result_json({**known, "history": changes})
        return
    console.table(("what", "value"), _facts(known))
    if promised := promises_of(known["manifest"]):
        console.result("")
        console.table(("wrong at most", "accepted from", "kept"), promised)
    if changes:
        console.result("")
        console.table(("at", "action", "model", "reason"), [tuple(change.values()) for change in changes])


def _facts(known: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what people want to know of a model, one fact a row."""
    manifest = known["manifest"]
    rows = [
        ("model", known["name"] + (" (current)" if known["current"] else "")),
        ("folder", known["folder"]),
        ("id", str(manifest["id"])),
        ("sha256", known["sha256"]),
    ]
    for section in ("recipe", "data", "parent", "training", "metrics", "calibration", "versions"):
        rows += _flat(section, manifest.get(section))
    return rows


def _flat(name: str, value: Any) -> list[tuple[str, str]]:
    """Return a section of a manifest as rows; lists, such as curves and tables, are left to --json."""
    if isinstance(value, dict):
        return [row for key, inner in value.items() for row in _flat(f"{name}.{key}", inner)]
    if value is None or isinstance(value, list):
        return []
    return [(name, f"{value:.5g}" if isinstance(value, float) else folded(str(value)))]


@models.command("promote", short_help="Let a model read from now on.")
def promote(
    ctx: typer.Context,
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="A model's name in the registry, its id, its folder (which is copied), or shipped.",
            show_default=False,
        ),
    ],
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why; it is kept in the history.")
    ] = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Let a model read from now on: in running jobs, too, between one page and the next.

    Jobs that were given a model by --model keep it. Nothing is judged here: `digitize models
    evaluate` does that.
    """
    from worker.admission import promote_named

    console, registry = console_of(ctx), registry_of(ctx)
    _tell(registry, promote_named(registry, model, reason=reason), console, as_json=as_json)


@models.command("rollback", short_help="Let the model read that did so before the last promotion.")
def rollback(
    ctx: typer.Context,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why; it is kept in the history.")
    ] = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Let the model read that did so before the last promotion; again, the one before that."""
    console, registry = console_of(ctx), registry_of(ctx)
    _tell(registry, registry.roll_back(reason=reason), console, as_json=as_json)


def _tell(registry: "Registry", change: "Change", console: "Console", *, as_json: bool) -> None:
    """Say which model reads from now on."""
    if as_json:
        console.result_json({"current": change.model.name, "registry": str(registry.folder)})
    else:
        console.result(change.model.name)
    console.note("it reads from now on; running jobs take it up with their next page")


models.command(
    "export", short_help="Write a model for other programs: Keras, TensorFlow, LiteRT, ONNX, browsers."
)(export_model)
models.command("calibrate", short_help="Fit the confidence of a model anew, without training.")(
    calibrate_model
)
models.command("evaluate", short_help="Judge how good a model is, by figures and pictures.")(evaluate_model)
