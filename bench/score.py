"""Scores what was read against what is on the pages."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["PageScore", "Totals", "score_page", "total"]


@dataclass(frozen=True, slots=True)
class PageScore:
    """One page: numbers on it, numbers read, numbers right, digits on it, and edits (None: not counted)."""

    truth: int
    read: int
    hits: int
    digits: int
    edits: int | None


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


def edit_distance(a: str, b: str) -> int:
    """Return the Levenshtein distance of two strings."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, start=1):
        corner, row[0] = row[0], i
        for j, right in enumerate(b, start=1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (left != right))
    return row[-1]


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def score_page(read: Sequence[tuple[int, str]], truth: dict[str, Any]) -> PageScore:
    """Score one page.

    Parameters
    ----------
    read : sequence of (line, text)
        In reading order.
    truth : dict
        An entry of ``truth.json``: `rows`, and where they hold `extra_ok` (the page has
        digits that are not asked for) and `join` (a line counts as one number).
    """
    rows = [[_digits(text) for text in row] for row in truth["rows"]]
    texts = [(line, _digits(text)) for line, text in read if _digits(text)]
    if truth.get("join"):
        want = ["".join(row) for row in rows]
        lines: dict[int, str] = {}
        for line, text in texts:
            lines[line] = lines.get(line, "") + text
        got = list(lines.values())
    else:
        want = [text for row in rows for text in row]
        got = [text for _, text in texts]
    hits = sum((Counter(got) & Counter(want)).values())
    edits = None if truth.get("extra_ok") else edit_distance("".join(got), "".join(want))
    return PageScore(len(want), len(got), hits, sum(map(len, want)), edits)


def total(scores: Sequence[PageScore]) -> Totals:
    """Sum up pages."""
    strict = [s for s in scores if s.edits is not None]
    hits, truth, read = (sum(getattr(s, name) for s in strict) for name in ("hits", "truth", "read"))
    page_f1 = [2 * s.hits / (s.truth + s.read) if s.truth + s.read else 1.0 for s in strict]
    edits, digits = sum(s.edits or 0 for s in strict), sum(s.digits for s in strict)
    page_recall = [s.hits / s.truth if s.truth else 1.0 for s in scores]
    return Totals(
        len(scores),
        len(strict),
        sum(page_f1) / len(page_f1) if page_f1 else 1.0,
        sum(page_recall) / len(page_recall) if page_recall else 1.0,
        2 * hits / (truth + read) if truth + read else 1.0,
        edits / digits if digits else 0.0,
    )
