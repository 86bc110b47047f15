"""``digitize models export``: the model for Keras, TensorFlow, LiteRT, ONNX and browsers."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.models_options import ModelName, registry_of
from cli.options import AsJson, NoColor, Quiet, Verbose, console_of, path_named
from worker.export_formats import EXPORT_FORMATS

if TYPE_CHECKING:  # not needed for a help text
    from model.export.formats import ExportReport

__all__ = ["export_model"]


def export_model(
    ctx: typer.Context,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help=f"One of {', '.join(EXPORT_FORMATS)}.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help="File to write; for savedmodel and tfjs a folder.",
            parser=path_named,
            show_default=False,
        ),
    ],
    model: ModelName = "current",
    digits: Annotated[
        Path | None,
        typer.Option(
            "--digits",
            metavar="PATH",
            help="Digits to compare on: the test part of all that `digitize retrain --data` takes; "
            "without it a sample that is built in.",
            parser=path_named,
            show_default=False,
        ),
    ] = None,
    tfjs: Annotated[
        Path | None,
        typer.Option(
            "--tfjs",
            metavar="FILE",
            help="TensorFlow.js, to try an export to tfjs with; else what `make tfjs` fetches.",
            parser=path_named,
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Write a model in another format, for programs that are not digitize.

    Before it is there it is loaded back in its own runtime and compared with Keras on a thousand
    digits. This needs TensorFlow: pip install '.[train,export]' in the clone, or make train-env.
    """
    from worker.recipes import not_installed

    if find_spec("tensorflow") is None:
        raise not_installed("exports need TensorFlow, which is not installed")
    from dataclasses import asdict

    from worker.model_catalog import model_named
    from worker.model_export import LIBRARY, run_export

    console = console_of(ctx)
    folder = model_named(registry_of(ctx), model)
    report = run_export(folder, format_, output, digits=digits, library=tfjs or LIBRARY)
    if as_json:
        console.result_json({"path": str(output), **asdict(report)})
    else:
        console.result(str(output))
    for line in _told(report):
        console.note(line)


def _told(report: "ExportReport") -> list[str]:
    """Say what was compared, in a line or two."""
    lines = [
        f"{report.model}, loaded back and compared with Keras: largest difference "
        f"{report.largest_difference:.1e}; of {report.data} "
        f"{100 * report.accuracy:.2f} % read right, by Keras {100 * report.keras_accuracy:.2f} %"
    ]
    if report.us_per_digit is not None:
        beside = (
            f", in float {report.float_us_per_digit:.0f}" if report.float_us_per_digit is not None else ""
        )
        lines.append(f"one thread: {report.us_per_digit:.0f} microseconds a digit{beside}")
    return lines
