"""Results as lines: rows of the table on the terminal, JSON, the summary in one line."""

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from worker.errors import DigitizeError, NoUsableInput, PagesFailed, ReviewNeeded

if TYPE_CHECKING:  # the records need pydantic, which no help text needs
    from worker.jobs import Job
    from worker.results import PageResult, Summary

__all__ = [
    "TABLE_COLUMNS",
    "failed_pages",
    "failure_line",
    "json_parts",
    "outcome_error",
    "output_paths",
    "summary_line",
    "table_rows",
]

TABLE_COLUMNS = ("file", "page", "line", "number", "text", "status", "confidence")


def table_rows(results: Iterable["PageResult"]) -> Iterator[tuple[str, ...]]:
    """Return the rows of the table for people, one a number."""
    for row in _numbers(results):
        yield (*(str(row[column]) for column in TABLE_COLUMNS[:-1]), f"{row['confidence']:.3f}")


def json_parts(job: "Job", summary: "Summary", results: Iterable["PageResult"]) -> Iterator[str]:
    """Return the machine's form of a job in pieces, one number a line."""
    head = {
        "job": str(job.path),
        "pages": summary.pages.model_dump(),
        "numbers": summary.numbers.model_dump(),
        "files": output_paths(job),
        "errors": failed_pages(job),
    }
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "results": ['
    separator = "\n"
    for row in _numbers(results):
        yield separator + json.dumps(row, ensure_ascii=False)
        separator = ",\n"
    yield "\n]}"


def failed_pages(job: "Job") -> list[dict[str, Any]]:
    """Return the pages that could not be read; keys as the columns of ``errors.csv``."""
    from worker.results import page_results

    return [
        {"file": result.file, "page": record.source.page, "code": record.code, "message": record.message}
        for result in page_results(job)
        if (record := result.record).outcome == "failed"
    ]


def failure_line(failure: dict[str, Any]) -> str:
    """Return one line on a page that could not be read, naming file and page."""
    return f"{failure['file']}, page {failure['page']}: {failure['message']} ({failure['code']})"


def summary_line(summary: "Summary", elapsed_s: float) -> str:
    """Return the job in one line."""
    pages, numbers = summary.pages, summary.numbers
    outcomes = [f"{pages.read} read", f"{pages.failed} failed"]
    if pages.missing:
        outcomes.append(f"{pages.missing} not read yet")
    statuses = [f"{numbers.accepted} accepted", f"{numbers.review} review"]
    if numbers.rejected:
        statuses.append(f"{numbers.rejected} rejected")
    if numbers.blank:
        statuses.append(f"{numbers.blank} blank")
    return (
        f"{_counted(pages.total, 'page')}: {', '.join(outcomes)}; "
        f"{', '.join([_counted(numbers.total, 'number'), *statuses])}; {_duration(elapsed_s)}"
    )


def output_paths(job: "Job") -> dict[str, str]:
    """Return where the results lie, by what they are; pictures only where there are some."""
    names = ("results.csv", "results.json", "errors.csv", "overlays", "crops")
    return {name: str(job.path / name) for name in names if (job.path / name).exists()}


def outcome_error(job: "Job", summary: "Summary", *, strict: bool) -> DigitizeError | None:
    """Return what the exit code has to say; failed pages weigh more than numbers for review."""
    if not job.entries:
        return NoUsableInput(f"no page in {_counted(summary.pages.total, 'input')}")
    if summary.pages.failed:
        return PagesFailed(
            f"{summary.pages.failed} of {_counted(summary.pages.total, 'page')} could not be read",
            remedy=f"{job.path / 'errors.csv'} names each page and its cause.",
        )
    waiting = summary.numbers.review + summary.numbers.rejected
    if strict and waiting:
        return ReviewNeeded(f"{waiting} of {_counted(summary.numbers.total, 'number')} need a look")
    return None


def _numbers(results: Iterable["PageResult"]) -> Iterator[dict[str, Any]]:
    """Go through all numbers; keys as the columns of ``results.csv``."""
    for result in results:
        if result.record.outcome != "read":
            continue
        for number in result.record.numbers:
            yield {
                "file": result.file,
                "page": result.record.source.page,
                "line": number.line,
                "number": number.number,
                "field": number.field,
                "text": number.text,
                "status": number.status.value,
                "confidence": number.confidence,
                **number.box.model_dump(),
            }


def _counted(count: int, noun: str) -> str:
    """Return ``1 page`` or ``2 pages``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _duration(seconds: float) -> str:
    """Return a time as people say it.

    Examples
    --------
    >>> _duration(3.21), _duration(252), _duration(7322)
    ('3.2 s', '4 min 12 s', '2 h 2 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest_s = divmod(round(seconds), 60)
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours} h {minutes_left} min" if hours else f"{minutes} min {rest_s} s"
