"""How far a job is, told again and again at a cost that does not grow with the pages that are done."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import gt
from typing import TYPE_CHECKING

from worker.object_path import ObjectPath
from worker.page_records import Outcome, outcome_of
from worker.record_listing import RecordListing
from worker.records import PageRecord
from worker.some_entries import SomeEntries

if TYPE_CHECKING:
    from worker.jobs import Job, PageEntry

__all__ = ["Progress", "ProgressWatcher"]

#: Pages that are looked for in each look: the first of those that were missing, because pages are mostly
#: done in the order in which they wait, and some of the others, going round. It takes some ten milliseconds.
_FRONT, _AROUND = 500, 250


@dataclass(frozen=True)
class Progress:
    """How far a job is, in pages; an input that led to no page counts as one failed page.

    ``blank`` are those of ``read`` that hold no number.
    """

    total: int
    read: int
    blank: int
    failed: int
    missing: int

    @property
    def done(self) -> int:
        """Pages that have a result, good or bad."""
        return self.read + self.failed


class ProgressWatcher:
    """Tells how far a job is, opening each page file that is a result only once.

    The first look goes through all pages, further ones look for some hundred of those that are missing: one
    that is done out of turn may be counted a few looks later. A page costs a byte.

    Parameters
    ----------
    job : Job
        The job.
    on_done : callable
        Called with each page that is found done, in input order while it is the first look.
    wanted : collection of PageEntry, optional
        The pages that are waited for, by default all: they are looked for before the others.
    """

    def __init__(
        self,
        job: "Job",
        on_done: "Callable[[PageEntry, PageRecord], None]" = lambda *_: None,
        *,
        wanted: "Collection[PageEntry] | None" = None,
    ) -> None:
        self._job = job
        self._on_done = on_done
        self._is_done = bytearray(len(job.entries))
        self._front: dict[int, PageEntry] = {}
        self._around: Iterator[tuple[int, PageEntry]] = iter(())
        self._counts: dict[Outcome, int] = {"read": 0, "blank": 0, "failed": len(job.failures)}
        self._missing = len(job.entries)
        self._wanted = None if wanted is None else _places_of(wanted, job)
        self._look = self._look_at_all

    def look(self) -> Progress:
        """Look into the folder and tell how far the job is now.

        Raises
        ------
        OutputNotWritable
            The folder cannot be looked into.
        """
        self._look()
        return Progress(
            total=len(self._is_done) + len(self._job.failures),
            read=self._counts["read"] + self._counts["blank"],
            blank=self._counts["blank"],
            failed=self._counts["failed"],
            missing=self._missing,
        )

    @property
    def wanted_missing(self) -> bool:
        """Whether one of the pages that are waited for was not done at the last look."""
        if self._wanted is None:
            return self._missing > 0
        return any(map(gt, self._wanted, self._is_done))

    def _look_at_all(self) -> None:
        self._job.look_into()
        for place, (entry, record) in enumerate(self._job.records()):
            self._note(place, entry, record)
        self._look = self._look_at_listed if isinstance(self._job.path, ObjectPath) else self._look_at_some

    def _look_at_listed(self) -> None:
        """Look for all that are missing: what an object store has is listed, and only that is asked for."""
        there = RecordListing(self._job)
        missing = self._job.chosen(lambda place: not self._is_done[place])
        found = [(place, entry) for place, entry in missing if entry.key in there]
        records = self._job.fetched((entry for _, entry in found), there)
        for (place, entry), (_, record) in zip(found, records, strict=True):
            self._note(place, entry, record)

    def _look_at_some(self) -> None:
        self._look_for_these([*self._front.items()])
        left = _AROUND
        while left > 0 and self._missing > len(self._front):
            some = [*islice(self._around, left)]
            if not some:
                self._around = self._job.chosen(lambda place: not self._is_done[place])
                some = [*islice(self._around, left)]
            left -= len(some) - self._look_for_these(some)

    def _look_for_these(self, some: "Sequence[tuple[int, PageEntry]]") -> int:
        """Look which of these pages are done, and return how many are."""
        self._job.look_into(entry.key for _, entry in some)
        return sum(self._look_for(place, entry) for place, entry in some)

    def _look_for(self, place: int, entry: "PageEntry") -> bool:
        """Look whether a page is done, and count it if it is."""
        if self._is_done[place]:
            return True
        return self._note(place, entry, self._job.read_record(entry.key, entry.sha256))

    def _note(self, place: int, entry: "PageEntry", record: PageRecord | None) -> bool:
        """Count a page if it is done."""
        if record is None:
            if len(self._front) < _FRONT and (self._wanted is None or self._wanted[place]):
                self._front[place] = entry
            return False
        self._front.pop(place, None)
        self._is_done[place] = 1
        self._missing -= 1
        self._counts[outcome_of(record)] += 1
        self._on_done(entry, record)
        return True


def _places_of(wanted: "Collection[PageEntry]", job: "Job") -> bytes:
    """Return a byte for each page of a job: 1 for those that are wanted."""
    if isinstance(wanted, SomeEntries):
        return wanted.as_bytes()
    keys = {entry.key for entry in wanted}
    return bytes(entry.key in keys for entry in job.entries)
