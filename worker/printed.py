"""Numbers that are printed rather than written by hand: kept, or left out where a job asks for that."""

from enum import StrEnum
from typing import TYPE_CHECKING

from worker.errors import ModelRefused
from worker.left_out import counted, renumbered

if TYPE_CHECKING:  # the records need pydantic, which no help text needs
    from collections.abc import Sequence

    from worker.records import NumberRecord, ProcessingStep

__all__ = ["Printed", "counted_left_out", "no_ink_network", "printed_step", "without_printed"]

#: Name of the step of a page's record that tells what was left out, and of what it tells there.
_STEP, _LEFT_OUT = "printed", "left_out"


class Printed(StrEnum):
    """What becomes of printed numbers."""

    KEEP = "keep"
    DROP = "drop"


def without_printed(numbers: "Sequence[NumberRecord]") -> "list[NumberRecord | None]":
    """Leave out the printed numbers of a page, and count what is left anew.

    Parameters
    ----------
    numbers : sequence of NumberRecord
        Of one page, in reading order, lines and numbers without gaps. Not modified.

    Returns
    -------
    list of NumberRecord or None
        One a number: None where it is left out, else the number with the line and the place that it has
        among those that are left; lines of which none is left are not counted.
    """
    from worker.records import Kind

    return renumbered(numbers, lambda index: numbers[index].kind is not Kind.PRINTED)


def printed_step(left_out: int) -> "ProcessingStep":
    """Say in a page's record how many printed numbers were left out."""
    from worker.records import ProcessingStep

    return ProcessingStep(name=_STEP, settings={_LEFT_OUT: left_out})


def counted_left_out(processing: "Sequence[ProcessingStep]") -> int:
    """Return how many printed numbers were left out of a page, 0 where none was to be."""
    return counted(processing, _STEP, _LEFT_OUT)


def no_ink_network(model: str) -> ModelRefused:
    """Return what to say where a model cannot tell what is printed."""
    return ModelRefused(
        f"model {model} cannot tell printed numbers from handwritten ones: it has no network for its ink",
        remedy="Take a model that has one, as `digitize retrain --recipe ink` makes, or keep what is "
        "printed: --printed keep.",
    )
