"""A job beside what is really written on its pages: one pass over its page files, then figures."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from worker.job_figures import Figures
from worker.jobs import Job, PageEntry
from worker.page_findings import PageFindings, findings
from worker.records import PageRecord, ReadPage
from worker.scoring import ReadNumber, compare
from worker.truth import JobTruth
from worker.truth_page import Compared, TruthPage, truth_error

__all__ = ["NOT_IN_JOB", "NOT_READ_YET", "JobEvaluation", "evaluate_job"]

#: What is said of a page of the truth that was not read, where no page file says more.
NOT_IN_JOB, NOT_READ_YET, NO_PAGE = "not-in-job", "not-read-yet", "no-page"

#: So many of the numbers that were accepted and are wrong are named.
MOST_NAMED = 100

#: Digits read times digits written of one comparison: it takes as many bytes.
_MOST_PLACES = 400_000_000


@dataclass
class JobEvaluation:
    """What comes out.

    Attributes
    ----------
    compared : {"digits", "text"}
        What had to be alike.
    all_pages : Figures
        Of every page of the truth.
    by_kind : dict of str to Figures
        Of the pages of each kind that the truth names.
    worst : list of PageFindings
        The worst first; pages without any mistake are not among them.
    wrong_accepted : list of dict
        Numbers that were accepted and are wrong, the surest first, :data:`MOST_NAMED` at most: as
        :attr:`worker.page_findings.PageFindings.wrong_accepted` tells them.
    unread : dict of str to list of str
        By cause, the pages that count as read with nothing: a code of a page, or one of
        :data:`NOT_IN_JOB`, :data:`NOT_READ_YET`, ``no-page``.
    not_in_truth : tuple of str
        Pages of the job that are left out, as the truth does not know them.
    """

    compared: Compared
    all_pages: Figures
    by_kind: dict[str, Figures]
    worst: list[PageFindings]
    wrong_accepted: list[dict[str, Any]] = field(default_factory=list)
    unread: dict[str, list[str]] = field(default_factory=dict)
    not_in_truth: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return all of it in JSON's own types."""
        return {
            "compared": self.compared,
            **self.all_pages.as_json(),
            "digits": self.all_pages.digits_as_json(),
            **self.all_pages.confidence_as_json(),
            "by_kind": {kind: figures.as_json() for kind, figures in self.by_kind.items()},
            "unread": self.unread,
            "not_in_truth": list(self.not_in_truth),
            "wrong_accepted": self.wrong_accepted,
            "worst": [page.as_json() for page in self.worst],
        }


def evaluate_job(
    job: Job,
    truth: JobTruth,
    *,
    compared: Compared,
    worst: int = 10,
    on_page: Callable[[PageFindings], None] = lambda _: None,
) -> JobEvaluation:
    """Compare all that a job read with a truth; one page is in memory at a time.

    Parameters
    ----------
    job : Job
        May be unfinished.
    truth : JobTruth
        Of :func:`worker.truth.truth_of_job`. Pages of it that the job failed to read, did not read yet
        or never had count as read with nothing; pages that it does not know are left out.
    compared : {"digits", "text"}
        What has to be alike for a number to be right.
    worst : int
        How many of the worst pages are kept.
    on_page : callable
        Called with each page of the truth, once it is compared.

    Raises
    ------
    NoUsableInput
        The truth tells of a file as a whole that is too long for it.
    """
    found = JobEvaluation(compared, Figures(compared), {}, [], not_in_truth=truth.not_in_truth)
    heap: list[tuple[tuple[float, int, int], PageFindings]] = []
    for order, (page, read) in enumerate(_pages(job, truth)):
        _check_length(page, read.numbers)
        comparison = compare(read.numbers, page)
        of_page = findings(page, comparison, compared, entries=read.entries, codes=tuple(read.codes))
        found.all_pages.add(comparison)
        found.wrong_accepted = _surest([*found.wrong_accepted, *of_page.wrong_accepted])
        if page.kind:
            found.by_kind.setdefault(page.kind, Figures(compared)).add(comparison)
        for code in of_page.codes:
            found.unread.setdefault(code, []).append(page.shown)
        if worst and not of_page.flawless:
            badness = (1 - of_page.goodness, len(of_page.mistakes), -order)
            heapq.heappush(heap, (badness, of_page))
            if len(heap) > worst:
                heapq.heappop(heap)
        on_page(of_page)
    found.worst = [of_page for _, of_page in sorted(heap, key=lambda item: item[0], reverse=True)]
    return found


def _surest(numbers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the surest numbers, as many as are named, the surest first."""
    return sorted(numbers, key=lambda number: -number["confidence"])[:MOST_NAMED]


@dataclass
class _Read:
    """What was read of a page of the truth, which may be a whole file."""

    numbers: list[ReadNumber] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)
    entries: list[PageEntry] = field(default_factory=list)

    def add(self, entry: PageEntry, record: PageRecord | None) -> None:
        """Add a page of the job; None = it is not read yet."""
        self.entries.append(entry)
        if isinstance(record, ReadPage):
            self.numbers += (
                ReadNumber(n.text, entry.page, n.line, n.number, n.confidence, n.status)
                for n in record.numbers
            )
        else:
            self.codes[NOT_READ_YET if record is None else record.code] += 1


def _pages(job: Job, truth: JobTruth) -> Iterator[tuple[TruthPage, _Read]]:
    """Yield each page of the truth as soon as all of it went by, and in the end those without any."""
    left = Counter(truth.of_key.values())
    waiting: dict[int, _Read] = {}
    for entry in job.entries:
        place = truth.of_key.get(entry.key)
        if place is None:
            continue
        waiting.setdefault(place, _Read()).add(entry, job.read_record(entry.key, entry.sha256))
        left[place] -= 1
        if not left[place]:
            yield truth.pages[place], waiting.pop(place)
    for places, code in ((sorted(truth.never_pages), NO_PAGE), (truth.not_in_job, NOT_IN_JOB)):
        for place in places:
            yield truth.pages[place], _Read(codes=Counter([code]))


def _check_length(page: TruthPage, read: Sequence[ReadNumber]) -> None:
    """Refuse what would take all memory."""
    written = sum(len(text) for row in page.rows for text in row)
    if written * sum(len(number.text) for number in read) > _MOST_PLACES:
        raise truth_error(
            f"{page.place}: {page.shown} is too long to be compared at once; say which page it is"
        )
