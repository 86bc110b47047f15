"""What the commands that deal with models share."""

import math
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import settings_of

if TYPE_CHECKING:  # not needed for a help text
    from worker.promotion import Registry

__all__ = [
    "MOST_EPOCHS",
    "MOST_LEARNING_RATE",
    "MOST_SEED",
    "MOST_TIMES_AS_WIDE",
    "ModelName",
    "learning_rate",
    "registry_of",
    "times_as_wide",
]

#: Keras takes seeds below 2**32, and a recipe may take the next one as well.
MOST_SEED = 2**32 - 2
#: The longest recipe has sixty; more than this is a slip of the finger, and would take years.
MOST_EPOCHS = 10_000
#: The recipes begin with 0.002; steps of more than this leave nothing of what was learned.
MOST_LEARNING_RATE = 0.1
#: The weights grow with the square of it.
MOST_TIMES_AS_WIDE = 4.0

ModelName = Annotated[
    str,
    typer.Argument(
        metavar="[MODEL]", help="A model's name in the registry, its id, or its folder; else the current one."
    ),
]


def learning_rate(text: str | float) -> float:
    """Return what was typed as the size of steps.

    Raises
    ------
    typer.BadParameter
        It is none.
    """
    shown = str(text)[:40]
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= MOST_LEARNING_RATE:
        raise typer.BadParameter(
            f"it has to be a number above 0, at most {MOST_LEARNING_RATE:g}, such as 0.0005; found {shown!r}"
        )
    return value


def times_as_wide(text: str | float) -> float:
    """Return what was typed as how many times as wide a network is to be.

    Raises
    ------
    typer.BadParameter
        It is none.
    """
    shown = str(text)[:40]
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 1 < value <= MOST_TIMES_AS_WIDE:
        raise typer.BadParameter(
            f"it has to be a number above 1, at most {MOST_TIMES_AS_WIDE:g}, such as 1.5; found {shown!r}"
        )
    return value


def registry_of(ctx: typer.Context) -> "Registry":
    """Return the registry that the settings name."""
    from worker.promotion import Registry

    return Registry(settings_of(ctx).models_dir)
