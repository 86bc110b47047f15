"""Which job is meant: a folder, or the name of one among the jobs."""

import os
from pathlib import Path

from worker.errors import UsageError
from worker.job_folder import JOB_FILE
from worker.no_job import no_job
from worker.object_path import ObjectPath, Place, place_of
from worker.places import is_there
from worker.settings import Settings

__all__ = ["find_job", "find_local_job", "list_jobs"]


def find_job(named: str | Place, settings: Settings) -> Place:
    """Return the folder of a job.

    Parameters
    ----------
    named : str or Place
        A job's folder or URL, or its name in the folder of the jobs.
    settings : Settings
        Say where the jobs are.

    Raises
    ------
    UsageError
        There is no such job.
    StoreUnreachable
        It is a URL, and the store gives no answer.
    """
    place = place_of(named)
    if isinstance(place, ObjectPath):
        try:
            if is_there(place / JOB_FILE):
                return place
        except OSError as error:
            raise no_job(place, error) from error
        raise UsageError(f"no job at {place}", remedy="`digitize submit PATHS -o s3://…` makes one.")
    return find_local_job(place, settings)


def find_local_job(named: Path, settings: Settings) -> Path:
    """Return the folder of a job as :func:`find_job` does, where no URL is taken.

    Raises
    ------
    UsageError
        There is no such job.
    """
    for folder in (named, settings.jobs_dir / named):
        # A name may be too long to be one: os.path tells, where a Path raises.
        if os.path.isfile(folder / JOB_FILE):  # noqa: PTH113
            return folder
    raise UsageError(
        f"no job '{named}', neither as a folder nor in {settings.jobs_dir}",
        remedy="`digitize status` lists the jobs.",
    )


def list_jobs(settings: Settings) -> list[Path]:
    """Return the folders of all jobs that were given no folder of their own, by name."""
    return sorted(file.parent for file in settings.jobs_dir.glob(f"*/{JOB_FILE}"))
