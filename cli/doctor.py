"""``digitize doctor``: what the program finds around it, and what is wrong with it."""

from typing import TYPE_CHECKING

import typer

from cli.console import Console
from cli.options import AsJson, NoColor, Quiet, Verbose, console_of, settings_of

if TYPE_CHECKING:  # the checks need pydantic, which no help text needs
    from worker.doctor import Check
    from worker.settings import Settings

__all__ = ["doctor"]


def doctor(
    ctx: typer.Context,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Check the installation: settings and where they come from, model, broker, folders, versions.

    Exits with the code of the first problem that would keep pages from being read.
    """
    from worker.doctor import examine

    console = console_of(ctx)
    settings = settings_of(ctx)
    checks = examine(settings)
    if as_json:
        _print_json(settings, checks, console)
    else:
        _print_report(settings, checks, console)
    problems = [check for check in checks if check.exit_code]
    for check in problems:
        console.error(check.found, hint=check.remedy)
    if problems:
        raise typer.Exit(problems[0].exit_code)


def _print_report(settings: "Settings", checks: "list[Check]", console: Console) -> None:
    from worker.doctor import settings_in_force

    console.table(("setting", "value", "origin"), settings_in_force(settings))
    console.table(
        ("check", "state", "found"),
        [(check.name, "failed" if check.exit_code else "ok", check.found) for check in checks],
    )


def _print_json(settings: "Settings", checks: "list[Check]", console: Console) -> None:
    from worker.doctor import settings_in_force

    console.result_json(
        {
            "settings": [
                {"name": name, "value": value, "origin": origin}
                for name, value, origin in settings_in_force(settings)
            ],
            "checks": [
                {"name": check.name, "ok": not check.exit_code, "found": check.found} for check in checks
            ],
        }
    )
