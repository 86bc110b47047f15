"""What to say of a folder that is no job, of another job than before, or of one whose job file is damaged."""

from pydantic import ValidationError

from worker.errors import UsageError
from worker.object_path import Place
from worker.wording import in_plain_words

__all__ = ["JOB_FILE", "JobReplaced", "no_job"]

#: Name of the file that makes a folder a job.
JOB_FILE = "job.json"


class JobReplaced(UsageError):
    """Another job has come into the folder while a page was read for the one before."""

    remedy_default = "`digitize status` shows that job."


def no_job(folder: Place, error: Exception) -> UsageError:
    """Say that the folder is no job, and why."""
    if isinstance(error, FileNotFoundError):
        return UsageError(
            f"no job in {folder}: {JOB_FILE} is missing",
            remedy="`digitize status` lists the jobs; `digitize submit` makes one.",
        )
    return UsageError(
        f"cannot use {folder / JOB_FILE}: {_cause(error)}",
        remedy="Submit the pages again to another folder.",
    )


def _cause(error: Exception) -> str:
    """Say what is wrong with a job file, and where in it."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if not isinstance(error, ValidationError):
        return "it is damaged"
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    if place == "schema_version":
        return "it was made by a version of the program whose jobs this one does not know"
    why = f": {in_plain_words(first['msg'])}" if first["type"] == "value_error" else ""
    return f"it is damaged, at {place}{why}" if place else f"it is damaged{why}"
