"""``digitize models evaluate``: how good a model is, as figures and pictures."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.comparisons_shown import show_comparisons
from cli.models_options import ModelName, registry_of
from cli.options import AsJson, NoColor, Quiet, Verbose, console_of, path_named

if TYPE_CHECKING:
    from cli.console import Console

__all__ = ["evaluate_model"]

#: Files of doubtful labels that are printed.
_DOUBTFUL = 20


def evaluate_model(
    ctx: typer.Context,
    model: ModelName = "current",
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="PATH",
            help="Digits to judge by: the test part of all that `digitize retrain --data` takes; "
            "without it the shipped sample.",
            parser=path_named,
            show_default=False,
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="MODEL",
            help="Another model, to compare it with on the same glyphs, as retrain does with the current "
            "one.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help="Folder for evaluation.json and the pictures.",
            parser=path_named,
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Judge a model on drawn glyphs, the same for every model: how many it reads, and what it is worth.

    Pictures need Matplotlib, which comes with the extra `train`; the figures do without.
    """
    from model.judge_pair import Comparison
    from worker.evaluation import evaluate, write_evaluation
    from worker.model_catalog import model_named

    console = console_of(ctx)
    folder = model_named(registry_of(ctx), model)
    other = None if against is None else model_named(registry_of(ctx), against)
    console.note(f"drawing glyphs and judging {folder}")
    found = evaluate(folder, data, against=other, out=output)
    if output is not None:
        console.note(f"figures: {write_evaluation(output, found)}")
        _tell_of_pictures(found, console)
    if as_json:
        console.result_json(found)
        return
    _print_figures(found, console)
    if against is not None:
        sets = [Comparison.from_json(each) for each in found["compared"]["sets"]]
        show_comparisons(console, sets, against=against, name=model, subject=model)


def _tell_of_pictures(found: dict[str, Any], console: "Console") -> None:
    if found["pictures"] is None:
        console.warning("no pictures: Matplotlib is not installed; it comes with the extra `train`")
        return
    for name, path in found["pictures"].items():
        console.note(f"{name}: {path}")


def _print_figures(found: dict[str, Any], console: "Console") -> None:
    """Print what people ask first; the rest is in the JSON and the pictures."""
    console.result(_told_pictures(found["data"]))
    rows = [
        ("digits read right", *_shown(found["digits"])),
        ("digits taken for none", *_shown(found["digits_rejected"])),
        ("no digit, and known as such", *_shown(found["not_a_digit_rejected"])),
        *((f"digit {digit}", *_shown(rate)) for digit, rate in enumerate(found["per_digit"])),
    ]
    console.table(("what", "share", "95 % interval", "glyphs"), rows)
    console.table(
        ("where from", "right", "95 % interval", "called no digit", "glyphs"),
        [
            (entry["sort"], *share[:2], _shown(entry["called_not_a_digit"])[0], share[2])
            for entry in found["by_sort"]
            for share in [_shown(entry["right"])]
        ],
    )
    _print_doubtful(found["mistakes"], console)
    _print_ink(found, console)
    error = 100 * found["expected_calibration_error"]
    console.result(f"expected calibration error: {error:.2f} points")
    for kept in (0.95, 0.9, 0.8):
        point = min(found["error_reject"], key=lambda entry: abs(entry["kept"] - kept))
        console.result(
            f"with the least sure {100 * (1 - point['kept']):.0f} % rejected, "
            f"{100 * point['error']:.2f} % of the others are wrong"
        )


def _told_pictures(data: dict[str, Any]) -> str:
    """Say what is behind the glyphs: few pictures stay few, however often they are drawn."""
    often = round(data["digits"] / max(1, data["pictures"]))
    times = "once" if often <= 1 else f"about {often:,} times"
    return f"{data['pictures']:,} pictures of digits, each drawn {times}; intervals are by picture"


def _print_doubtful(mistakes: list[dict[str, Any]], console: "Console") -> None:
    """Print the files whose label may be wrong, those first that are read otherwise most surely."""
    rows = [
        (each["file"], each["is"], each["taken_for"], f"{each['wrong']:,} of {each['glyphs']:,}")
        for each in mistakes
        if each["label_doubtful"]
    ]
    if rows:
        console.table(("is its label right?", "label", "taken for", "glyphs"), rows[:_DOUBTFUL])
    if len(rows) > _DOUBTFUL:
        console.result(f"and {len(rows) - _DOUBTFUL:,} more files: `mistakes` with --json")


def _print_ink(found: dict[str, Any], console: "Console") -> None:
    """Print what the network of ink makes of the sorts, where there is one."""
    from model.ink_figures import ink_rows

    ink = found["ink"]
    if ink is None:
        console.result("no network of ink")
        return
    console.table(
        ("sort of ink", "squares", "told right", "mostly taken for, else"), ink_rows(ink["confusion"])
    )
    console.result(
        f"of {ink['squares']:,} squares with ink on {ink['pages']} drawn pages "
        f"{100 * ink['right']:.2f} % are told right"
    )


def _shown(rate: dict[str, Any]) -> tuple[str, str, str]:
    """Return a rate as cells: share, interval, count."""
    if rate["share"] is None:
        return "", "", "0"
    interval = f"{100 * rate['low']:.2f} to {100 * rate['high']:.2f} %"
    return f"{100 * rate['share']:.2f} %", interval, f"{rate['count']:,}"
