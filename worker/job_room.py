"""Room for a job in a folder that holds another one; called while the folder is locked."""

import logging
import os
from itertools import count
from pathlib import Path

from worker.durable_folders import make_folder
from worker.errors import OutputNotWritable
from worker.job_folder import TABLES
from worker.jobs import Job
from worker.object_path import Place
from worker.places import remove

__all__ = ["clear", "make_room"]

log = logging.getLogger(__name__)


def make_room(folder: Place) -> None:
    """Give a job's folder another name, and make an empty one in its place.

    Raises
    ------
    OutputNotWritable
        It cannot be renamed; in an object store nothing that holds many objects can.
    """
    if not isinstance(folder, Path):
        raise OutputNotWritable(
            f"{folder} holds another job, and an object store cannot give that another name",
            remedy="Name another place with -o.",
        )
    folder = folder.resolve()
    asides = (folder.with_name(f"{folder.name}.replaced-{number}") for number in count(1))
    aside = next(path for path in asides if not os.path.lexists(path))
    try:
        folder.rename(aside)
    except OSError as error:
        raise OutputNotWritable(f"cannot rename {folder}: {error.strerror or error}") from error
    log.warning("the job that was in %s is kept as %s", folder, aside)
    make_folder(folder)  # with which both names outlive a power cut, as do the files within


def clear(job: Job) -> None:
    """Take away a job without pages: its file goes last, so that a half-done clearing can be done again."""
    try:
        for name in TABLES:
            remove(job.path / name)
        if isinstance(job.pages, Path) and job.pages.exists():
            job.pages.rmdir()
        remove(job.job_file)
    except OSError as error:
        raise OutputNotWritable(f"{job.path} cannot be written: {error.strerror or error}") from error
