"""``digitize models``: what models there are, and which one reads."""

import typer

__all__ = ["models"]

models = typer.Typer(
    name="models",
    help="See, judge and choose the models that read.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@models.callback()
def _models() -> None:
    """See, judge and choose the models that read."""
