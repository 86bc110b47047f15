"""Scores what was read against what is written: THE comparison, for jobs and for the benchmark.

Digits are aligned in reading order. A number is right where the truth has the same, each of these
once; among equal ones that which stands in its place comes first.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from worker.digit_alignment import Column, aligned
from worker.number_pairs import paired_in_any_order, paired_in_order, paired_where_equal
from worker.truth_page import TruthPage, digits_of

__all__ = ["NONE", "Comparison", "PageScore", "ReadNumber", "Totals", "compare", "total"]

#: Stands for a digit where one of both has none.
NONE = ""


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """A number as it was read; for a row that counts as one, all that was read of it.

    Attributes
    ----------
    page, line, number : int
        Where it stands.
    text : str
        As it was read.
    confidence : float
        That all of it is right, 0..1.
    status : str
        Of the record.
    """

    text: str
    page: int = 1
    line: int = 1
    number: int = 1
    confidence: float = 1.0
    status: str = ""


@dataclass(frozen=True, slots=True)
class PageScore:
    """One page: numbers on it, numbers read, numbers right, digits on it, and edits (None: not counted)."""

    truth: int
    read: int
    hits: int
    digits: int
    edits: int | None

    @property
    def f1(self) -> float:
        """Return the page's own f1; 1 where nothing is written and nothing was read."""
        return 2 * self.hits / (self.truth + self.read) if self.truth + self.read else 1.0

    @property
    def recall(self) -> float:
        """Return the share of its numbers that were read right; 1 where there are none."""
        return self.hits / self.truth if self.truth else 1.0


@dataclass(frozen=True, slots=True)
class Totals:
    """Figures over pages, all in 0..1 but `cer`, which may exceed 1.

    Attributes
    ----------
    pages, counted : int
        All pages, and those of them on which everything that was read counts. The others also hold
        digits that are not asked for, so that only `page_recall` says something about them.
    page_f1 : float
        Mean of the pages' own f1: a page of 80 numbers counts as much as a page of one.
    page_recall : float
        Mean of the pages' own recall, over all pages.
    f1, cer : float
        Over all numbers and all digits.
    """

    pages: int
    counted: int
    page_f1: float
    page_recall: float
    f1: float
    cer: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A page beside its truth.

    Attributes
    ----------
    written : tuple of str
        Numbers of the truth.
    read : tuple of ReadNumber
        Numbers that were read; those without any digit are left out.
    pairs : tuple of (int or None, int or None)
        Places in `read` and `written`, each once: what was read of which; None = of nothing, or not read.
    digits : Counter of (str, str)
        What is written and what was read there, by how often; :data:`NONE` = no digit.
    score : PageScore
        In figures.
    """

    written: tuple[str, ...]
    read: tuple[ReadNumber, ...]
    pairs: tuple[Column, ...]
    digits: Counter[tuple[str, str]]
    score: PageScore


def compare(read: Sequence[ReadNumber], truth: TruthPage) -> Comparison:
    """Compare what was read on a page, or in a file, with what is written there.

    Parameters
    ----------
    read : sequence of ReadNumber
        In reading order. Not modified.
    truth : TruthPage
        What is written.
    """
    with_digits = [number for number in read if digits_of(number.text)]
    found = tuple(_rows_joined(with_digits) if truth.join else with_digits)
    texts, written = [digits_of(number.text) for number in found], [digits_of(t) for t in truth.numbers]
    if truth.any_order:
        pairs = paired_in_any_order(texts, written)
        digits = Counter(
            column
            for i, j in pairs
            for column in _side_by_side("" if i is None else texts[i], "" if j is None else written[j])
        )
    else:
        columns = aligned("".join(texts), "".join(written))
        pairs = paired_in_order(texts, written, columns)
        digits = Counter(_side_by_side("".join(texts), "".join(written), columns))
    if truth.extra_ok:
        pairs = paired_where_equal(pairs, texts, written)
    hits = sum(i is not None and j is not None and texts[i] == written[j] for i, j in pairs)
    edits = None if truth.extra_ok else sum(n for (is_, was), n in digits.items() if is_ != was)
    score = PageScore(len(written), len(texts), hits, sum(map(len, written)), edits)
    return Comparison(truth.numbers, found, tuple(pairs), digits, score)


def total(scores: Sequence[PageScore]) -> Totals:
    """Sum up pages."""
    strict = [score for score in scores if score.edits is not None]
    hits, truth, read, digits = (
        sum(getattr(score, name) for score in strict) for name in ("hits", "truth", "read", "digits")
    )
    edits = sum(score.edits or 0 for score in strict)
    return Totals(
        len(scores),
        len(strict),
        sum(score.f1 for score in strict) / len(strict) if strict else 1.0,
        sum(score.recall for score in scores) / len(scores) if scores else 1.0,
        2 * hits / (truth + read) if truth + read else 1.0,
        edits / digits if digits else 0.0,
    )


def _rows_joined(read: Sequence[ReadNumber]) -> list[ReadNumber]:
    """Return each line as one number, which is right when all of its parts are."""
    rows = []
    for (page, line), members in groupby(read, key=lambda number: (number.page, number.line)):
        parts = list(members)
        confidence = 1.0
        for part in parts:
            confidence *= part.confidence
        statuses = {part.status for part in parts}
        status = statuses.pop() if len(statuses) == 1 else "review"
        rows.append(ReadNumber("".join(part.text for part in parts), page, line, 1, confidence, status))
    return rows


def _side_by_side(
    read: str, written: str, columns: Sequence[Column] | None = None
) -> Iterator[tuple[str, str]]:
    """Yield what is written and what was read, digit by digit; `columns` where they are known."""
    for i, j in aligned(read, written) if columns is None else columns:
        yield NONE if j is None else written[j], NONE if i is None else read[i]
