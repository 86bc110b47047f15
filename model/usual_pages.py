"""What the pages look like that a model's confidence was fitted on, and which other pages do not.

A confidence is honest on pages like these. How they differ from others shows in what it is computed
from: how surely the digits are read, and how much ink is read as nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from model.manifest_checks import as_floats

if TYPE_CHECKING:
    from model.calibration import NumberEvidence

__all__ = ["USUAL_SHARES", "PageEvidence", "UsualPages"]

#: Between these shares of the pages lies what is usual.
USUAL_SHARES = (0.02, 0.98)


@dataclass(frozen=True, slots=True)
class PageEvidence:
    """What a page shows as a whole.

    Attributes
    ----------
    log_odds : float
        Mean log-odds of its digits.
    unread_share : float
        How much ink of the lines of its numbers was left out, the mean over its numbers, 0..1.
    """

    log_odds: float
    unread_share: float

    @classmethod
    def of(cls, numbers: Sequence["NumberEvidence"]) -> "PageEvidence | None":
        """Return what the evidence of a page's numbers says; None for a page without any."""
        if not numbers:
            return None
        unread = sum(number.unread_share for number in numbers) / len(numbers)
        return cls(numbers[0].page_log_odds, unread)


@dataclass(frozen=True, slots=True)
class UsualPages:
    """From where to where pages lie that the confidence was fitted on.

    Attributes
    ----------
    log_odds, unread_share : tuple of (float, float)
        The lower and the upper of :data:`USUAL_SHARES`, of the entries of :class:`PageEvidence`.
    """

    log_odds: tuple[float, float]
    unread_share: tuple[float, float]

    @classmethod
    def from_stored(cls, stored: Any) -> "UsualPages":
        """Return what a manifest holds.

        Raises
        ------
        ValueError
            It is something else.
        """
        if not isinstance(stored, Mapping):
            raise ValueError("a range of each kind of evidence is needed")
        return cls(*(_range(stored, field.name) for field in fields(cls)))

    def as_manifest(self) -> dict[str, list[float]]:
        """Return what :meth:`from_stored` takes."""
        return {name: [round(bound, 4) for bound in bounds] for name, bounds in asdict(self).items()}


def _range(stored: Mapping[str, Any], name: str) -> tuple[float, float]:
    try:
        low, high = as_floats(stored[name])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{name}: a lower and an upper bound are needed") from error
    if not low <= high:
        raise ValueError(f"{name}: a lower and an upper bound are needed; found {low} and {high}")
    return low, high
