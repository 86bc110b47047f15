"""Reading failed pages again: each waits like one that was never read, its failure kept until then.

The record of a failed page gets another name beside its place. So the page is missing, as `resume`,
workers and tables understand it, and whatever happens next, its earlier failure is not lost: it
stands in the tables until there is a new record, which takes it away.
"""

from collections.abc import Collection

from worker.durable import rename_durably
from worker.jobs import Job, PageEntry
from worker.list_file import ListFile
from worker.records import FailedPage
from worker.some_entries import SomeEntries

__all__ = ["failed_entries", "set_failures_aside"]


def failed_entries(job: Job) -> Collection[PageEntry]:
    """Return the pages that could not be read, in input order.

    Those are among them that wait to be read again since an earlier retry, which may have been stopped.
    """
    some = SomeEntries(job)
    for place, (_, record, earlier) in enumerate(job.outcomes()):
        if earlier is not None or isinstance(record, FailedPage):
            some.take(place)
    return some if isinstance(job.entries, ListFile) else tuple(some)


def set_failures_aside(job: Job, entries: Collection[PageEntry]) -> Collection[PageEntry]:
    """Let failed pages count as missing.

    Parameters
    ----------
    job : Job
        The job.
    entries : collection of PageEntry
        From :func:`failed_entries`.

    Returns
    -------
    collection of PageEntry
        Those that are missing now; a page that somebody else has read in the meantime is not.

    Raises
    ------
    OutputNotWritable
        A record cannot be renamed.
    """
    if isinstance(entries, SomeEntries):
        return entries.those(lambda entry: _set_aside(job, entry))
    return tuple(entry for entry in entries if _set_aside(job, entry))


def _set_aside(job: Job, entry: PageEntry) -> bool:
    """Put one record aside, if it is still that of a failure."""
    path, aside = job.record_path(entry.key), job.earlier_path(entry.key)
    if isinstance(job.read_record(entry.key), FailedPage):
        try:
            rename_durably(path, aside)
        except FileNotFoundError:  # another retry was quicker
            return True
        if job.earlier_failure(entry.key) is None:
            # It was read, and its record replaced, in this very moment.
            rename_durably(aside, path)
            return False
    return job.read_record(entry.key) is None
