"""A page that reads badly is read again, taken to be otherwise than it was measured; what reads best counts.

How high the writing is decides what is a rule, what is a speck and what belongs together, and where lines,
fillers and frames run into digits it may be measured wrong: it is taken to be lower, and higher. And a page
that lies hardly askew, which is read as it lies, is set straight.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from statistics import fmean
from typing import Protocol, TypeVar

from segmentation.config import DEFAULT, SegmentationConfig
from segmentation.segment import Segmentation
from segmentation.skew import STRAIGHT_DEG
from worker.records import ProcessingStep

__all__ = [
    "CLEARLY_MORE",
    "CREDIBLE",
    "LEAST_SURE",
    "LOOKS",
    "MOST_CANDIDATES",
    "Look",
    "look_of",
    "looks_for",
    "surest_look",
]

# The thresholds were chosen on real pages, each turned, scaled, blurred and lit in 22 ways, and on pages with
# nothing by hand, of which none was to gain digits.

#: A page whose numbers are less sure than this on average is looked at again,
LEAST_SURE = 0.6
#: with the writing taken to be so many times as high as it was measured, and set straight.
LOOKS = (
    replace(DEFAULT, height_factor=0.77),
    replace(DEFAULT, height_factor=1.3),
    replace(DEFAULT, least_skew_deg=STRAIGHT_DEG),
)
#: Another look is taken if it says so much more, in digits that are certain, and each digit of its numbers is
#: so sure on average: grain and print look a little like digits however one looks.
CLEARLY_MORE, CREDIBLE = 0.05, 0.55
#: A page with more candidate glyphs than this takes seconds to read, and is read once: a look that takes so
#: long that its page is given up costs what was read already.
MOST_CANDIDATES = 6_000
#: What a page's record tells of the look that was kept.
_TOLD = ("height_factor", "least_skew_deg")


class Look(Protocol):
    """A page that was read."""

    @property
    def sureness(self) -> Sequence[tuple[int, float]]:
        """Of each number how many digits it has, and how sure it is, in [0, 1]."""


AnyLook = TypeVar("AnyLook", bound=Look)


def looks_for(first: Segmentation) -> Sequence[SegmentationConfig]:
    """Return by which thresholds a page is worth another look, should it read badly.

    Parameters
    ----------
    first : Segmentation
        The page as it was measured.

    Returns
    -------
    sequence of SegmentationConfig
        None where it holds nothing that could be a digit, or too much; set straight where that changes it.
    """
    if not 0 < len(first.glyphs) <= MOST_CANDIDATES:
        return ()
    is_askew = STRAIGHT_DEG <= abs(first.writing.askew_deg) < DEFAULT.least_skew_deg
    return LOOKS if is_askew else LOOKS[:-1]


def look_of(processing: Iterable[ProcessingStep]) -> SegmentationConfig:
    """Return by which thresholds a page was read, from its record: the usual ones if it tells of no look."""
    told = next((step.settings for step in processing if step.name == "segment"), {})
    values = [told.get(name) for name in _TOLD]
    return next((look for look in LOOKS if [getattr(look, name) for name in _TOLD] == values), DEFAULT)


def surest_look(
    first: AnyLook,
    again: Callable[[SegmentationConfig], AnyLook],
    looks: Sequence[SegmentationConfig] = LOOKS,
) -> AnyLook:
    """Look at a page again if it reads badly, and return the look that reads best.

    Parameters
    ----------
    first : Look
        The page as it was measured.
    again : callable
        Reads the page by other thresholds.
    looks : sequence of SegmentationConfig
        Those that are tried.

    Returns
    -------
    Look
        The one that says most: the sum over its digits of how sure their numbers are, squared, which many
        doubtful numbers in place of a few sure ones do not raise. `first` where no credible other says
        clearly more.
    """
    if first.sureness and fmean(sure for _, sure in first.sureness) >= LEAST_SURE:
        return first
    # Where nothing was read at first, a single stroke that looks like a one is no reason to think otherwise.
    least = 1 if first.sureness else 2
    credible = (look for look in map(again, looks) if _is_credible(look) and _digits(look) >= least)
    best = max(credible, key=_said, default=first)
    return best if _said(best) > _said(first) + CLEARLY_MORE else first


def _said(look: Look) -> float:
    return sum(digits * sure**2 for digits, sure in look.sureness)


def _is_credible(look: Look) -> bool:
    """Tell whether a look's digits are sure enough, each by itself: long numbers are less sure than that."""
    digits = [sure ** (1 / count) for count, sure in look.sureness]
    return bool(digits) and fmean(digits) >= CREDIBLE


def _digits(look: Look) -> int:
    return sum(digits for digits, _ in look.sureness)
