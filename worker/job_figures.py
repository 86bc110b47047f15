"""The figures of a job, gathered page by page: numbers, digits, what was accepted, confidences."""

from array import array
from collections import Counter
from typing import Any

from model.rates import Rate
from worker.job_curve import calibration, error_reject
from worker.records import Status
from worker.scoring import NONE, Comparison, PageScore, total
from worker.truth_page import Compared, compared_text

__all__ = ["DIGITS", "Figures", "is_right"]

#: Rows and columns of the confusion: the ten digits, and that there is none.
DIGITS = (*"0123456789", NONE)


def is_right(compared: Compared, read: str, written: str) -> bool:
    """Tell whether a reading is what is written, in what counts; one with an open digit never is."""
    return "?" not in read and compared_text(read, compared) == compared_text(written, compared)


class Figures:
    """Adds up pages, all of a job or those of a kind.

    Parameters
    ----------
    compared : {"digits", "text"}
        What has to be alike for a number to be right.
    """

    def __init__(self, compared: Compared) -> None:
        self._compared = compared
        self._scores: list[PageScore] = []
        self._confusion: Counter[tuple[str, str]] = Counter()
        self._statuses: Counter[tuple[str, bool]] = Counter()
        self._exact = self._covered = 0
        self.confidences = array("d")
        self.right = array("b")

    def add(self, page: Comparison) -> None:
        """Add a page. Where further digits are on it, only what is missing counts."""
        self._scores.append(page.score)
        strict = page.score.edits is not None
        if strict:
            self._confusion.update(page.digits)
        for i, j in page.pairs:
            if i is None:
                continue
            number = page.read[i]
            right = j is not None and is_right(self._compared, number.text, page.written[j])
            self._exact += right
            self._covered += j is not None and number.status == Status.ACCEPTED
            if strict:
                self._statuses[number.status, right] += 1
                self.confidences.append(number.confidence)
                self.right.append(right)

    def as_json(self) -> dict[str, Any]:
        """Return all that is a share or a count, in JSON's own types."""
        totals = total(self._scores)
        strict = [score for score in self._scores if score.edits is not None]
        written, hits = (sum(getattr(score, name) for score in self._scores) for name in ("truth", "hits"))
        read, strict_hits = (sum(getattr(score, name) for score in strict) for name in ("read", "hits"))
        accepted = self._of_status(Status.ACCEPTED)
        wrong = _share(accepted.count - accepted.right, accepted.count)
        return {
            "pages": totals.pages,
            "pages_counted": totals.counted,
            "page_f1": round(totals.page_f1, 6),
            "page_recall": round(totals.page_recall, 6),
            "numbers": {
                "written": written,
                "read": read,
                "recall": _share(hits, written),
                "precision": _share(strict_hits, read),
                "f1": round(totals.f1, 6),
                "exact": _share(self._exact, written),
            },
            "cer": round(totals.cer, 6),
            "accepted": {
                "wrong": wrong,
                "wrong_per_1000": _per_1000(wrong),
                "coverage": _share(self._covered, written),
            },
        }

    def digits_as_json(self) -> dict[str, Any]:
        """Return what became of the digits."""
        table = [[self._confusion[is_, was] for was in DIGITS] for is_ in DIGITS]
        right = sum(table[k][k] for k in range(10))
        written = sum(sum(row) for row in table[:10])
        missed = sum(row[10] for row in table[:10])
        return {
            "written": written,
            "right": _share(right, written),
            "changed": written - right - missed,
            "missed": missed,
            "added": sum(table[10]),
            "per_digit": [_share(row[k], sum(row)) for k, row in enumerate(table[:10])],
            "confusion": table,
        }

    def confidence_as_json(self) -> dict[str, Any]:
        """Return what the confidence of the numbers that were read is worth."""
        return {
            "by_status": {
                status.value: {"right": _share(rate.right, rate.count)}
                for status in Status
                for rate in [self._of_status(status)]
            },
            "calibration": calibration(self.confidences, self.right),
            "error_reject": error_reject(self.confidences, self.right),
        }

    def _of_status(self, status: Status) -> Rate:
        right = self._statuses[status, True]
        return Rate(right, right + self._statuses[status, False])


def _share(count: int, of: int) -> dict[str, Any]:
    """Return so many of so many, with the share and its 95 % interval."""
    rate = Rate(count, of).as_json()
    return {"count": count, "of": of, **{name: rate[name] for name in ("share", "low", "high")}}


def _per_1000(wrong: dict[str, Any]) -> dict[str, float | None]:
    """Return a share of wrong ones, and its bounds, as so many of 1,000."""
    names = {"share": "value", "low": "low", "high": "high"}
    return {
        told: None if wrong[name] is None else round(1000 * wrong[name], 3) for name, told in names.items()
    }
