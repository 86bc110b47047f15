"""What the commands that deal with models share."""

import math
from collections.abc import Callable
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
    "number_above",
    "registry_of",
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


def number_above(least: float, most: float, example: str) -> Callable[[str | float], float]:
    """Return what takes a number as typed.

    Parameters
    ----------
    least, most : float
        It has to be above the first, and at most the second.
    example : str
        One that can be meant, for whoever typed something else.
    """

    def parsed(text: str | float) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not least < value <= most:
            raise typer.BadParameter(
                f"it has to be a number above {least:g}, at most {most:g}, such as {example}; "
                f"found {str(text)[:40]!r}"
            )
        return value

    return parsed


def registry_of(ctx: typer.Context) -> "Registry":
    """Return the registry that the settings name."""
    from worker.promotion import Registry

    return Registry(settings_of(ctx).models_dir)
