"""Numbers that are hardly there: specks, grain and strokes of print that look like digits by chance.

Whether something was written at all is another question than whether it was read right. What is most
probably nothing is passed over, and counted in the page's record.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from worker.left_out import counted
from worker.printed import Printed

if TYPE_CHECKING:  # the records need pydantic, which no help text needs
    from worker.records import ProcessingStep

__all__ = ["LEAST_PRESENCE", "counted_passed_over", "least_presence_of", "presence_step"]

#: A number is passed over where it is less probable than this that one is written there at all. A row too
#: many costs a look, and a missing one may never be noticed, so that it is low.
LEAST_PRESENCE = 0.3
#: Whoever wants what is handwritten alone asks for less on pages that are mostly print: there it has to be
#: likelier than not.
_LEAST_BY_HAND = 0.5
#: Name of the step of a page's record that tells what was passed over, and of what it tells there.
_STEP, _PASSED_OVER, _LEAST = "presence", "passed_over", "least"


def least_presence_of(printed: Printed) -> float:
    """Return how probable it has to be that a number is written there at all, 0..1."""
    return _LEAST_BY_HAND if printed is Printed.DROP else LEAST_PRESENCE


def presence_step(passed_over: int, least: float) -> "ProcessingStep":
    """Say in a page's record how many numbers were passed over, and what is asked of one to be kept."""
    from worker.records import ProcessingStep

    return ProcessingStep(name=_STEP, settings={_PASSED_OVER: passed_over, _LEAST: least})


def counted_passed_over(processing: "Sequence[ProcessingStep]") -> int:
    """Return how many numbers of a page were passed over."""
    return counted(processing, _STEP, _PASSED_OVER)
