"""``digitize submit``: files and folders in, a table out."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import Console
from cli.logs import logs_on
from cli.options import (
    AsJson,
    Jobs,
    LogLines,
    NoColor,
    Quiet,
    Strict,
    Timeout,
    Verbose,
    Wait,
    console_of,
    place_named,
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
from worker.errors import NoUsableInput

if TYPE_CHECKING:  # these need pydantic, which no help text needs
    from worker.inputs import FoundInputs
    from worker.job_folder import ReadOptions
    from worker.jobs import Job
    from worker.records import ModelRecord
    from worker.settings import Settings

__all__ = ["submit"]

#: Job folders that are named one by one where they are passed over.
_JOBS_NAMED = 5


def submit(
    ctx: typer.Context,
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATHS",
            help="Files, folders or globs, here or in an object store (s3://bucket/folder/): "
            "PNG, JPEG, TIFF, PDF, BMP, WebP. In a folder, files that are no pictures are passed over "
            "and counted.",
            parser=place_named,
            show_default=False,
        ),
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help="Job folder, or s3://bucket/folder; if it holds this very job already, it is continued. "
            "By default a new folder in digitize-jobs.",
            parser=place_named,
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="If the job folder holds another job, keep that one under another name and go on."
        ),
    ] = False,
    recursive: Annotated[
        bool, typer.Option("--recursive", "-r", help="Search the folders below a folder, too.")
    ] = False,
    save_overlays: SaveOverlays = False,
    save_crops: SaveCrops = False,
    min_confidence: MinConfidence = None,
    max_error_rate: MaxErrorRate = None,
    printed: PrintedNumbers = None,
    pdf_dpi: PdfDpi = None,
    model: ModelName = None,
    jobs: Jobs = None,
    wait: Wait = True,
    timeout: Timeout = None,
    strict: Strict = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
    log_format: LogLines = None,
) -> None:
    """Read pages and print the numbers on them.

    Without a broker the pages are read here, by all cores. With one (DIGITIZE_BROKER_URL) they
    are queued to the workers. All results are also files in the job folder.
    """
    started_s = time.monotonic()
    from cli.running import check_broker, finish, missing_pages, queue_only, read_missing
    from worker.asked_model import asked_model
    from worker.promises import forewarning
    from worker.submission import read_options

    console = console_of(ctx)
    check_one_threshold(min_confidence, max_error_rate)
    settings = settings_of(
        ctx,
        model=model,
        jobs=jobs,
        pdf_dpi=pdf_dpi,
        accept_confidence=min_confidence,
        max_error_rate=max_error_rate,
        printed=printed,
    )
    check_broker(settings, wait=wait)
    options = read_options(settings, save_overlays=save_overlays, save_crops=save_crops)
    asked = asked_model(options.model, max_error_rate=options.max_error_rate, printed=options.printed)
    if told := forewarning(options.model, options.max_error_rate):
        console.warning(told)
    with logs_on(console):  # another program may hold the folder
        job, is_new = _make_job(
            paths, output, settings, options, asked, console, recursive=recursive, replace=force
        )
    missing = job.every_page() if is_new else missing_pages(job, console)
    if wait or not job.entries:  # where there is no page there is nothing to wait for
        read_missing(job, missing, settings, console, timeout_s=timeout)
        finish(job, console, as_json=as_json, strict=strict, started_s=started_s)
    else:
        queue_only(job, missing, settings, console, as_json=as_json, is_new=is_new)


def _make_job(
    paths: list[str],
    output: str | None,
    settings: "Settings",
    options: "ReadOptions",
    model: "ModelRecord",
    console: Console,
    *,
    recursive: bool,
    replace: bool,
) -> "tuple[Job, bool]":
    """Find the files, count their pages, and make the job or go on with it; say whether it was made."""
    from worker.inputs import find_inputs
    from worker.object_path import place_of
    from worker.page_planning import plan_pages
    from worker.roots import roots_of
    from worker.submission import check_writable, new_folder, open_or_create

    roots, place = roots_of(settings), settings.jobs_dir if output is None else place_of(output)
    if roots is not None:
        roots.check_output(place)
        roots.check_model(options.model)
    check_writable(place)
    found = find_inputs(paths, recursive=recursive, roots=roots)
    _tell_what_was_found(found, console)
    with console.progress("files", len(found.files)) as advance:
        plan = plan_pages(found, options, advance, roots=roots)
    folder = new_folder(settings, paths) if output is None else place
    job, continued = open_or_create(folder, plan, options, model, replace=replace)
    console.note(f"job: {job.path}" + (", continued" if continued else ""))
    return job, not continued


def _tell_what_was_found(found: "FoundInputs", console: Console) -> None:
    """Say what was passed over; without anything to read there is no job.

    Raises
    ------
    NoUsableInput
        There was nothing but empty folders.
    """
    for name in found.empty_folders:
        console.warning(f"{name}: no page in this folder")
    if found.skipped:
        console.note(f"{counted(found.skipped, 'file')} of other kinds passed over")
    if found.not_searched:
        what = counted(found.not_searched, "folder")
        console.note(f"{what} below not searched; -r searches folders below a folder, too")
    if found.jobs:
        named = ", ".join(found.jobs[:_JOBS_NAMED]) + (", …" if len(found.jobs) > _JOBS_NAMED else "")
        what = counted(len(found.jobs), "job folder")
        console.note(f"{what} passed over: {named}; name such a folder to read what else lies in it")
    if not found.files and not found.errors:
        raise NoUsableInput("no page found")
