"""Which job is meant: a folder, or the name of one among the jobs."""

import os
from pathlib import Path

from worker.errors import UsageError
from worker.job_folder import JOB_FILE
from worker.settings import Settings

__all__ = ["find_job", "list_jobs"]


def find_job(named: Path, settings: Settings) -> Path:
    """Return the folder of a job.

    Parameters
    ----------
    named : Path
        A job's folder, or its name in the folder of the jobs.
    settings : Settings
        Say where the jobs are.

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
