"""Records of pages that could not be read: each with a code that stays and one line that explains."""

from typing import TYPE_CHECKING

from worker.identity import display_name
from worker.records import FailedPage, PageRecord, SourceRecord
from worker.tool import tool_record

if TYPE_CHECKING:
    from worker.job_folder import JobFolder
    from worker.places import Version

__all__ = ["failed_page", "one_line", "record_failure", "why_lost"]


def failed_page(
    *, path: str, code: str, message: str, page: int = 1, sha256: str | None = None
) -> FailedPage:
    """Return the record of a page, or of an input that never became a page, that could not be read.

    Parameters
    ----------
    path : str
        The file, as it is to stand in the tables where there is no entry for it.
    code : str
        Kebab-case, from ``docs/errors.md``.
    message : str
        What is wrong; put on one line.
    page : int
        Counted from 1.
    sha256 : str, optional
        Of the file, where it was read.
    """
    return FailedPage(
        tool=tool_record(),
        source=SourceRecord(path=display_name(path), page=page, sha256=sha256),
        code=code,
        message=one_line(message),
    )


def record_failure(
    folder: "JobFolder", key: str, failure: FailedPage, job_version: "Version | None"
) -> PageRecord:
    """Record that a page could not be read, and return the record that it has then.

    That is another one where somebody else was done with the page meanwhile: a page may be read twice at
    once, and a reading never gives way to a failure.

    Parameters
    ----------
    folder : JobFolder
        The job's.
    key : str
        The page's.
    failure : FailedPage
        What became of it here.
    job_version : Version or None
        From :meth:`JobFolder.version`, before the page was begun; None where that is not known.

    Raises
    ------
    OutputNotWritable
        The folder cannot be written.
    UsageError
        The folder is no job.
    JobReplaced
        It is another one than before, of which this is no result.
    """
    if job_version is not None:
        folder.check_same_job(job_version)
    while not folder.write_record(key, failure, unless_there=True):
        record = folder.read_record(key)
        if record is not None:  # else somebody has taken it away again
            return record
    return failure


def why_lost(max_memory_mb: int) -> str:
    """Return the end of a message about a page that ends its processes: native code seldom says why.

    Parameters
    ----------
    max_memory_mb : int
        What a page was allowed to cost.
    """
    return f"; it may need more memory than max_memory_mb ({max_memory_mb}) allows"


def one_line(text: str) -> str:
    """Return `text` as UTF-8 can hold it, without line breaks and runs of white space."""
    return " ".join(text.encode("utf-8", errors="backslashreplace").decode().split())
