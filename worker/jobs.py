"""Jobs: what was asked, what is done, what is missing. The folder is the truth.

A job is made once by :meth:`Job.create` and never changed after that; progress is what
lies in its ``pages`` folder. Losing the queue loses nothing. A job may have more pages than
belong in memory: they are gone through, and never gathered.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Self

from pydantic import ValidationError

from worker.asked_options import MOST_JOB_BYTES
from worker.durable_folders import make_folder, make_folder_within
from worker.errors import OutputNotWritable
from worker.fetching import side_by_side
from worker.job_file import JobFile, write_job_file
from worker.job_folder import JobFolder, ReadOptions
from worker.list_file import ListFile
from worker.no_job import no_job
from worker.object_path import ObjectPath, Place
from worker.page_entry import ENTRY_LINES, PageEntry
from worker.pile import ModelLines
from worker.places import holds_something, read_place
from worker.progress import Progress, ProgressWatcher
from worker.record_listing import RecordListing
from worker.records import FailedPage, ModelRecord, PageRecord
from worker.some_entries import SomeEntries

__all__ = ["Job", "JobFile", "PageEntry", "Progress", "ProgressWatcher", "ReadOptions"]


class Job(JobFolder):
    """A job: its folder and what was asked. Use :meth:`create` or :meth:`open`."""

    def __init__(self, path: Place, asked: JobFile) -> None:
        super().__init__(path)
        self.asked = asked
        self._entries: Collection[PageEntry] = asked.inputs
        self._failures: Collection[FailedPage] = asked.failures
        if asked.inputs_file is not None:
            self._entries = ListFile(self.path, asked.inputs_file, ENTRY_LINES)
        if asked.failures_file is not None:
            self._failures = ListFile(self.path, asked.failures_file, ModelLines(FailedPage))

    @classmethod
    def create(
        cls,
        folder: Place,
        entries: Iterable[PageEntry],
        failures: Iterable[FailedPage],
        options: ReadOptions,
        *,
        model: ModelRecord | None = None,
    ) -> Self:
        """Make a job folder.

        Parameters
        ----------
        folder : Place
            Created where it is not there yet; must not hold a job.
        entries : iterable of PageEntry
            The pages in input order; a page named twice counts once.
        failures : iterable of FailedPage
            Inputs that led to no page: a missing file, a document that cannot be counted.
        options : ReadOptions
            How to read.
        model : ModelRecord, optional
            What is meant to read: what each page was read with stands in its record.

        Raises
        ------
        OutputNotWritable
            The folder cannot be written, or holds a job already.
        """
        job = cls.create_unless_there(folder, entries, failures, options, model=model)
        if job is None:
            raise OutputNotWritable(
                f"{folder.absolute()} holds a job already",
                remedy="Go on with it by `digitize resume`, or name another folder with -o.",
            )
        return job

    @classmethod
    def create_unless_there(
        cls,
        folder: Place,
        entries: Iterable[PageEntry],
        failures: Iterable[FailedPage],
        options: ReadOptions,
        *,
        model: ModelRecord | None = None,
    ) -> Self | None:
        """Make a job folder as :meth:`create` does; None if it holds a job, made just now by another, say.

        The job file comes before everything else but long lists, which are in nobody's way: what
        cannot be finished leaves nothing behind that would hinder trying again.

        Raises
        ------
        OutputNotWritable
            The folder cannot be written.
        """
        make_folder(folder)
        asked = write_job_file(folder, entries, failures, options, model)
        if asked is None:
            return None
        job = cls(folder, asked)
        make_folder_within(job.path, job.pages)
        return job

    @classmethod
    def open(cls, folder: Place) -> Self:
        """Open a job folder.

        Raises
        ------
        UsageError
            There is no job in the folder, or its job file is damaged.
        """
        job_file = JobFolder(folder).job_file
        try:
            asked = JobFile.model_validate_json(read_place(job_file, most_bytes=MOST_JOB_BYTES))
            job = cls(folder, asked)
        except (OSError, ValidationError) as error:
            raise no_job(folder, error) from error
        for items in (job.entries, job.failures):
            if isinstance(items, ListFile):
                items.check()
        return job

    @property
    def id(self) -> str:
        """The job's id: the name its folder was made with."""
        return self.asked.id

    @property
    def options(self) -> ReadOptions:
        """How the pages are to be read."""
        return self.asked.options

    @property
    def shelf_digits(self) -> int:
        """How many digits of a page's key name the shelf that its files lie on."""
        return self.asked.shelf_digits

    @property
    def entries(self) -> Collection[PageEntry]:
        """The pages that were asked for, in input order: where they are many, a list on the disk."""
        return self._entries

    @property
    def failures(self) -> Collection[FailedPage]:
        """Inputs that never became pages."""
        return self._failures

    def records(self) -> Iterator[tuple[PageEntry, PageRecord | None]]:
        """Go through all pages in input order, one in memory at a time; None = not done.

        Of those that lie in an object store some tens are in memory, because they are fetched side by side.
        """
        if isinstance(self.path, ObjectPath):
            yield from self.fetched(self.entries, RecordListing(self))
            return
        for entry in self.entries:
            yield entry, self.read_record(entry.key, entry.sha256)

    def outcomes(self) -> Iterator[tuple[PageEntry, PageRecord | None, FailedPage | None]]:
        """Go through all pages as :meth:`records` does, each with how it failed if it is to be read again."""
        if isinstance(self.path, ObjectPath):
            there = RecordListing(self)
            for entry, record in self.fetched(self.entries, there):
                waits = record is None and there.waits(entry.key)
                yield entry, record, self.earlier_failure(entry.key) if waits else None
            return
        for entry, record in self.records():
            yield entry, record, None if record is not None else self.earlier_failure(entry.key)

    def fetched(
        self, entries: Iterable[PageEntry], there: RecordListing
    ) -> Iterator[tuple[PageEntry, PageRecord | None]]:
        """Go through pages of a job in an object store, asking for those that were listed side by side."""

        def ask(entry: PageEntry) -> PageRecord | None:
            return self.read_record(entry.key, entry.sha256) if entry.key in there else None

        return side_by_side(ask, entries)

    def has_files(self) -> bool:
        """Tell whether anything lies among the page files, results or not."""
        if isinstance(self.pages, ObjectPath):
            return holds_something(self.pages)
        return any(self.pages.glob("*"))

    def chosen(self, choose: Callable[[int], object]) -> Iterator[tuple[int, PageEntry]]:
        """Go through some of the pages, each with its place from 0, in input order."""
        if isinstance(self.entries, ListFile):
            return self.entries.chosen(choose)
        return ((place, entry) for place, entry in enumerate(self.entries) if choose(place))

    def missing(self) -> Collection[PageEntry]:
        """Return the pages without a result that holds together, in input order.

        What stands in no table is missing, so each page file is read as the tables read it.

        Raises
        ------
        OutputNotWritable
            The folder of the page files cannot be looked into.
        """
        self.look_into()
        return self.those(lambda _entry, record: record is None)

    def every_page(self) -> Collection[PageEntry]:
        """Return all pages as :meth:`missing` does, but look for none: of a job that was made just now."""
        if not isinstance(self.entries, ListFile):
            return tuple(self.entries)
        every = SomeEntries(self)
        every.take_all()
        return every

    def those(self, choose: Callable[[PageEntry, PageRecord | None], bool]) -> Collection[PageEntry]:
        """Return the pages that are chosen, each with its record, in input order.

        A tuple where the job's pages are in memory anyway, a collection that reads them anew where not.
        """
        some = SomeEntries(self)
        for place, (entry, record) in enumerate(self.records()):
            if choose(entry, record):
                some.take(place)
        return some if isinstance(self.entries, ListFile) else tuple(some)

    def set_damaged_aside(self, missing: Iterable[PageEntry]) -> Iterator[tuple[PageEntry, Place]]:
        """Take page files that are no results out of the way of pages that are to be read anew.

        Parameters
        ----------
        missing : iterable of PageEntry
            From :meth:`missing`.

        Yields
        ------
        (PageEntry, Place)
            A page that had such a file, and where it lies now.

        Raises
        ------
        OutputNotWritable
            A file cannot be renamed.
        """
        there = RecordListing(self) if isinstance(self.path, ObjectPath) else None
        for entry in missing:
            if there is not None and entry.key not in there:
                continue
            aside = self.set_aside(entry.key, entry.sha256)
            if aside is not None:
                yield entry, aside

    def progress(self, on_done: Callable[[PageEntry, PageRecord], None] = lambda *_: None) -> Progress:
        """Tell how far the job is.

        Parameters
        ----------
        on_done : callable
            Called on the way with each page that is done, in input order.
        """
        return ProgressWatcher(self, on_done).look()
