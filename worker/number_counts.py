"""How many numbers of a page came to which end: those in its record, and those that were left out."""

from typing import TYPE_CHECKING

from worker.presence import counted_passed_over
from worker.printed import counted_left_out

if TYPE_CHECKING:  # the records need pydantic, which no help text needs
    from worker.records import ReadPage

__all__ = ["PASSED_OVER", "PRINTED_LEFT_OUT", "number_counts"]

#: Ends of numbers that stand in no table; the others are called as their status.
PASSED_OVER, PRINTED_LEFT_OUT = "passed_over", "printed_left_out"


def number_counts(record: "ReadPage") -> dict[str, int]:
    """Return how many numbers of a page came to each end, those ends left out to which none came.

    Parameters
    ----------
    record : ReadPage
        Of a page that was read.
    """
    counts: dict[str, int] = {}
    for number in record.numbers:
        counts[number.status.value] = counts.get(number.status.value, 0) + 1
    counts[PASSED_OVER] = counted_passed_over(record.processing)
    counts[PRINTED_LEFT_OUT] = counted_left_out(record.processing)
    return {end: count for end, count in counts.items() if count}
