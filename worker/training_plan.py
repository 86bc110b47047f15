"""How much is drawn to train a reader on: as much as there are digits to be written, between two bounds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from worker.specimens import SHEET_DIGITS

__all__ = ["LEAST_PARTS", "WRITTEN", "Plan", "told_besides", "told_parts"]

#: Times that each digit to train on is written: as often as all parts write those of MNIST (55,000, because
#: one of twelve is kept back). Each time it is another pen, on other paper; more of that teaches little else.
WRITTEN = 6
#: Parts that are drawn of few digits, too: paper, pens, and what is no digit have to be learned all the same.
LEAST_PARTS = 8
#: What MNIST takes, and how many minutes a training with it took on two cores (docs/accuracy.md).
MOST_PARTS, MINUTES = 56, 41
#: Digits that a page gives on the average.
PAGE_DIGITS = 88


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is drawn.

    Attributes
    ----------
    tasks : int
        Pieces of work (parts), spread over the cores, each with its own seed; at most so many.
    sheets, pages : int
        Of each task.
    held_out_tasks : int
        Tasks drawn with held-out digits, and as many with the test digits.
    read_tasks, judged_tasks, read_pages : int
        Tasks whose pages are read to calibrate the confidence, tasks whose pages are read to judge it, and
        the pages of each: the more are judged, the smaller a share of wrong numbers can be promised.
    ink_tasks, ink_test_tasks, ink_pages : int
        Tasks that draw pages to tell sorts of ink apart, to train on and to judge by, and the pages of each.
    """

    tasks: int = MOST_PARTS
    sheets: int = 12
    pages: int = 36
    held_out_tasks: int = 4
    read_tasks: int = 12
    read_pages: int = 48
    judged_tasks: int = 6
    ink_tasks: int = 60
    ink_test_tasks: int = 3
    ink_pages: int = 50

    @property
    def digits_a_task(self) -> int:
        """Return how many digits a task writes, more or less."""
        return SHEET_DIGITS * self.sheets + PAGE_DIGITS * self.pages

    def for_digits(self, count: int) -> "Plan":
        """Return as much of this plan as so many digits to train on need.

        Parameters
        ----------
        count : int
            Digits, of all sources together.

        Returns
        -------
        Plan
            Each digit is written :data:`WRITTEN` times, in :data:`LEAST_PARTS` parts or more, and never in
            more parts than this plan has.
        """
        needed = ceil(WRITTEN * count / self.digits_a_task)
        return replace(self, tasks=min(self.tasks, max(LEAST_PARTS, needed)))


def told_parts(plan: Plan, names: Sequence[str], parts: Sequence[int], counts: Sequence[int]) -> str:
    """Say what is going to be drawn to train on.

    Parameters
    ----------
    plan : Plan
        How much.
    names : sequence of str
        Of the sources.
    parts, counts : sequence of int
        Parts that are drawn with each, and digits to train on that it has; both may be 0.
    """
    told = (
        f"{part} with {name} ({count:,} digits, each written {_times(part * plan.digits_a_task / count)})"
        for name, part, count in zip(names, parts, counts, strict=True)
        if part
    )
    return f"parts to draw for training: {sum(parts)}, {', '.join(told)}"


def told_besides(plan: Plan) -> str:
    """Say what else is drawn, how long a training took, and that nothing is kept when it is stopped."""
    return (
        f"parts to draw besides: {plan.held_out_tasks} to fit the confidence by, {plan.held_out_tasks} to "
        f"judge by; with {MOST_PARTS} parts all of it took {MINUTES} minutes on two cores, and stopping it "
        "keeps nothing"
    )


def _times(often: float) -> str:
    if often >= 1.5:
        return f"about {often:,.0f} times"
    return "about once" if often >= 0.75 else "not even once on the average"
