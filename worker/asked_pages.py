"""Whether a job asked for a page: a message may name no other.

Without this, whoever can write to the broker could have any picture read into any job.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ValidationError

from worker.job_folder import MOST_JOB_BYTES, JobFolder
from worker.jobs import PageEntry
from worker.no_job import no_job
from worker.regular_file import read_regular

__all__ = ["asks_for"]


class _AskedPage(BaseModel):
    """As much of a page as tells it from all others, in any job."""

    key: str
    path: str
    page: int
    sha256: str | None = None

    def fingerprint(self) -> bytes:
        """Return what is kept of it: the job may have a hundred thousand."""
        told = "\0".join((self.key, self.path, str(self.page), self.sha256 or ""))
        return hashlib.sha256(told.encode()).digest()[:16]


class _AskedPages(BaseModel):
    inputs: tuple[_AskedPage, ...]


def asks_for(folder: JobFolder, entry: PageEntry) -> bool:
    """Tell whether a job's file names this very page, with this content.

    Parameters
    ----------
    folder : JobFolder
        The job. Its file is read once a process.
    entry : PageEntry
        The page.

    Raises
    ------
    UsageError
        The folder is no job, or its file is damaged.
    """
    try:
        status = folder.job_file.stat()
        asked = _fingerprints(folder.job_file, (status.st_ino, status.st_mtime_ns, status.st_size))
    except (OSError, ValidationError) as error:
        raise no_job(folder.path, error) from error
    page = _AskedPage(key=entry.key, path=entry.path, page=entry.page, sha256=entry.sha256)
    return page.fingerprint() in asked


@lru_cache(maxsize=4)
def _fingerprints(job_file: Path, version: tuple[int, int, int]) -> frozenset[bytes]:
    """Return those of all pages; `version` tells two jobs of one name apart."""
    asked = _AskedPages.model_validate_json(read_regular(job_file, most_bytes=MOST_JOB_BYTES))
    return frozenset(page.fingerprint() for page in asked.inputs)
