"""Numbers that are hardly there: specks, grain and strokes of print that look like digits by chance.

Whether something was written at all is another question than whether it was read right. What is most
probably nothing is passed over, and counted in the page's record.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the records need pydantic, which no help text needs
    from worker.records import NumberRecord, ProcessingStep

__all__ = ["LEAST_PRESENCE", "counted_passed_over", "presence_step", "renumbered"]

#: A number is passed over where it is less probable than this that one is written there at all. A row too
#: many costs a look, and a missing one may never be noticed, so that it is low.
LEAST_PRESENCE = 0.3
#: Name of the step of a page's record that tells what was passed over, and of what it tells there.
_STEP, _PASSED_OVER, _LEAST = "presence", "passed_over", "least"


def renumbered(
    numbers: "Sequence[NumberRecord]", is_kept: "Callable[[int], bool]"
) -> "list[NumberRecord | None]":
    """Leave out some numbers of a page, and count what is left anew.

    Parameters
    ----------
    numbers : sequence of NumberRecord
        Of one page, in reading order, lines and numbers without gaps. Not modified.
    is_kept : callable
        Told the place of a number in `numbers`, says whether it is kept.

    Returns
    -------
    list of NumberRecord or None
        One a number: None where it is left out, else the number with the line and the place that it has
        among those that are left; lines of which none is left are not counted.
    """
    found: list[NumberRecord | None] = []
    line, place, before = 0, 0, None
    for index, number in enumerate(numbers):
        if not is_kept(index):
            found.append(None)
            continue
        if number.line != before:
            line, place, before = line + 1, 0, number.line
        place += 1
        found.append(number.model_copy(update={"line": line, "number": place}))
    return found


def presence_step(passed_over: int, least: float) -> "ProcessingStep":
    """Say in a page's record how many numbers were passed over, and what is asked of one to be kept."""
    from worker.records import ProcessingStep

    return ProcessingStep(name=_STEP, settings={_PASSED_OVER: passed_over, _LEAST: least})


def counted_passed_over(processing: "Sequence[ProcessingStep]") -> int:
    """Return how many numbers of a page were passed over."""
    told = [step.settings.get(_PASSED_OVER) for step in processing if step.name == _STEP]
    return sum(count for count in told if isinstance(count, int) and count > 0)
