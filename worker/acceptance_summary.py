"""What a whole job's summary says of what was accepted: how sure it had to be, and what to expect of it."""

from collections import Counter
from typing import Annotated

from pydantic import Field

from worker.acceptance import ACCEPT
from worker.error_rate import at_best, not_promised
from worker.records import Probability, ReadPage, Record, Status, WarningRecord

__all__ = ["LEAST_PAGES", "AcceptanceRecord", "AcceptanceTally"]

#: Of fewer pages one that is unlike is no wonder: one in twenty-five is.
LEAST_PAGES = 3

#: Codes of the warnings: what was asked for cannot be promised; the pages are unlike.
_NOT_HELD, _UNLIKE = "error-rate-not-held", "unlike-pages"
#: What it means that the middle page lies below or above what is usual.
_DIFFERENCES = {
    ("log_odds", "low"): "these pages read less clearly than those the confidence was fitted on",
    ("log_odds", "high"): "these pages read more clearly than those the confidence was fitted on",
    ("unread_share", "low"): "these pages hold less besides numbers than those the confidence was fitted on",
    ("unread_share", "high"): "these pages hold more besides numbers than those the confidence was fitted on",
}


class AcceptanceRecord(Record):
    """How sure numbers had to be, and the share of wrong ones to expect among the accepted."""

    max_error_rate: Probability | None = Field(None, description="what was asked for, if anything")
    thresholds: Annotated[
        tuple[Probability, ...], Field(description="confidences that were asked for, one a model")
    ] = ()
    expected_error_rate: Probability | None = Field(
        None, description="mean of 1 - confidence of the accepted numbers; null where there is none"
    )


class AcceptanceTally:
    """Gathers it while the pages go by; nothing grows with their number.

    Parameters
    ----------
    max_error_rate : float, optional
        What was asked for.
    """

    def __init__(self, max_error_rate: float | None) -> None:
        self._asked = max_error_rate
        self._thresholds: set[float] = set()
        self._accepted = 0
        self._doubt = 0.0
        self._pages_not_held: Counter[tuple[str, float, float]] = Counter()
        self._compared = 0
        self._sides: Counter[tuple[str, str]] = Counter()

    def add(self, page: ReadPage) -> None:
        """Count one page."""
        for number in page.numbers:
            if number.status is Status.ACCEPTED:
                self._accepted += 1
                self._doubt += 1.0 - number.confidence
        for step in page.processing:
            if step.name == ACCEPT:
                self._add_step(page.model.id, step.settings)

    def _add_step(self, model: str, told: dict[str, float | int | str | bool]) -> None:
        settings = {
            name: value
            for name, value in told.items()
            if isinstance(value, float | int) and not isinstance(value, bool)
        }
        shares = {name: value for name, value in settings.items() if 0 <= value <= 1}
        if "accept_confidence" in shares:
            self._thresholds.add(shares["accept_confidence"])
        elif {"best_error_rate", "best_kept"} <= shares.keys():
            self._pages_not_held[model, shares["best_error_rate"], shares["best_kept"]] += 1
        self._compared += "log_odds_low" in settings
        for name in ("log_odds", "unread_share"):
            if {name, f"{name}_low", f"{name}_high"} <= settings.keys():
                self._sides[name, "low"] += settings[name] < settings[f"{name}_low"]
                self._sides[name, "high"] += settings[name] > settings[f"{name}_high"]

    def record(self) -> AcceptanceRecord:
        """Return what the summary says."""
        return AcceptanceRecord(
            max_error_rate=self._asked,
            thresholds=tuple(sorted(self._thresholds)),
            expected_error_rate=round(self._doubt / self._accepted, 6) if self._accepted else None,
        )

    def warnings(self) -> tuple[WarningRecord, ...]:
        """Return what should be known of the job as a whole, each once."""
        return (*self._not_held(), *self._unlike())

    def _not_held(self) -> list[WarningRecord]:
        return [
            WarningRecord(
                code=_NOT_HELD,
                message=f"{not_promised(self._asked or 0.0)}: "
                f"on {count:,} {'page' if count == 1 else 'pages'} nothing was accepted, all is for review; "
                f"{at_best(model, rate, kept)}",
            )
            for (model, rate, kept), count in self._pages_not_held.items()
        ]

    def _unlike(self) -> list[WarningRecord]:
        """Compare the middle page with what is usual.

        It lies outside just where more than half of all pages do, on one side: no list of pages is needed.
        """
        if self._compared < LEAST_PAGES:
            return []
        return [
            WarningRecord(
                code=_UNLIKE,
                message=f"{difference} ({self._sides[side]:,} of {self._compared:,}): check a sample",
            )
            for side, difference in _DIFFERENCES.items()
            if 2 * self._sides[side] > self._compared
        ]
