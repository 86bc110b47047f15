"""Results as lines: rows of the table on the terminal, JSON, the summary in one line."""

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from worker.errors import DigitizeError, NoUsableInput, PagesFailed, ReviewNeeded
from worker.pile import JsonLines, Pile

if TYPE_CHECKING:  # the records need pydantic, which no help text needs
    from worker.jobs import Job
    from worker.records import PageRecord
    from worker.results import PageResult, Summary

__all__ = [
    "TABLE_COLUMNS",
    "counted",
    "duration",
    "failed_pages",
    "failure_line",
    "failure_of",
    "json_head",
    "numbers_of",
    "other_models",
    "outcome_error",
    "output_paths",
    "summary_line",
    "table_row",
]

TABLE_COLUMNS = ("file", "page", "line", "number", "text", "status", "confidence")


def table_row(number: dict[str, Any]) -> tuple[str, ...]:
    """Return a number, from :func:`numbers_of`, as a row of the table for people."""
    return (*(str(number[column]) for column in TABLE_COLUMNS[:-1]), f"{number['confidence']:.3f}")


def json_head(job: "Job", summary: "Summary") -> dict[str, Any]:
    """Return the machine's form of a job, as far as it is neither its failures nor its numbers."""
    return {
        "job": str(job.path),
        "pages": summary.pages.model_dump(),
        "numbers": summary.numbers.model_dump(),
        "acceptance": summary.acceptance.model_dump(),
        "warnings": [warning.model_dump() for warning in summary.warnings],
        "files": output_paths(job),
    }


def failed_pages(job: "Job") -> "Pile[dict[str, Any]]":
    """Return the pages of a job that could not be read, from :func:`failure_of` each.

    Those that wait to be read again are among them.
    """
    from worker.results import page_results

    results = page_results(job)
    return Pile(JsonLines(), (told for each in results for told in failure_of(each.file, each.record)))


def failed_inputs(job: "Job") -> "Pile[dict[str, Any]]":
    """Return the inputs of a job that led to no page, from :func:`failure_of` each."""
    failures = ((failure.source.path, failure) for failure in job.failures)
    return Pile(JsonLines(), (told for file, failure in failures for told in failure_of(file, failure)))


def failure_of(file: str, record: "PageRecord") -> Iterator[dict[str, Any]]:
    """Return the page of a file if it could not be read; keys as the columns of ``errors.csv``."""
    if record.outcome == "failed":
        where = {"file": file, "page": record.source.page}
        yield where | {"code": record.code, "message": record.message}


def numbers_of(result: "PageResult") -> Iterator[dict[str, Any]]:
    """Go through the numbers of a page; keys as the columns of ``results.csv``."""
    if result.record.outcome != "read":
        return
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
            "kind": number.kind and number.kind.value,
        }


def failure_line(failure: dict[str, Any]) -> str:
    """Return one line on a page that could not be read, naming file and page."""
    return f"{failure['file']}, page {failure['page']}: {failure['message']} ({failure['code']})"


def summary_line(summary: "Summary", elapsed_s: float, *, without_page: int = 0) -> str:
    """Return the job in one line: its pages, each counted once, and the inputs that led to none."""
    pages, numbers = summary.pages, summary.numbers
    outcomes = [f"{pages.read - pages.blank:,} read"]
    if pages.blank:
        outcomes.append(f"{pages.blank:,} blank")
    outcomes.append(f"{pages.failed - without_page:,} failed")
    if pages.missing:
        outcomes.append(f"{pages.missing:,} not read yet")
    statuses = [f"{numbers.accepted:,} accepted", f"{numbers.review:,} review"]
    if numbers.rejected:
        statuses.append(f"{numbers.rejected:,} rejected")
    if numbers.blank:
        statuses.append(f"{numbers.blank:,} blank")
    if numbers.printed_left_out:
        statuses.append(f"{numbers.printed_left_out:,} printed left out")
    if numbers.passed_over:
        statuses.append(f"{numbers.passed_over:,} passed over")
    parts = [
        f"{counted(pages.total - without_page, 'page')}: {', '.join(outcomes)}",
        *([_led_to_no_page(without_page)] if without_page else []),
        ", ".join([counted(numbers.total, "number"), *statuses]),
        *_acceptance(summary),
        duration(elapsed_s),
    ]
    return "; ".join(parts)


def _acceptance(summary: "Summary") -> list[str]:
    """Say what to expect of the accepted numbers; nothing where none was accepted."""
    from worker.error_rate import in_thousand

    told = summary.acceptance
    if told.expected_error_rate is None:
        return []
    of_these = []
    if told.thresholds:
        of_these.append(f"accepted from {' or '.join(f'{each:.6g}' for each in told.thresholds)}")
    if told.max_error_rate is not None:
        of_these.append(f"at most {in_thousand(told.max_error_rate)} asked for")
    in_brackets = f" ({', '.join(of_these)})" if of_these else ""
    return [f"expected wrong among the accepted: {in_thousand(told.expected_error_rate)}{in_brackets}"]


def output_paths(job: "Job") -> dict[str, str]:
    """Return where the results lie, by what they are; pictures only where there are some."""
    from worker.places import holds_something  # no help text needs it

    names = ("results.csv", "results.json", "errors.csv", "overlays", "crops")
    return {name: str(job.path / name) for name in names if holds_something(job.path / name)}


def other_models(job: "Job", summary: "Summary") -> str:
    """Say that pages were read by other models than the one that was asked for; empty where none was.

    So it is after a promotion, and where workers do not see the registry of who submitted.
    """
    asked = job.asked.model
    if asked is None or set(summary.models) <= {asked}:
        return ""
    read_by = ", ".join(model.id for model in summary.models)
    return f"the job was begun with model {asked.id}, and its pages were read by {read_by}"


def outcome_error(job: "Job", summary: "Summary", *, strict: bool) -> DigitizeError | None:
    """Return what the exit code has to say; failed pages weigh more than numbers for review."""
    if not job.entries:
        return NoUsableInput(
            f"no page in {counted(summary.pages.total, 'input')}", remedy=_how_to_name_pages(job)
        )
    if summary.pages.failed:
        return PagesFailed(
            what_failed(summary.pages.failed, summary.pages.total, len(job.failures)),
            remedy=f"{job.path / 'errors.csv'} names each page and its cause; "
            f"{how_to_mend(job, summary.pages.failed)}.",
        )
    if summary.pages.missing:
        return PagesFailed(
            f"{counted(summary.pages.missing, 'page')} of {summary.pages.total:,} stand in no table: "
            "they were not read yet, or their files are gone",
            remedy=f"`digitize resume {shlex.quote(str(job.path))}` reads them.",
        )
    waiting = summary.numbers.review + summary.numbers.rejected
    if strict and waiting:
        need = "needs" if waiting == 1 else "need"
        return ReviewNeeded(f"{waiting:,} of {counted(summary.numbers.total, 'number')} {need} a look")
    return None


def _how_to_name_pages(job: "Job") -> str:
    """Return what helps where no input led to a page: other files, or the right to read these."""
    from worker.roots import ADD_TO_ROOTS

    all_elsewhere = job.failures and all(failure.code == "outside-roots" for failure in job.failures)
    return ADD_TO_ROOTS if all_elsewhere else NoUsableInput.remedy_default


def how_to_mend(job: "Job", failed: int) -> str:
    """Return what helps where pages of a job, or inputs that led to none, could not be read.

    Parameters
    ----------
    job : Job
        The job.
    failed : int
        Its failed pages and inputs.
    """
    if failed <= len(job.failures):
        return "submit those files again once they are mended: what led to no page is no page to `retry`"
    again = f"`digitize retry {shlex.quote(str(job.path))}` reads pages again whose files are the same"
    return f"{again}; a file that was mended or changed has to be submitted again"


def what_failed(failed: int, total: int, without_page: int) -> str:
    """Say how many pages could not be read, and how many inputs, which are no pages, led to none."""
    pages = f"{failed - without_page:,} of {counted(total - without_page, 'page')} could not be read"
    if not without_page:
        return pages
    inputs = _led_to_no_page(without_page)
    return inputs if failed == without_page else f"{pages}, and {inputs}"


def _led_to_no_page(inputs: int) -> str:
    return f"{counted(inputs, 'input')} led to no page"


def counted(count: int, noun: str) -> str:
    """Return ``1 page`` or ``2 pages``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def duration(seconds: float) -> str:
    """Return a time as people say it.

    Examples
    --------
    >>> duration(3.21), duration(252), duration(7322)
    ('3.2 s', '4 min 12 s', '2 h 2 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest_s = divmod(round(seconds), 60)
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours} h {minutes_left} min" if hours else f"{minutes} min {rest_s} s"
