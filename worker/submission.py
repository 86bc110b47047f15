"""Pages -> a job: choose its folder, and make the job there, or go on with the one that is there already.

Which pages there are is found by :mod:`worker.page_planning`.
"""

import errno
import os
import re
import shlex
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path

from worker.asked_model import model_reference
from worker.durable_folders import make_folder, make_new_folder
from worker.errors import OutputNotWritable
from worker.folder_lock import folder_lock
from worker.job_folder import JOB_FILE, OWN_NAMES, ReadOptions
from worker.job_room import clear, make_room
from worker.jobs import Job
from worker.object_path import ObjectPath, Place, place_of
from worker.page_planning import SubmissionPlan
from worker.places import holds_something, is_there
from worker.read_options import differences
from worker.records import ModelRecord
from worker.settings import Settings

__all__ = ["check_writable", "new_folder", "open_or_create", "read_options"]

#: Characters of the first input's name that are kept in the name of a job.
_STEM_LENGTH = 40

#: What helps, where it is not room, by what the system says.
_AGAINST = {
    errno.EACCES: "Give your user the right to write there (`ls -ld` shows who has it), "
    "or choose another folder with -o.",
    errno.EROFS: "Choose another folder with -o: what is mounted there may only be read.",
}


def read_options(settings: Settings, *, save_overlays: bool = False, save_crops: bool = False) -> ReadOptions:
    """Return how the pages are to be read, as it will stand in the job file.

    Raises
    ------
    ModelRefused
        The name of the model can mean two.
    """
    return ReadOptions(
        pdf_dpi=settings.pdf_dpi,
        max_image_pixels=settings.max_image_pixels,
        max_file_bytes=settings.max_file_bytes,
        max_pages=settings.max_pages,
        save_overlays=save_overlays,
        save_crops=save_crops,
        accept_confidence=settings.accept_confidence,
        max_error_rate=settings.max_error_rate,
        printed=settings.printed,
        model=model_reference(settings),
    )


def new_folder(settings: Settings, paths: Sequence[str | Path]) -> Path:
    """Make an empty folder for a new job, named by time and first input, that nobody else is given.

    Raises
    ------
    OutputNotWritable
        The folder of the jobs cannot be written.
    """
    first = place_of(paths[0]).absolute()
    stem = re.sub(r"[^\w.-]+", "-", first.stem.encode("ascii", "ignore").decode()).strip("-.")[:_STEM_LENGTH]
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{stem or 'job'}"
    make_folder(settings.jobs_dir)
    folder, number = settings.jobs_dir / name, 1
    while not make_new_folder(folder):
        number += 1
        folder = settings.jobs_dir / f"{name}-{number}"
    return folder


def check_writable(folder: Place) -> None:
    """Find out early, before thousands of files are read, that a folder cannot be made or written.

    Raises
    ------
    OutputNotWritable
        It, or the nearest folder above it that is there, is no folder or cannot be written; or the object
        store cannot be written, or could not tell two jobs apart that are made at one moment.
    """
    if isinstance(folder, ObjectPath):
        from worker.durable_objects import check_creating

        check_creating(folder / JOB_FILE)
        return
    place = next(above for above in (folder, *folder.absolute().parents) if _is_there(above))
    if not place.is_dir():
        raise OutputNotWritable(f"{place} is not a folder")
    if not os.access(place, os.W_OK | os.X_OK):
        is_read_only = os.statvfs(place).f_flag & os.ST_RDONLY
        cause = errno.EROFS if is_read_only else errno.EACCES
        raise _not_writable(place, OSError(cause, os.strerror(cause)))


def open_or_create(
    folder: Place, plan: SubmissionPlan, options: ReadOptions, model: ModelRecord, *, replace: bool = False
) -> tuple[Job, bool]:
    """Make the job, or go on with the one that is there if it is the same.

    A job in which no page was ever found, as after a mistyped path, holds nothing and is replaced.

    Parameters
    ----------
    folder : Place
        Of the job.
    plan : SubmissionPlan
        The pages.
    options : ReadOptions
        How to read them.
    model : ModelRecord
        What is to read them, from :func:`worker.asked_model.asked_model`.
    replace : bool
        Whether another job makes room: its folder gets another name, and nothing in it is lost.

    Returns
    -------
    job : Job
    continued : bool
        The folder held this very job already: same pages with the same content, same options, same model.

    Raises
    ------
    OutputNotWritable
        The folder holds another job or the results of something else, or cannot be written.
    """
    if isinstance(folder, ObjectPath):  # there is no lock, and what makes the job needs none
        return _open_or_create(folder, plan, options, model, replace=replace)
    made = not folder.exists()
    make_folder(folder)
    try:
        with folder_lock(folder):
            return _open_or_create(folder, plan, options, model, replace=replace)
    except OSError as error:
        raise _not_writable(folder, error) from error
    except OutputNotWritable:
        if made:
            with suppress(OSError):
                folder.rmdir()
        raise


def _open_or_create(
    folder: Place, plan: SubmissionPlan, options: ReadOptions, model: ModelRecord, *, replace: bool
) -> tuple[Job, bool]:
    """Do so, as often as another program makes a job in between, where no lock holds it up."""
    while True:
        if is_there(folder / JOB_FILE):
            job = Job.open(folder)
            difference = _difference(job, plan, options, model)
            if not difference:
                return job, True
            if not (job.entries or job.has_files()):
                clear(job)
            elif replace:
                make_room(folder)
            else:
                raise OutputNotWritable(
                    f"{folder} holds another job ({difference}); nothing was changed",
                    remedy=f"Choose another folder with -o, or --force to keep that job under another name"
                    f"{_or_finish(job)}.",
                )
        taken = next((name for name in OWN_NAMES if holds_something(folder / name)), None)
        if taken is not None and not is_there(folder / JOB_FILE):
            raise OutputNotWritable(f"{folder} holds no job, but {taken}, which a job would overwrite")
        made = Job.create_unless_there(folder, plan.entries, plan.failures, options, model=model)
        if made is not None:
            return made, False


def _or_finish(job: Job) -> str:
    """Return the other thing that can be done about a job that is in the way: nothing, if it is finished."""
    return f", or finish that job: digitize resume {shlex.quote(str(job.path))}" if job.missing() else ""


def _is_there(path: Path) -> bool:
    """Tell whether something has this name, which has to be one that a file can have."""
    try:
        path.lstat()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise _not_writable(path, error) from error
        return False
    return True


def _not_writable(folder: Path, error: OSError) -> OutputNotWritable:
    """Name the folder and the cause in one line, and what helps against that cause."""
    remedy = _AGAINST.get(error.errno or 0)
    return OutputNotWritable(f"{folder} cannot be written: {error.strerror or error}", remedy=remedy)


def _difference(job: Job, plan: SubmissionPlan, options: ReadOptions, model: ModelRecord) -> str:
    """Say in what the job differs from what is asked for now; empty if in nothing."""
    if not _alike((entry.key for entry in job.entries), (entry.key for entry in plan.entries)):
        return "of other pages"
    if not _alike(job.entries, plan.entries):
        return "of files that have changed since, or were named differently"
    if not _alike((gone.source for gone in job.failures), (gone.source for gone in plan.failures)):
        return "with other files that could not be read"
    if job.options != options:
        return f"with other options: {differences(job.options, options)}"
    return "" if job.asked.model in (None, model) else "with another model"


def _alike(some: Iterable[object], others: Iterable[object]) -> bool:
    """Tell whether the same things stand in the same order, with two of them in memory at a time."""
    nothing = object()
    return all(one == other for one, other in zip_longest(some, others, fillvalue=nothing))
