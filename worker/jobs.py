"""Jobs: what was asked, what is done, what is missing. The folder is the truth.

A job is made once by :meth:`Job.create` and never changed after that; progress is what
lies in its ``pages`` folder. Losing the queue loses nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from worker.durable import create_durably, make_folder, read_regular
from worker.errors import OutputNotWritable
from worker.identity import KEY_PATTERN, display_name, page_key, path_from_text, path_to_text
from worker.job_folder import JobFolder, Outcome, ReadOptions
from worker.no_job import no_job
from worker.records import SCHEMA_VERSION, FailedPage, ModelRecord, PageRecord, SchemaVersion, ToolRecord
from worker.tool import tool_record

__all__ = ["Job", "JobFile", "PageEntry", "Progress", "ProgressWatcher", "ReadOptions"]


class PageEntry(BaseModel):
    """One page that was asked for: its identity and where it lies.

    ``name`` is the file as it was submitted; ``path`` is absolute, and a ``file:`` URI in
    the rare case that it is no UTF-8; ``sha256`` is that of the file when it was submitted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Annotated[str, Field(pattern=KEY_PATTERN)]
    name: str
    path: str
    page: Annotated[int, Field(ge=1)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None

    @classmethod
    def of(cls, path: Path, *, name: str, page: int = 1, sha256: str | None = None) -> Self:
        """Return the entry of a page, with the key that belongs to it."""
        path = path.absolute()
        return cls(
            key=page_key(path, page),
            name=display_name(name),
            path=path_to_text(path),
            page=page,
            sha256=sha256,
        )

    @model_validator(mode="after")
    def _key_is_its_own(self) -> Self:
        if self.key != page_key(self.file, self.page):
            raise ValueError("the key is not that of this page")
        return self

    @property
    def file(self) -> Path:
        """Where the page's file lies."""
        return path_from_text(self.path)


class JobFile(BaseModel):
    """What ``job.json`` holds; written once, never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: SchemaVersion = SCHEMA_VERSION
    id: str
    created: AwareDatetime
    tool: ToolRecord
    model: ModelRecord | None = None
    options: ReadOptions
    inputs: tuple[PageEntry, ...]
    failures: tuple[FailedPage, ...] = ()

    @model_validator(mode="after")
    def _each_page_once(self) -> Self:
        if len({entry.key for entry in self.inputs}) < len(self.inputs):
            raise ValueError("a page stands in it twice")
        return self


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


class Job(JobFolder):
    """A job: its folder and what was asked. Use :meth:`create` or :meth:`open`."""

    def __init__(self, path: Path, asked: JobFile) -> None:
        super().__init__(path)
        self.asked = asked

    @classmethod
    def create(
        cls,
        folder: Path,
        entries: Sequence[PageEntry],
        failures: Sequence[FailedPage],
        options: ReadOptions,
        *,
        model: ModelRecord | None = None,
    ) -> Self:
        """Make a job folder.

        Parameters
        ----------
        folder : Path
            Created where it is not there yet; must not hold a job.
        entries : sequence of PageEntry
            The pages in input order; a page named twice counts once.
        failures : sequence of FailedPage
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
        folder: Path,
        entries: Sequence[PageEntry],
        failures: Sequence[FailedPage],
        options: ReadOptions,
        *,
        model: ModelRecord | None = None,
    ) -> Self | None:
        """Make a job folder as :meth:`create` does; None if it holds a job, made just now by another, say.

        The job file comes before everything else: what cannot be finished leaves nothing behind
        that would be in the way of trying again.

        Raises
        ------
        OutputNotWritable
            The folder cannot be written.
        """
        job = cls(
            folder,
            JobFile(
                id=display_name(folder.absolute().name),
                created=datetime.now(UTC),
                tool=tool_record(),
                model=model,
                options=options,
                inputs=tuple({entry.key: entry for entry in entries}.values()),
                failures=tuple(failures),
            ),
        )
        make_folder(job.path)
        if not create_durably(job.job_file, job.asked.model_dump_json(indent=1).encode() + b"\n"):
            return None
        make_folder(job.pages)
        return job

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a job folder.

        Raises
        ------
        UsageError
            There is no job in the folder, or its job file is damaged.
        """
        job_file = JobFolder(folder).job_file
        try:
            return cls(folder, JobFile.model_validate_json(read_regular(job_file)))
        except (OSError, ValidationError) as error:
            raise no_job(folder, error) from error

    @property
    def id(self) -> str:
        """The job's id: the name its folder was made with."""
        return self.asked.id

    @property
    def options(self) -> ReadOptions:
        """How the pages are to be read."""
        return self.asked.options

    @property
    def entries(self) -> tuple[PageEntry, ...]:
        """The pages that were asked for, in input order."""
        return self.asked.inputs

    @property
    def failures(self) -> tuple[FailedPage, ...]:
        """Inputs that never became pages."""
        return self.asked.failures

    def records(self) -> Iterator[tuple[PageEntry, PageRecord | None]]:
        """Go through all pages in input order, one in memory at a time; None = not done."""
        for entry in self.entries:
            yield entry, self.read_record(entry.key, entry.sha256)

    def missing(self) -> tuple[PageEntry, ...]:
        """Return the pages without a result that holds together, in input order.

        What stands in no table is missing, so each page file is read as the tables read it.
        """
        files = self.page_files()
        return tuple(
            entry
            for entry in self.entries
            if f"{entry.key}.json" not in files or self.read_record(entry.key, entry.sha256) is None
        )

    def set_damaged_aside(self, missing: Sequence[PageEntry]) -> list[tuple[PageEntry, Path]]:
        """Take page files that are no results out of the way of pages that are to be read anew.

        Parameters
        ----------
        missing : sequence of PageEntry
            From :meth:`missing`.

        Returns
        -------
        list of (PageEntry, Path)
            Those that had such a file, and where it lies now.

        Raises
        ------
        OutputNotWritable
            A file cannot be renamed.
        """
        asides = ((entry, self.set_aside(entry.key, entry.sha256)) for entry in missing)
        return [(entry, aside) for entry, aside in asides if aside is not None]

    def progress(self) -> Progress:
        """Tell how far the job is."""
        return ProgressWatcher(self).look()


class ProgressWatcher:
    """Tells how far a job is, again and again, opening each page file only once."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._pending = list(job.entries)
        self._counts: dict[Outcome, int] = {
            "read": 0,
            "blank": 0,
            "failed": len(job.failures),
        }

    def look(self) -> Progress:
        """Look into the folder and tell how far the job is now."""
        files = self._job.page_files()
        pending = []
        for entry in self._pending:
            there = f"{entry.key}.json" in files
            outcome = self._job.outcome(entry.key, entry.sha256) if there else None
            if outcome is None:
                pending.append(entry)
            else:
                self._counts[outcome] += 1
        self._pending = pending
        return Progress(
            total=len(self._job.entries) + len(self._job.failures),
            read=self._counts["read"] + self._counts["blank"],
            blank=self._counts["blank"],
            failed=self._counts["failed"],
            missing=len(pending),
        )
