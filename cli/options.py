"""Options that several commands share, and what they do to the console."""

import math
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.console import Console
from worker.log_lines import LogFormat
from worker.object_path import is_url, place_of

if TYPE_CHECKING:  # the settings need pydantic, which no help text needs
    from worker.settings import Settings

__all__ = [
    "AsJson",
    "JobName",
    "Jobs",
    "LogLines",
    "NoColor",
    "Quiet",
    "Strict",
    "Timeout",
    "Verbose",
    "Wait",
    "console_of",
    "error_rate_named",
    "path_named",
    "place_named",
    "settings_of",
    "whole_number",
]


#: A year: what is meant to be longer is meant to be without an end.
_LONGEST_TIMEOUT_S = 365 * 24 * 3600.0
#: No number that any option takes has so many.
_MOST_DIGITS = 18


def console_of(ctx: typer.Context) -> Console:
    """Return the console of this run."""
    console = ctx.find_object(Console)
    return Console() if console is None else console


def settings_of(ctx: typer.Context, **flags: Any) -> "Settings":
    """Load the settings, and warn of variables that look like one and are none.

    Raises
    ------
    SettingsInvalid
        A setting is wrong.
    """
    from worker.masking import mask_for
    from worker.settings import load_settings, unknown_variables

    console = console_of(ctx)
    for name in unknown_variables(os.environ):
        console.warning(f"{name} in the environment is no setting; `digitize doctor` lists them all")
    settings = load_settings(log_format=console.format_asked, **flags)
    console.log_format = settings.log_format
    if settings.broker_url is not None:
        console.mask = mask_for(settings.broker_url.get_secret_value())
    return settings


def path_named(text: str) -> Path:
    """Return what was typed as a path.

    Raises
    ------
    typer.BadParameter
        It is empty, as where a variable of a script is not set: it would be the current folder. Or it is
        a URL, which only some commands take.
    """
    if is_url(text):
        raise typer.BadParameter(
            "this has to be a local path; what lies in an object store is not taken here"
        )
    return Path(place_named(text))


def place_named(text: str) -> str:
    """Return what was typed as a path or a URL, as it was typed.

    Raises
    ------
    typer.BadParameter
        It is empty, or a URL of no object store.
    """
    if not text:
        raise typer.BadParameter("a path must not be empty; the current folder is `.`")
    try:
        place_of(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    return text


def whole_number(least: int, most: int) -> Callable[[str | int], int]:
    """Return what takes a number as typed, by its digits alone: Python reads 1_0 as ten.

    Parameters
    ----------
    least, most : int
        Between which it has to lie, both included.
    """

    def parsed(text: str | int) -> int:
        digits = str(text)
        if not re.fullmatch("-?[0-9]+", digits):
            raise typer.BadParameter(f"it has to be a whole number; found {digits[:40]!r}")
        # A number of more digits than any bound has is not even calculated.
        endless = -math.inf if digits.startswith("-") else math.inf
        value = int(digits) if len(digits) <= _MOST_DIGITS else endless
        if not least <= value <= most:
            bound = f"at least {least}" if value < least else f"at most {most:,}"
            raise typer.BadParameter(f"it has to be {bound}; found {digits[:40]}")
        return int(value)

    return parsed


def error_rate_named(text: str) -> float:
    """Return what was typed as a share of wrong numbers.

    Raises
    ------
    typer.BadParameter
        It is none.
    """
    from worker.error_rate import parse_error_rate

    try:
        return parse_error_rate(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _be_quiet(ctx: typer.Context, value: bool) -> bool:
    console_of(ctx).quiet |= value
    return value


def _be_verbose(ctx: typer.Context, value: bool) -> bool:
    console_of(ctx).verbose |= value
    return value


def _be_plain(ctx: typer.Context, value: bool) -> bool:
    console_of(ctx).color &= not value
    return value


def _speak_so(ctx: typer.Context, value: LogFormat | None) -> LogFormat | None:
    if value is not None:
        console = console_of(ctx)
        console.log_format = console.format_asked = value
    return value


Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Only results, warnings and errors.", callback=_be_quiet),
]
Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Details, and the traceback of an error.", callback=_be_verbose),
]
NoColor = Annotated[
    bool,
    typer.Option(
        "--no-color", help="No colours; NO_COLOR in the environment does the same.", callback=_be_plain
    ),
]
LogLines = Annotated[
    LogFormat | None,
    typer.Option(
        "--log-format",
        help="Lines for people on standard error, or a JSON object a line.",
        callback=_speak_so,
        is_eager=True,
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, metavar="N", help="Worker processes; by default one a core."),
]
JobName = Annotated[
    str,
    typer.Argument(
        metavar="JOB", help="A job's folder or URL, or its name.", parser=place_named, show_default=False
    ),
]
Wait = Annotated[
    bool,
    typer.Option(
        "--wait/--detach", help="Wait for the result, or only queue the pages (this needs a broker)."
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        metavar="S",
        min=0.0,
        max=_LONGEST_TIMEOUT_S,
        help="Stop waiting after so many seconds: exit code 124.",
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 9 when numbers wait for review.")]
