"""``digitize explain``: why a number was read as it was, in one picture."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import Console
from cli.options import AsJson, JobName, NoColor, Quiet, Verbose, console_of, path_named, settings_of
from worker.errors import UsageError
from worker.escaping import printable

if TYPE_CHECKING:  # jobs need pydantic, and explaining what reads: no help text needs either
    from worker.explain import Explained
    from worker.jobs import Job

__all__ = ["default_picture", "explain", "show_explanation"]


def explain(
    ctx: typer.Context,
    job: JobName,
    asked: Annotated[
        str,
        typer.Argument(
            metavar="FILE:PAGE:NUMBER",
            help="A page of the job, and a number on it: counted from 1 in reading order, or LINE.NUMBER "
            "as in results.csv, or @X,Y for what stands at that pixel, read or not. Without NUMBER a map "
            "of the page.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write the picture to this PNG file; by default to one in the current folder.",
            parser=path_named,
        ),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    no_color: NoColor = False,
) -> None:
    """Explain how a number of a job was read: ink, cuts, candidates, paths and confidence in one picture.

    The page is read once more, with the model that read it; its file has to be what it was then.
    """
    from worker.jobs import Job
    from worker.locate import find_job

    opened = Job.open(find_job(job, settings_of(ctx)))
    show_explanation(opened, asked, output, console_of(ctx), as_json=as_json)


def show_explanation(
    job: "Job", asked: str, output: Path | None, console: Console, *, as_json: bool = False
) -> None:
    """Write the picture of an explanation, and print what it says.

    Parameters
    ----------
    job : Job
        Which read the page.
    asked : str
        FILE:PAGE:NUMBER.
    output : Path, optional
        File for the picture; by default one in the current folder that is named after the page.
    console : Console
        Prints.
    as_json : bool
        Prints the explanation as JSON rather than in words.

    Raises
    ------
    UsageError
        There is no such file, page or number in the job, or `output` belongs to a job.
    NoUsableInput
        The page's file is gone, or another one by now.
    ModelRefused
        The model that read the page is not there any more.
    OutputNotWritable
        The picture cannot be written.
    """
    from worker.explain import explain as explained_by_reading
    from worker.result_file import check_result_file, result_file

    if output is not None and str(output) == "-":
        raise UsageError("a picture is written to a file", remedy="Name one with -o FILE.png.")
    given = None if output is None else check_result_file(output, job)
    explained = explained_by_reading(job, asked)
    named = default_picture(explained) if output is None else output
    file = check_result_file(named, job) if given is None else given
    with result_file(file) as stream:
        stream.write(explained.png())
    if as_json:
        console.result_json({"picture": str(named), **explained.told.model_dump(mode="json")})
        return
    for line in (*explained.in_words(), f"picture: {named}"):
        console.result(printable(line))


def default_picture(explained: "Explained") -> Path:
    """Return the name of a picture for which none was given: that of the page and the number."""
    told = explained.told
    stem = re.sub(r"[^A-Za-z0-9._-]+", "_", Path(told.file).stem)[:60]
    return Path(f"explained-{stem}-p{told.page}{explained.suffix}.png")
