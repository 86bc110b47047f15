"""Options that say how pages are read and what is accepted: the same for one job and for a watch."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import error_rate_named, path_named
from worker.errors import UsageError
from worker.printed import Printed

__all__ = [
    "MaxErrorRate",
    "MinConfidence",
    "ModelName",
    "PdfDpi",
    "PrintedNumbers",
    "SaveCrops",
    "SaveOverlays",
    "check_one_threshold",
]

SaveOverlays = Annotated[
    bool, typer.Option("--save-overlays", help="Draw what was read onto a copy of each page.")
]
SaveCrops = Annotated[bool, typer.Option("--save-crops", help="Save a picture of each number.")]
MinConfidence = Annotated[
    float | None,
    typer.Option(
        "--min-confidence",
        metavar="F",
        min=0.0,
        max=1.0,
        help="Accept numbers that are at least this sure, 0 to 1; the others are for review.",
    ),
]
MaxErrorRate = Annotated[
    float | None,
    typer.Option(
        "--max-error-rate",
        metavar="RATE",
        help="Accept as many numbers as can be while no larger share of them is wrong: 10/1000, 1% or "
        "0.01. Held on pages like those that the model was judged on; instead of --min-confidence.",
        parser=error_rate_named,
    ),
]
PrintedNumbers = Annotated[
    Printed | None,
    typer.Option(
        "--printed",
        help="Keep printed numbers beside handwritten ones (the default), or drop them: they are read, "
        "counted and left out. Needs a model that tells them apart.",
        show_default=False,
    ),
]
PdfDpi = Annotated[
    int | None,
    typer.Option(
        "--pdf-dpi",
        metavar="N",
        min=36,
        max=1200,
        help="Dots per inch at which pages of a PDF are drawn.",
    ),
]
ModelName = Annotated[
    Path | None,
    typer.Option(
        "--model",
        metavar="MODEL",
        help="Another model than the current one: its name in the registry, or its folder.",
        parser=path_named,
    ),
]


def check_one_threshold(min_confidence: float | None, max_error_rate: float | None) -> None:
    """Make sure that the threshold is picked in one way.

    Raises
    ------
    UsageError
        Both were given.
    """
    if min_confidence is not None and max_error_rate is not None:
        raise UsageError(
            "--min-confidence and --max-error-rate cannot both be given: either picks the threshold",
            remedy="Leave one of them out.",
        )
