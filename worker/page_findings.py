"""What is right and wrong on one page, for people who look into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from worker.job_figures import is_right
from worker.jobs import PageEntry
from worker.records import Status
from worker.scoring import Comparison, PageScore
from worker.truth_page import Compared, TruthPage

__all__ = ["Mistake", "PageFindings", "findings"]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A number that is not right.

    Attributes
    ----------
    written : str, optional
        What is written; None = nothing, or nothing that is asked for.
    read : str, optional
        What was read; None = nothing.
    page, line, number : int, optional
        Where it was read.
    status : str
        Of what was read.
    confidence : float, optional
        Of what was read.
    """

    written: str | None
    read: str | None = None
    page: int | None = None
    line: int | None = None
    number: int | None = None
    status: str = ""
    confidence: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it in JSON's own types."""
        return {
            "written": self.written,
            "read": self.read,
            "page": self.page,
            "line": self.line,
            "number": self.number,
            "status": self.status or None,
            "confidence": self.confidence,
        }


@dataclass(frozen=True, slots=True)
class PageFindings:
    """A page of the truth after it was compared.

    Attributes
    ----------
    truth : TruthPage
        What is written.
    score : PageScore
        In figures.
    mistakes : tuple of Mistake
        Every number that is not right.
    accepted, accepted_wrong : int
        Numbers that were accepted, and those of them that are wrong.
    entries : tuple of PageEntry
        The pages of the job that it is.
    codes : tuple of str
        Why it, or a page of it, was not read.
    """

    truth: TruthPage
    score: PageScore
    mistakes: tuple[Mistake, ...]
    accepted: int
    accepted_wrong: int
    entries: tuple[PageEntry, ...]
    codes: tuple[str, ...]

    @property
    def wrong_accepted(self) -> list[dict[str, Any]]:
        """Return what was accepted and is wrong, in JSON's own types, each with the file that it is on.

        Where further digits are on a page, nobody knows what is wrong of what was read there.
        """
        if self.score.edits is None:
            return []
        accepted = (mistake for mistake in self.mistakes if mistake.status == Status.ACCEPTED)
        return [{"file": self.truth.file, **mistake.as_json()} for mistake in accepted]

    @property
    def goodness(self) -> float:
        """Return how good it is, 0..1: its f1, or its recall where further digits may be on it."""
        return self.score.recall if self.score.edits is None else self.score.f1

    @property
    def flawless(self) -> bool:
        """Tell whether nothing is wrong with it, the order included."""
        return not (self.mistakes or self.codes or self.score.edits)

    def as_json(self) -> dict[str, Any]:
        """Return it in JSON's own types."""
        score = self.score
        return {
            "file": self.truth.file,
            "page": self.truth.page,
            "kind": self.truth.kind or None,
            "key": self.entries[0].key if self.entries else None,
            "unread": list(self.codes),
            "written": score.truth,
            "read": score.read,
            "right": score.hits,
            "f1": None if score.edits is None else round(score.f1, 6),
            "recall": round(score.recall, 6),
            "digits": score.digits,
            "edits": score.edits,
            "accepted": self.accepted,
            "accepted_wrong": self.accepted_wrong,
            "mistakes": [mistake.as_json() for mistake in self.mistakes],
        }


def findings(
    truth: TruthPage,
    page: Comparison,
    compared: Compared,
    *,
    entries: Sequence[PageEntry] = (),
    codes: Sequence[str] = (),
) -> PageFindings:
    """Say what is wrong on a page.

    Parameters
    ----------
    truth : TruthPage
        What is written.
    page : Comparison
        Of it with what was read.
    compared : {"digits", "text"}
        What has to be alike.
    entries : sequence of PageEntry
        The pages of the job that it is.
    codes : sequence of str
        Why it, or a page of it, was not read.
    """
    mistakes = []
    for i, j in page.pairs:
        written = None if j is None else page.written[j]
        if i is None:
            mistakes.append(Mistake(written))
            continue
        number = page.read[i]
        extra = written is None and truth.extra_ok
        if extra or (written is not None and is_right(compared, number.text, written)):
            continue
        place = (number.page, number.line, number.number)
        mistakes.append(Mistake(written, number.text, *place, number.status, number.confidence))
    accepted = Status.ACCEPTED.value
    return PageFindings(
        truth,
        page.score,
        tuple(mistakes),
        sum(number.status == accepted for number in page.read),
        sum(mistake.status == accepted for mistake in mistakes),
        tuple(entries),
        tuple(codes),
    )
