"""Some pages of a job that has many, at a byte a page."""

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

from worker.page_entry import PageEntry

if TYPE_CHECKING:
    from worker.jobs import Job

__all__ = ["SomeEntries"]


class SomeEntries(Collection[PageEntry]):
    """Some pages of a job that has many, in input order: a byte a page, and none of them in memory.

    Parameters
    ----------
    job : Job
        The job.
    """

    def __init__(self, job: "Job") -> None:
        self._job = job
        self._taken = bytearray(len(job.entries))

    def take_all(self) -> None:
        """Take every page of the job."""
        self._taken = bytearray(b"\1") * len(self._taken)

    def take(self, place: int) -> None:
        """Take the page at a place of the job's pages, counted from 0."""
        self._taken[place] = 1

    def holds(self, place: int) -> bool:
        """Tell whether the page at a place was taken."""
        return bool(self._taken[place])

    def those(self, choose: Callable[[PageEntry], bool]) -> "SomeEntries":
        """Return those that are chosen, each asked about once and now."""
        chosen = SomeEntries(self._job)
        for place, entry in self._job.chosen(self.holds):
            if choose(entry):
                chosen.take(place)
        return chosen

    def as_bytes(self) -> bytes:
        """Return a byte for each page of the job: 1 for those that were taken."""
        return bytes(self._taken)

    def __len__(self) -> int:
        return self._taken.count(1)

    def __iter__(self) -> Iterator[PageEntry]:
        return (entry for _, entry in self._job.chosen(self.holds))

    def __contains__(self, entry: object) -> bool:
        return any(each == entry for each in self)
