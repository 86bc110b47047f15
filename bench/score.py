"""Scores what an engine read, by the comparison that `digitize evaluate` makes."""

from collections.abc import Mapping, Sequence
from typing import Any

from worker.scoring import PageScore, ReadNumber, Totals, compare, total
from worker.truth_page import TruthPage

__all__ = ["PageScore", "Totals", "score_page", "total"]


def score_page(read: Sequence[tuple[int, str]], truth: Mapping[str, Any]) -> PageScore:
    """Score one page.

    Parameters
    ----------
    read : sequence of (line, text)
        In reading order.
    truth : mapping
        An entry of ``truth.json``: `rows`, and where they hold `extra_ok` (the page has
        digits that are not asked for) and `join` (a line counts as one number).
    """
    page = TruthPage(
        tuple(tuple(row) for row in truth["rows"]),
        extra_ok=bool(truth.get("extra_ok")),
        join=bool(truth.get("join")),
    )
    return compare([ReadNumber(text, line=line) for line, text in read], page).score
