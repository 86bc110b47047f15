"""What a whole job gives: the records behind ``results.json``, ``results.csv`` and ``summary.json``."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AwareDatetime, Field

from worker.acceptance_summary import AcceptanceRecord, AcceptanceTally
from worker.cancelling import cancelled_at
from worker.job_folder import ReadOptions
from worker.jobs import Job
from worker.presence import counted_passed_over
from worker.printed import counted_left_out
from worker.records import (
    SCHEMA_VERSION,
    FailedPage,
    ModelRecord,
    NumberRecord,
    PageRecord,
    ReadPage,
    Record,
    SchemaVersion,
    Status,
    ToolRecord,
    WarningRecord,
)

__all__ = [
    "EarlierFailure",
    "JobRecord",
    "NumberCounts",
    "PageCounts",
    "PageResult",
    "ResultsFile",
    "Summary",
    "Tally",
    "page_results",
]

Count = Annotated[int, Field(ge=0)]


class JobRecord(Record):
    """What was asked."""

    id: str
    created: AwareDatetime
    options: ReadOptions


class PageResult(Record):
    """One page of ``results.json``: the file as it was submitted, the page's key, its record."""

    file: str
    key: str | None
    record: PageRecord


class EarlierFailure(PageResult):
    """How a page failed that waits to be read again; it is not done, but stands in the tables until then."""


class ResultsFile(Record):
    """All detail of a job, pages in input order, after them the inputs that led to no page."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    tool: ToolRecord
    job: JobRecord
    pages: tuple[PageResult, ...]


class PageCounts(Record):
    """Pages of a job; an input that led to no page counts as one failed page."""

    total: Count
    read: Count
    failed: Count
    missing: Count
    blank: Annotated[int, Field(ge=0, description="pages that were read and hold no number")]


class NumberCounts(Record):
    """Numbers of a job by status; those that were left out are in no other count."""

    total: Count
    accepted: Count
    review: Count
    rejected: Count
    blank: Count
    printed_left_out: Annotated[int, Field(ge=0, description="printed numbers that were left out")] = 0
    passed_over: Annotated[
        int, Field(ge=0, description="read from what is most probably no number, and left out")
    ] = 0


class Summary(Record):
    """``summary.json``: a job in figures."""

    schema_version: SchemaVersion = SCHEMA_VERSION
    tool: ToolRecord
    job: JobRecord
    pages: PageCounts
    numbers: NumberCounts
    digits: Count
    seconds: Annotated[float, Field(ge=0.0, description="sum over the pages, not by the clock on the wall")]
    models: tuple[ModelRecord, ...]
    cancelled: Annotated[
        AwareDatetime | None, Field(description="when the job was cancelled, if it is not at its end")
    ] = None
    acceptance: AcceptanceRecord = AcceptanceRecord()
    warnings: tuple[WarningRecord, ...] = ()


class Tally:
    """Counts a job while its pages go by.

    Parameters
    ----------
    job : Job
        The job that is counted.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._read = self._failed = self._blank = self._digits = self._left_out = 0
        self._passed_over = 0
        self._seconds = 0.0
        self._statuses = dict.fromkeys(Status, 0)
        self._models: dict[ModelRecord, None] = {}
        self._acceptance = AcceptanceTally(job.options.max_error_rate)

    def add(self, record: PageRecord) -> None:
        """Count one page."""
        if isinstance(record, FailedPage):
            self._failed += 1
            return
        self._read += 1
        self._blank += not record.numbers
        self._seconds += record.timings_s.get("total", 0.0)
        self._models.setdefault(record.model)
        self._acceptance.add(record)
        self._left_out += counted_left_out(record.processing)
        self._passed_over += counted_passed_over(record.processing)
        for number in record.numbers:
            self._digits += len(number.digits)
            self._statuses[number.status] += 1

    def summary(self) -> Summary:
        """Return what was counted; pages that did not go by are missing."""
        total = len(self._job.entries) + len(self._job.failures)
        return Summary(
            tool=self._job.asked.tool,
            job=job_record(self._job),
            pages=PageCounts(
                total=total,
                read=self._read,
                failed=self._failed,
                missing=total - self._read - self._failed,
                blank=self._blank,
            ),
            numbers=NumberCounts(
                total=sum(self._statuses.values()),
                **{status.value: count for status, count in self._statuses.items()},
                printed_left_out=self._left_out,
                passed_over=self._passed_over,
            ),
            digits=self._digits,
            seconds=round(self._seconds, 3),
            models=tuple(self._models),
            cancelled=cancelled_at(self._job) if total > self._read + self._failed else None,
            acceptance=self._acceptance.record(),
            warnings=self._acceptance.warnings(),
        )


def job_record(job: Job) -> JobRecord:
    """Return what of a job stands in its results."""
    return JobRecord(id=job.id, created=job.asked.created, options=job.options)


def page_results(job: Job) -> Iterator[PageResult]:
    """Go through what is done, pages in input order and then the inputs that led to no page.

    A page that waits to be read again comes as :class:`EarlierFailure`.
    """
    for entry, record, earlier in job.outcomes():
        if record is not None:
            yield PageResult(file=entry.name, key=entry.key, record=record)
        elif earlier is not None:
            yield EarlierFailure(file=entry.name, key=entry.key, record=earlier)
    for failure in job.failures:
        yield PageResult(file=failure.source.path, key=None, record=failure)


def numbers_of(record: PageRecord) -> tuple[NumberRecord, ...]:
    """Return the numbers of a page in reading order."""
    return record.numbers if isinstance(record, ReadPage) else ()
