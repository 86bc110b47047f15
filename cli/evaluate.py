"""``digitize evaluate``: what a job read, beside what is really written on its pages."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.evaluate_shown import print_evaluation
from cli.explain import show_explanation
from cli.options import AsJson, JobName, NoColor, Quiet, Verbose, console_of, path_named, settings_of
from cli.render import counted
from worker.errors import UsageError

if TYPE_CHECKING:  # jobs need pydantic, which no help text needs
    from cli.console import Console
    from worker.job_evaluation import JobEvaluation
    from worker.jobs import Job
    from worker.page_findings import PageFindings
    from worker.truth import JobTruth
    from worker.worst_pages import Overlay

__all__ = ["CompareBy", "evaluate"]

#: Pages that are named one by one where something is said of many.
_NAMED = 5


class CompareBy(StrEnum):
    """What has to be alike for a number to be right."""

    AUTO = "auto"
    DIGITS = "digits"
    TEXT = "text"


def evaluate(
    ctx: typer.Context,
    job: JobName,
    truth: Annotated[
        Path | None,
        typer.Option(
            "--truth",
            metavar="FILE",
            help="What is written on the pages: a CSV of file and text (also page, line, number, kind), "
            "a truth.json of `digitize synth`, or a results.json that was put right.",
            parser=path_named,
            show_default=False,
        ),
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option(
            "--explain",
            metavar="FILE:PAGE:NUMBER",
            help="Instead of comparing, explain how this number was read, as `digitize explain` does.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help="Folder for evaluation.json, pictures of the figures, and the worst pages; with --explain "
            "the file for its picture.",
            parser=path_named,
            show_default=False,
        ),
    ] = None,
    compare: Annotated[
        CompareBy,
        typer.Option(
            "--compare",
            help="What has to be alike for a number to be right: its digits; its text with signs and "
            "separators; auto: the text where the truth writes such signs.",
        ),
    ] = CompareBy.AUTO,
    any_order: Annotated[
        bool, typer.Option("--any-order", help="The order of the numbers in the truth says nothing.")
    ] = False,
    worst: Annotated[
        int, typer.Option("--worst", metavar="N", min=0, help="How many of the worst pages are named.")
    ] = 10,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Compare what a job read with what is really written on its pages.

    Pages of the truth that could not be read, were not read yet, or are not in the job count as read with
    nothing; pages of the job that are not in the truth are left out; both are told. Pictures of the figures
    need Matplotlib, which comes with the extra `train`.
    """
    from worker.job_evaluation import evaluate_job
    from worker.jobs import Job
    from worker.locate import find_job
    from worker.truth import load_truth, truth_of_job
    from worker.truth_page import tells_signs

    console = console_of(ctx)
    if (truth is None) == (explain is None):
        raise UsageError("either --truth or --explain is needed", remedy="`digitize evaluate --help`.")
    opened = Job.open(find_job(job, settings_of(ctx)))
    if explain is not None:
        show_explanation(opened, explain, output, console, as_json=as_json)
        return
    assert truth is not None
    if output is not None:
        _check_output(output, opened)
    pages = load_truth(truth, any_order=any_order)
    beside = truth_of_job(opened, pages)
    _tell_left_out(beside, console)
    signs = tells_signs(pages) if compare is CompareBy.AUTO else compare is CompareBy.TEXT
    with console.progress("comparing", len(pages)) as advance:
        done = iter(range(1, len(pages) + 1))
        found = evaluate_job(
            opened,
            beside,
            compared="text" if signs else "digits",
            worst=worst,
            on_page=lambda page: advance(next(done), page.truth.file),
        )
    _tell_unread(found, console)
    told = {"job": str(opened.path), "truth": str(truth), **found.as_json()}
    overlays = _add_overlays(told, opened, found)
    told["pictures"] = None
    if output is not None:
        _write(output, told, overlays, console)
    if as_json:
        console.result_json(told)
    else:
        print_evaluation(told, console)


def _check_output(folder: Path, job: "Job") -> None:
    """Find out early that the folder cannot be written, or belongs to a job."""
    from worker.result_file import check_result_file
    from worker.submission import check_writable

    check_result_file(folder / "evaluation.json", job)
    check_writable(folder)


def _tell_left_out(beside: "JobTruth", console: "Console") -> None:
    if beside.not_in_truth:
        pages = counted(len(beside.not_in_truth), "page")
        console.warning(f"{pages} of the job not in the truth, and left out: {_some(beside.not_in_truth)}")


def _tell_unread(found: "JobEvaluation", console: "Console") -> None:
    for code, pages in found.unread.items():
        told = counted(len(pages), "page")
        console.warning(f"{told} of the truth counted as unread ({code}): {_some(pages)}")


def _some(names: "tuple[str, ...] | list[str]") -> str:
    """Return the first names, and that there are more."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _add_overlays(
    told: dict[str, Any], job: "Job", found: "JobEvaluation"
) -> "list[tuple[PageFindings, Overlay]]":
    """Say of each of the worst pages where its overlay lies; those that are not there are drawn."""
    from worker.worst_pages import overlay_of

    overlays = [(page, overlay_of(job, page)) for page in found.worst]
    for entry, (_, overlay) in zip(told["worst"], overlays, strict=True):
        entry["overlay"] = None if overlay.path is None else str(overlay.path)
        entry["why_no_overlay"] = overlay.why_not or None
    return overlays


def _write(
    folder: Path,
    told: dict[str, Any],
    overlays: "list[tuple[PageFindings, Overlay]]",
    console: "Console",
) -> None:
    """Write figures, pictures and the sheet of the worst pages; `told` learns where the pictures are."""
    from model.judge_pictures import can_draw
    from worker.durable_folders import make_folder
    from worker.evaluation import write_evaluation
    from worker.job_pictures import draw_figures
    from worker.worst_pages import write_sheet

    make_folder(folder)
    if can_draw():
        told["pictures"] = {path.stem: str(path) for path in draw_figures(folder, told)}
    else:
        console.warning(
            "no pictures of the figures: Matplotlib is not installed; it comes with the extra `train`"
        )
    if overlays:
        console.note(f"worst pages: {write_sheet(folder, overlays)}")
    console.note(f"figures: {write_evaluation(folder, told)}")
