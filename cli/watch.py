"""``digitize watch``: read what a scanner drops into a folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import Console
from cli.logs import logs_on
from cli.options import (
    AsJson,
    Jobs,
    NoColor,
    Quiet,
    Verbose,
    console_of,
    path_named,
    settings_of,
)
from cli.reading_options import (
    MaxErrorRate,
    MinConfidence,
    ModelName,
    PdfDpi,
    PrintedNumbers,
    SaveCrops,
    SaveOverlays,
    check_one_threshold,
)
from cli.render import counted
from worker.errors import PagesFailed, UsageError

if TYPE_CHECKING:  # all of these need pydantic, which no help text needs
    from worker.watch_batches import Batches, FinishedBatch
    from worker.watching import FolderWatch

__all__ = ["watch"]


def watch(
    ctx: typer.Context,
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="The folder that is watched.", parser=path_named, show_default=False
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="JOBS_DIR",
            help="Where the jobs go; by default digitize-jobs. Not in the watched folder.",
            parser=path_named,
        ),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Look once, read what is there, and end.")] = False,
    move_to: Annotated[
        Path | None,
        typer.Option(
            "--move-to",
            metavar="DIR",
            help="Move files here once all their pages are read; those that failed stay.",
            parser=path_named,
        ),
    ] = None,
    stable: Annotated[
        float | None,
        typer.Option(
            "--stable", metavar="S", min=0.0, max=3600.0, help="Take a file that was unchanged for S seconds."
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="If the folder was watched with other options, read with these what comes from now on.",
        ),
    ] = False,
    save_overlays: SaveOverlays = False,
    save_crops: SaveCrops = False,
    min_confidence: MinConfidence = None,
    max_error_rate: MaxErrorRate = None,
    printed: PrintedNumbers = None,
    pdf_dpi: PdfDpi = None,
    model: ModelName = None,
    jobs: Jobs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Read what a scanner drops into a folder, each content once, until Ctrl-C or SIGTERM.

    A file is taken when it has stopped growing. What is whole at one moment becomes one job; a
    line is printed for each when it is read.
    """
    from worker.asked_model import asked_model
    from worker.promises import forewarning
    from worker.submission import check_writable, read_options
    from worker.watch_batches import Batches
    from worker.watch_options import settle_options
    from worker.watch_state import watch_state
    from worker.watching import FolderWatch, check_folders

    console = console_of(ctx)
    check_one_threshold(min_confidence, max_error_rate)
    settings = settings_of(
        ctx,
        jobs_dir=output,
        watch_stable_s=stable,
        accept_confidence=min_confidence,
        max_error_rate=max_error_rate,
        printed=printed,
        pdf_dpi=pdf_dpi,
        model=model,
        jobs=jobs,
    )
    check_folders(folder, settings.jobs_dir, move_to)
    check_writable(settings.jobs_dir)
    if settings.broker_url is not None:
        from worker.queue import check_broker

        check_broker(settings)
    options = read_options(settings, save_overlays=save_overlays, save_crops=save_crops)
    asked_model(options.model, max_error_rate=options.max_error_rate, printed=options.printed)
    if told := forewarning(options.model, options.max_error_rate):
        console.warning(told)
    shown = _Shown(console, as_json=as_json)
    with logs_on(console), watch_state(settings.jobs_dir, folder) as state:
        if state is None:
            _tell_of_the_other(folder, console, once=once)
            return
        if settle_options(state, options, folder=folder, jobs_dir=settings.jobs_dir, replace=force):
            console.note("other options than before: what was taken keeps those that it was taken with")
        batches = Batches(folder, state, settings, options, console)
        watching = FolderWatch(
            folder,
            state,
            batches,
            stable_s=settings.watch_stable_s,
            move_to=move_to,
            teller=console,
            on_finished=shown.add,
        )
        _run(watching, batches, console, once=once, folder=folder)
    if once:
        shown.raise_what_failed()


def _run(watching: "FolderWatch", batches: "Batches", console: Console, *, once: bool, folder: Path) -> None:
    """Watch until it is enough, and end in order."""
    try:
        watching.start()
        if once:
            watching.once()
        else:
            console.note(f"watching {folder}; Ctrl-C or SIGTERM ends it")
            watching.for_ever()
    except KeyboardInterrupt:
        left = batches.left_unread()
        if not left:
            console.note("stopped; nothing was being read")
            raise typer.Exit(130 if once else 0) from None
        names = ", ".join(str(path) for path in left)
        console.error(
            f"interrupted; not all pages are read of {names}",
            hint="The next `digitize watch` of this folder goes on with that.",
        )
        raise typer.Exit(130) from None


def _tell_of_the_other(folder: Path, console: Console, *, once: bool) -> None:
    """Say that another program watches the folder, which is nothing unusual where cron starts this.

    Raises
    ------
    UsageError
        This one was to go on for ever.
    """
    said = f"{folder} is watched by another program, with these jobs"
    if not once:
        raise UsageError(said, remedy="End that one, or let it go on.")
    console.note(f"{said}; nothing is done")


class _Shown:
    """Prints the batches that are read, and remembers what failed."""

    def __init__(self, console: Console, *, as_json: bool) -> None:
        self._console = console
        self._as_json = as_json
        self._failed = self._pages = 0

    def add(self, finished: "FinishedBatch") -> None:
        """Print one batch."""
        from cli.output import name_failures
        from cli.render import failure_of, json_head, summary_line

        job, summary = finished.job, finished.summary
        failures = [told for each in finished.failures for told in failure_of(each.file, each.record)]
        if self._as_json:
            self._console.result_json(json_head(job, summary) | {"errors": failures}, in_one_line=True)
        else:
            self._console.result(str(job.path))
        name_failures(failures, job, self._console, rest=f"see {job.path / 'errors.csv'}")
        self._console.note(
            f"{counted(finished.files, 'file')}; "
            + summary_line(summary, summary.seconds, without_page=len(job.failures))
        )
        self._failed += summary.pages.failed
        self._pages += summary.pages.total

    def raise_what_failed(self) -> None:
        """Say by the exit code that pages failed.

        Raises
        ------
        PagesFailed
            They did.
        """
        if self._failed:
            raise PagesFailed(
                f"{self._failed:,} of {counted(self._pages, 'page')} could not be read",
                remedy="errors.csv in the folders of the jobs names each page and its cause.",
            )
