"""What the commands that deal with models share."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import settings_of

if TYPE_CHECKING:  # not needed for a help text
    from worker.promotion import Registry

__all__ = ["MOST_EPOCHS", "MOST_SEED", "ModelName", "registry_of"]

#: Keras takes seeds below 2**32, and a recipe may take the next one as well.
MOST_SEED = 2**32 - 2
#: The longest recipe has sixty; more than this is a slip of the finger, and would take years.
MOST_EPOCHS = 10_000

ModelName = Annotated[
    str,
    typer.Argument(
        metavar="[MODEL]", help="A model's name in the registry, its id, or its folder; else the current one."
    ),
]


def registry_of(ctx: typer.Context) -> "Registry":
    """Return the registry that the settings name."""
    from worker.promotion import Registry

    return Registry(settings_of(ctx).models_dir)
