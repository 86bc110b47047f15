"""Layout of a job folder, and where its page files lie: one a page, there = done.

Workers need no more than this and the options, so a page never costs reading the list
of all the others.
"""

from collections.abc import Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path

from pydantic import ValidationError

from worker.asked_options import AskedOptions, asked_options
from worker.durable import create_durably, write_durably
from worker.durable_folders import make_folder_within, make_shelf
from worker.errors import OutputNotWritable, UsageError
from worker.identity import shelf_of
from worker.job_shelves import check_listable, with_folders_in
from worker.no_job import JOB_FILE, JobReplaced, no_job
from worker.object_path import ObjectPath, Place
from worker.page_records import Outcome, encode_record, outcome_of, record_in
from worker.places import Version, is_there, remove, rename, version_of
from worker.read_options import ReadOptions
from worker.records import FailedPage, PageRecord
from worker.unfinished_files import clear_unfinished

__all__ = [
    "CANCELLED",
    "CORRECTIONS",
    "JOB_FILE",
    "OWN_NAMES",
    "TABLES",
    "JobFolder",
    "ReadOptions",
]

#: The tables that a job has even without any page.
TABLES = ("results.csv", "results.json", "errors.csv", "summary.json")

#: What people say is written on the pages: never written by the program, and never to be written over.
CORRECTIONS = "corrections.csv"

#: There while the job is not to be read any further.
CANCELLED = "cancelled.json"

#: Folders that a job writes into.
_FOLDERS = ("pages", "overlays", "crops")

#: Everything in a job's folder that results for somebody else must not go over.
OWN_NAMES = (JOB_FILE, *_FOLDERS, *TABLES, CORRECTIONS, CANCELLED)


class JobFolder:
    """A job's folder: where things lie, and the page files.

    Parameters
    ----------
    path : Place
        The folder; made absolute.
    """

    def __init__(self, path: Place) -> None:
        self.path: Place = path.absolute()

    @property
    def local_path(self) -> Path:
        """The folder, for what works on files alone.

        Raises
        ------
        UsageError
            It lies in an object store.
        """
        if not isinstance(self.path, Path):
            raise UsageError(
                f"{self.path} lies in an object store, where this cannot be done",
                remedy="Copy the job to a local folder, and name that.",
            )
        return self.path

    @property
    def pages(self) -> Place:
        """Folder of the page files."""
        return self.path / "pages"

    @property
    def job_file(self) -> Place:
        """What was asked."""
        return self.path / JOB_FILE

    @property
    def cancelled_file(self) -> Place:
        """What is there while the job is cancelled."""
        return self.path / CANCELLED

    @property
    def options(self) -> ReadOptions:
        """How the pages are to be read.

        Raises
        ------
        UsageError
            The folder is no job, or its job file is damaged.
        """
        return self._as_asked.options

    @property
    def shelf_digits(self) -> int:
        """How many digits of a page's key name the shelf that its files lie on.

        Raises
        ------
        UsageError
            The folder is no job, or its job file is damaged.
        """
        return self._as_asked.shelf_digits

    @property
    def _as_asked(self) -> AskedOptions:
        try:
            return asked_options(self.job_file, self._version())
        except (OSError, ValidationError) as error:
            raise no_job(self.path, error) from error

    def version(self) -> Version:
        """Return what tells two jobs that come into one folder apart: a job file is written once.

        Raises
        ------
        UsageError
            The folder is no job.
        """
        try:
            return self._version()
        except OSError as error:
            raise no_job(self.path, error) from error

    def check_same_job(self, version: Version) -> None:
        """Make sure that what was read for a job does not become a result of another one.

        Raises
        ------
        UsageError
            The folder is no job.
        JobReplaced
            It is another one than before.
        """
        if self.version() != version:
            raise JobReplaced(f"another job has come into {self.path} while a page was read")

    def _version(self) -> Version:
        return version_of(self.job_file)

    def check_is_job(self) -> None:
        """Make sure that there is a job here, before anything is written to the folder.

        Raises
        ------
        UsageError
            The folder is no job, or its job file is damaged.
        """
        self.options  # noqa: B018 - reading them is the check

    def record_path(self, key: str) -> Place:
        """Return where the page's file lies once the page is done."""
        return self._shelf("pages", key) / f"{key}.json"

    def earlier_path(self, key: str) -> Place:
        """Return where the record of a failed page lies while the page waits to be read again."""
        return self.record_path(key).with_name(f"{key}.json.failed")

    def overlay_path(self, key: str) -> Place:
        """Return where the page's overlay lies."""
        return self._shelf("overlays", key) / f"{key}.png"

    def crops_folder(self, key: str) -> Place:
        """Return where the crops of the page's numbers lie."""
        return self._shelf("crops", key) / key

    def _shelf(self, folder: str, key: str) -> Place:
        """Return the folder that a page's file lies in: one below, where the job has many pages."""
        return self.path / folder / shelf_of(key, self.shelf_digits)

    def read_record(self, key: str, sha256: str | None = None) -> PageRecord | None:
        """Return the page's record; None where there is none that can be relied on.

        That is one which is whole, of a schema that is known, and of this very page: its source
        gives the page's key, and names the same content where both are known.

        Parameters
        ----------
        key : str
            The page's key.
        sha256 : str, optional
            Of the page's file when it was submitted.
        """
        return record_in(self.record_path(key), key, sha256)

    def earlier_failure(self, key: str) -> FailedPage | None:
        """Return how a page failed that waits to be read again; None for every other one."""
        record = record_in(self.earlier_path(key), key)
        return record if isinstance(record, FailedPage) else None

    def write_record(self, key: str, record: PageRecord, *, unless_there: bool = False) -> bool:
        """Write the page's record, all or nothing; from then on the page is done.

        Returns
        -------
        bool
            False, with `unless_there`, where the page had one by then, which is left as it is.

        Raises
        ------
        OutputNotWritable
            The folder cannot be written.
        """
        # A job's folder that somebody took away while its pages were read is not made again.
        make_folder_within(self.path, self.pages, parents=False)
        path = self.record_path(key)
        if path.parent != self.pages:
            make_shelf(self.path, path.parent)
        data = encode_record(record)
        if not unless_there:
            write_durably(path, data)
        elif not create_durably(path, data):
            if self.read_record(key) is not None:
                return False
            write_durably(path, data)  # what has the name is no result
        with suppress(OSError):
            remove(self.earlier_path(key))
        return True

    def outcome(self, key: str, sha256: str | None = None) -> Outcome | None:
        """Tell what became of a page; None where :meth:`read_record` finds nothing."""
        record = self.read_record(key, sha256)
        return None if record is None else outcome_of(record)

    def set_aside(self, key: str, sha256: str | None = None) -> Place | None:
        """Give the page's file another name if it is no result, so that nobody takes it for one.

        Returns
        -------
        Place or None
            Where it lies now; None if there was no file, or a sound one.

        Raises
        ------
        OutputNotWritable
            It cannot be renamed.
        """
        path = self.record_path(key)
        if not is_there(path) or self.read_record(key, sha256) is not None:
            return None
        names = (path.with_name(f"{path.name}.damaged-{number}") for number in count(1))
        aside = next(name for name in names if not is_there(name))
        try:
            rename(path, aside)
        except OSError as error:
            raise OutputNotWritable(f"cannot rename {path}: {error.strerror or error}") from error
        return aside

    def clear_unfinished(self) -> None:
        """Remove the half-written files of programs that were killed; what is being written stays."""
        if isinstance(self.path, ObjectPath):  # half an object is none
            return
        clear_unfinished(self.path)
        on_shelves = bool(self.shelf_digits)
        for name in _FOLDERS:
            for folder in with_folders_in(self.path / name, on_shelves + (name == "crops")):
                clear_unfinished(folder)

    def look_into(self, keys: Iterable[str] = (), *, everywhere: bool = False) -> None:
        """Make sure that the folder of the page files can be looked into, if it is there.

        Folders are opened: where they lie on another machine, that asks it what is new in them.

        Parameters
        ----------
        keys : iterable of str
            Pages whose files are going to be looked for.
        everywhere : bool
            Those of any page are.

        Raises
        ------
        OutputNotWritable
            It cannot.
        """
        pages = self.pages
        if isinstance(pages, ObjectPath):  # whoever looks lists what is there
            return
        digits = self.shelf_digits
        shelves = {pages / shelf_of(key, digits) for key in keys} if digits else set()
        if everywhere:
            shelves |= {*with_folders_in(pages, bool(digits))}
        check_listable((pages, *shelves))
