"""Numbers of a page that are left out: the others are counted anew, and the record says how many went."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the records need pydantic, which no help text needs
    from worker.records import NumberRecord, ProcessingStep

__all__ = ["counted", "renumbered"]


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


def counted(processing: "Sequence[ProcessingStep]", step: str, entry: str) -> int:
    """Return what the steps of a page's record count under a name; what is no count is passed over.

    Parameters
    ----------
    processing : sequence of ProcessingStep
        Of one page.
    step : str
        Name of the step that counts.
    entry : str
        Name of the count among its settings.
    """
    told = [each.settings.get(entry) for each in processing if each.name == step]
    return sum(count for count in told if isinstance(count, int) and count > 0)
