"""The program's commands, and how every error becomes a line and an exit code."""

from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from cli.cancel import cancel
from cli.console import DEVICE_REFUSES, ELSEWHERE, Console
from cli.doctor import doctor
from cli.evaluate import evaluate
from cli.explain import explain
from cli.interrupts import stopped_like_ctrl_c
from cli.lost_terminal import is_terminal_gone
from cli.models import models
from cli.options import LogLines, NoColor, Quiet, Verbose, console_of
from cli.results import results
from cli.resume import resume
from cli.retrain import retrain
from cli.retry import retry
from cli.status import status
from cli.submit import submit
from cli.synth import synth
from cli.watch import watch
from cli.worker import worker
from worker.current_folder import is_gone
from worker.errors import (
    DigitizeError,
    NoUsableInput,
    OutputNotWritable,
    PagesFailed,
    ReviewNeeded,
    UsageError,
)
from worker.shortage import out_of_files, remedy_for
from worker.wording import in_plain_words

__all__ = ["app", "run"]

EPILOG = (
    "Exit codes: 0 all pages read, 1 unexpected, 2 usage, 3 some pages failed, 4 broker unreachable, "
    "5 no usable input, 6 output not writable, 7 settings invalid, 8 model missing or refused, "
    "9 review needed (--strict), 10 object store unreachable, 124 timed out waiting, 130 interrupted."
)

_INTERRUPTED = 130

#: What pages are to blame for, and not the program: a traceback would explain nothing.
_ABOUT_PAGES = (NoUsableInput, PagesFailed, ReviewNeeded)


class _Commands(TyperGroup):
    """The commands; here, and only here, errors become exit codes."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        console = Console()
        code = 1
        try:
            with stopped_like_ctrl_c():
                code = super().main(
                    args, "digitize", complete_var, standalone_mode=False, obj=console, **extra
                )
        except DigitizeError as error:
            console.error(error.message, hint=error.remedy, trace=not isinstance(error, _ABOUT_PAGES))
            code = error.exit_code
        except typer.TyperException as error:
            code = _report_usage(console, error)
        except (typer.Abort, KeyboardInterrupt):
            console.error("interrupted")
            code = _INTERRUPTED
        except SystemExit as error:
            # So ends what prints the help where nobody reads it any more; results are dropped there, too.
            if not isinstance(error.__context__, BrokenPipeError):
                raise
            code = 0
        except OSError as error:
            code = _report_system(console, error)
        except Exception as error:  # noqa: BLE001 - the last place where it can be explained
            code = _report_unexpected(console, error)
        raise SystemExit(code or 0)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; Ctrl-C is said, where Typer would only exit."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise typer.Abort from error


def _report_system(console: Console, error: OSError) -> int:
    """Say that the current folder is gone, or that the place of what is written takes no more, or is gone."""
    if error.filename is None and isinstance(error, FileNotFoundError) and is_gone():
        console.error(
            "the current folder is not there any more, and a path was given from there, or none at all",
            hint="Go to a folder that is there (`cd`), or give each path from / on, that of -o as well.",
            trace=True,
        )
        return UsageError.exit_code
    if is_terminal_gone(error):
        console.drop_everything()  # there is nobody to tell
        return _INTERRUPTED
    if error.errno not in DEVICE_REFUSES:
        return _report_unexpected(console, error)
    console.drop_results()
    console.error(
        f"cannot write {error.filename or 'standard output'}: {error.strerror}",
        hint=OutputNotWritable.remedy_default if error.filename else ELSEWHERE,
        trace=True,
    )
    return OutputNotWritable.exit_code


def _report_unexpected(console: Console, error: Exception) -> int:
    """Say what nobody thought of."""
    shortage = out_of_files(error)
    message = f"unexpected: {type(error).__name__}: {error}"
    hint = remedy_for(shortage) if shortage else DigitizeError.remedy_default
    console.error(message, hint=hint, trace=True)
    return DigitizeError.exit_code


def _report_usage(console: Console, error: typer.TyperException) -> int:
    """Print what is wrong with the command line; without any command the error is the help itself."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "digitize"
    message = in_plain_words(error.format_message())
    if message.startswith("Usage:"):
        console.usage(message)
    else:
        console.error(message, hint=_before_the_command(error) or f"{command} --help")
    return error.exit_code


def _before_the_command(error: typer.TyperException) -> str:
    """Say where an option belongs that this command does not have and the program has; empty for others."""
    context, option = getattr(error, "ctx", None), getattr(error, "option_name", None)
    if context is None or context.parent is None:
        return ""
    root = context.find_root()
    if not any(option in parameter.opts for parameter in root.command.params):
        return ""
    own = context.command_path.removeprefix(f"{root.command_path} ")
    return f"{option} goes before the command: {root.command_path} {option} … {own} …"


app = typer.Typer(
    cls=_Commands,
    name="digitize",
    help="Turn scans and photos of handwritten numbers into a table that can be trusted.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(ctx: typer.Context, value: bool) -> None:
    if value:
        from importlib.metadata import PackageNotFoundError, version

        try:
            console_of(ctx).result(f"digitize {version('digitize')}")
        except PackageNotFoundError:
            console_of(ctx).result("digitize, run from a checkout that is not installed")
        raise typer.Exit


@app.callback()
def digitize(
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
    log_format: LogLines = None,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Turn scans and photos of handwritten numbers into a table that can be trusted."""


for command, summary in (
    (submit, "Read pages and print the numbers on them."),
    (worker, "Take pages from the queue, on any number of machines."),
    (status, "Show how far the jobs are."),
    (results, "Write the results of a job as CSV, JSON or a workbook."),
    (resume, "Read only the pages of a job that have no result."),
    (retry, "Read the pages of a job again that failed."),
    (cancel, "Stop reading a job; what is done stays."),
    (watch, "Read what a scanner drops into a folder."),
    (evaluate, "Compare what a job read with what is written."),
    (explain, "Show in one picture how a number was read."),
    (retrain, "Train a model of your own."),
    (synth, "Draw pages of handwritten numbers to try the reader with."),
    (doctor, "Check the installation and show the settings."),
):
    app.command(short_help=summary)(command)
app.add_typer(models, short_help="See, judge and choose the models that read.")


def run() -> NoReturn:
    """Carry out the command line and raise SystemExit with its code."""
    typer.main.get_command(app).main()
    raise SystemExit(0)
