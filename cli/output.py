"""What is printed of a job, gathered page by page while its tables are written.

So each page file is opened once: a job may have ten thousand of them.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from cli.console import Console, as_json
from cli.render import TABLE_COLUMNS, failure_line, failure_of, json_head, numbers_of, table_row
from worker.pile import JsonLines, Pile

if TYPE_CHECKING:  # the records need pydantic, which no help text needs
    from worker.jobs import Job
    from worker.results import PageResult, Summary

__all__ = ["JobOutput", "JsonOutput", "TableOutput", "name_failures"]

#: Rows of the table that a terminal shows; all of them are in results.csv.
_ROWS_ON_TERMINAL = 60

#: Failed pages that are named one by one; all of them are in errors.csv.
_FAILURES_NAMED = 20


class JobOutput:
    """What all forms have in common: failed pages are named on standard error."""

    def __init__(self) -> None:
        self.failures: Pile[dict[str, Any]] = Pile(JsonLines())

    def add(self, result: "PageResult") -> None:
        """Gather a page."""
        self.failures.extend(failure_of(result.file, result.record))
        for number in numbers_of(result):
            self.add_number(number)

    def add_number(self, number: dict[str, Any]) -> None:
        """Gather a number, from :func:`cli.render.numbers_of`."""
        raise NotImplementedError

    def print_failures(self, job: "Job", console: Console) -> None:
        """Name the pages that could not be read, one line each."""
        name_failures(self.failures, job, console, rest=f"see {job.path / 'errors.csv'}")

    def print_numbers(self, job: "Job", summary: "Summary", console: Console) -> None:
        """Print what was gathered."""
        raise NotImplementedError


def name_failures(failures: Collection[dict[str, Any]], job: "Job", console: Console, *, rest: str) -> None:
    """Name the pages that could not be read, one line each, as many as anybody would read.

    Parameters
    ----------
    failures : collection of dict
        From :func:`cli.render.failure_of`.
    job : Job
        Of which they are; for programs each line says so, and its outcome, as those of a worker do.
    console : Console
        Of this run; its verbosity decides how many are named.
    rest : str
        Where the others are named.
    """
    named = len(failures) if console.verbose else _FAILURES_NAMED
    about = {"job": str(job.path), "outcome": "failed"}
    for failure in islice(failures, named):
        console.warning(failure_line(failure), failure | about)
    if (more := len(failures) - named) > 0:
        console.warning(f"and {more:,} more; {rest}")


class TableOutput(JobOutput):
    """The table for people: on a terminal not more than can be looked over."""

    def __init__(self, *, on_terminal: bool) -> None:
        super().__init__()
        self._most_rows = _ROWS_ON_TERMINAL if on_terminal else None
        self._rows: Pile[tuple[str, ...]] = Pile(JsonLines())

    def add_number(self, number: dict[str, Any]) -> None:
        """Gather a row."""
        if self._most_rows is None or len(self._rows) < self._most_rows:
            self._rows.append(table_row(number))

    def print_numbers(self, job: "Job", summary: "Summary", console: Console) -> None:
        """Print the table, and how much of it is not shown."""
        if not job.entries:
            return
        console.table(TABLE_COLUMNS, self._rows)
        if left := summary.numbers.total - len(self._rows):
            console.note(f"and {left:,} more in results.csv")


class JsonOutput(JobOutput):
    """The machine's form, in which the numbers come last, one a line."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers: Pile[dict[str, Any]] = Pile(JsonLines())

    def add_number(self, number: dict[str, Any]) -> None:
        """Gather a number."""
        self._numbers.append(number)

    def print_numbers(self, job: "Job", summary: "Summary", console: Console) -> None:
        """Print the job as one JSON object."""
        console.result_parts(self._parts(json_head(job, summary)))

    def _parts(self, head: dict[str, Any]) -> Iterator[str]:
        yield as_json(head)[:-1] + ', "errors": ['
        yield from _listed(self.failures, ", ")
        yield '], "results": ['
        yield from _listed(self._numbers, ",\n", first="\n")
        yield "\n]}"


def _listed(items: Iterable[dict[str, Any]], separator: str, first: str = "") -> Iterator[str]:
    """Write items as the elements of a list."""
    before = first
    for item in items:
        yield before + as_json(item)
        before = separator
