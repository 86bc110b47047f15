"""Which way up a page lies: some of its glyphs are looked at from four sides, and one side has to stand out.

Most digits are digits from one side only. Where a page reads badly as it lies, a few glyphs are turned and
shown to the network once more; the page itself is cut and read again only when they agree. Digits that look
alike from two sides (0, 1, 8, 6 and 9) say nothing, and a page of few digits stays as it is.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from model.calibration import log_odds
from model.contract import NOT_A_DIGIT
from segmentation.candidates import WHOLE
from segmentation.geometry import Box
from segmentation.segment import Segmentation
from worker.records import ProcessingStep
from worker.unread_ink import unread_ink

__all__ = ["Seen", "quarters_of", "read_upright", "reads_better", "side_of", "turn_step"]

#: Whose digits are surer than this on average, as log-odds, lies the right way up: of pages that lie on
#: their side none does, of those upside down one in twenty.
SURE = 4.5
#: Glyphs that are looked at: the first few tell of most pages, and cost next to nothing.
FEW, MANY = 12, 32
#: Their larger side is as large as the writing, times this: digits may lie on their side.
SIZES = (0.5, 2.5)
#: A glyph has a say if it is a digit from one side with this probability,
CREDIBLE = 0.8
#: and so many of them are needed, and this share of all: some letters are digits upside down.
LEAST_GLYPHS, LEAST_SHARE = 4, 0.5
#: Log-odds are bounded: no glyph outvotes the others.
LEAST_ODDS, MOST_ODDS = -4.0, 7.0
#: On average one side is better by this than each other, as log-odds,
AHEAD = 1.0
#: and by so many standard errors, for which the odds differ by this at least.
ERRORS, LEAST_SPREAD = 1.5, 0.5
#: A page on its side may be cut into anything: where digits are no surer than this on average, and less
#: than this share of the ink is read, it is read from another side before its glyphs are asked again.
UNSURE, HARDLY_READ = 2.5, 0.65
#: It is not where those few of its glyphs that are digits from any side say that it lies upright, by this on
#: average, as log-odds: that is a page of words and rules, which would be no surer from another side.
UPRIGHT = 2.0
#: A page does not stay turned if its digits add up to less than this share of what was read before.
NOT_LESS = 0.75

#: Name of the step that is written out for a page that was turned.
_STEP = "turn"

Classify = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


class Seen(Protocol):
    """A page that was read, as far as it tells which way up it lies."""

    @property
    def segmentation(self) -> Segmentation:
        """Its candidate glyphs."""

    @property
    def digits(self) -> Sequence[tuple[Box, float]]:
        """Where each digit stands, in px of the working page, and how sure it is."""


AnySeen = TypeVar("AnySeen", bound=Seen)


def read_upright(read: Callable[[int], AnySeen], classify: Classify) -> AnySeen:
    """Read a page as it lies, and turned where it lies on its side or upside down.

    Parameters
    ----------
    read : callable
        Reads the page turned by so many quarters, counter-clockwise.
    classify : callable
        From (N, 28, 28) uint8 glyphs, ink = 255, to (N, 11) probabilities.

    Returns
    -------
    Seen
        What `read` gave for the side that stands out; for 0 quarters where none does.
    """
    seen = read(0)
    surety = _surety(seen)
    if surety > SURE:
        return seen
    asked = _asked(seen, FEW, classify)
    side = side_of(asked)
    if side != 0:
        asked = _asked(seen, MANY, classify)
        side = side_of(asked)
    turned = None
    if side is None and surety <= UNSURE and _share_read(seen) < HARDLY_READ and not _rather_upright(asked):
        turned = read(1)
        side = side_of(_asked(turned, MANY, classify))
        side = None if side is None else (side + 1) % 4
    if not side:
        return seen
    if turned is None or side != 1:
        turned = read(side)
    return turned if reads_better(turned, seen) else seen


def side_of(probabilities: NDArray[np.float32]) -> int | None:
    """Tell from which side glyphs are digits.

    Parameters
    ----------
    probabilities : (4, N, 11) float32 ndarray
        What the network says of each glyph as it is, and turned by one, two and three quarters,
        counter-clockwise.

    Returns
    -------
    int or None
        By how many quarters they have to be turned; None where no side stands out.
    """
    odds = _credible_odds(probabilities)
    if odds.shape[1] < max(LEAST_GLYPHS, LEAST_SHARE * probabilities.shape[1]):
        return None
    best = int(odds.mean(axis=1).argmax())
    ahead = odds[best] - np.delete(odds, best, axis=0)
    error = np.maximum(ahead.std(axis=1, ddof=1), LEAST_SPREAD) / ahead.shape[1] ** 0.5
    stands_out = ahead.mean(axis=1) > np.maximum(AHEAD, ERRORS * error)
    return best if bool(stands_out.all()) else None


def reads_better(turned: Seen, before: Seen) -> bool:
    """Tell whether a page is to stay turned: it has digits, and they are no less sure by far."""
    after = [sure for _, sure in turned.digits]
    known = [sure for _, sure in before.digits]
    return len(after) >= LEAST_GLYPHS and float(_odds(after).sum()) > NOT_LESS * float(_odds(known).sum())


def turn_step(quarters: int) -> tuple[ProcessingStep, ...]:
    """Return what is written out of a page that was turned by so many quarters; nothing for 0."""
    return (ProcessingStep(name=_STEP, settings={"turn_deg": 90 * quarters}),) if quarters else ()


def quarters_of(processing: Iterable[ProcessingStep]) -> int:
    """Return by how many quarters a page was turned that was read, counter-clockwise."""
    turns = [step.settings.get("turn_deg") for step in processing if step.name == _STEP]
    return next((quarters for quarters in (1, 2, 3) if turns[:1] == [90 * quarters]), 0)


def _odds(sure: Iterable[float]) -> NDArray[np.float64]:
    return np.clip([log_odds(float(value)) for value in sure], LEAST_ODDS, MOST_ODDS).astype(np.float64)


def _surety(seen: Seen) -> float:
    """Return how sure its digits are on average, as log-odds."""
    return float(_odds(sure for _, sure in seen.digits).mean()) if seen.digits else LEAST_ODDS


def _credible_odds(probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return how surely each glyph is a digit from each side, of those that are one from any: (4, N)."""
    digit = probabilities[:, :, :NOT_A_DIGIT].max(axis=2)
    digit = digit[:, (digit >= CREDIBLE).any(axis=0)]
    return _odds(digit.ravel()).reshape(digit.shape)


def _rather_upright(probabilities: NDArray[np.float32]) -> bool:
    """Tell whether what few digits there are stand upright, though they are too few to tell the side."""
    odds = _credible_odds(probabilities)
    if odds.shape[1] < LEAST_GLYPHS:
        return False
    upright, *others = odds.mean(axis=1).tolist()
    return bool(upright >= max(others) + UPRIGHT)


def _asked(seen: Seen, most: int, classify: Classify) -> NDArray[np.float32]:
    """Look at some glyphs of a page from four sides: (4, N, 11), without any where they are too few."""
    glyphs = seen.segmentation.glyphs[_looked_at(seen.segmentation, most)]
    if len(glyphs) < LEAST_GLYPHS:
        return np.zeros((4, 0, NOT_A_DIGIT + 1), np.float32)
    sides = np.concatenate([np.rot90(glyphs, quarters, axes=(1, 2)) for quarters in range(4)])
    return classify(sides).reshape(4, len(glyphs), -1)


def _looked_at(seen: Segmentation, most: int) -> NDArray[np.intp]:
    """Pick glyphs all over the page: whole components as large as its writing."""
    least, largest = (size * seen.writing.size.height_px for size in SIZES)
    candidates = chain.from_iterable(strip.candidates for strip in seen.strips)
    found = np.array(
        [
            place
            for place, candidate in enumerate(candidates)
            if candidate.make == WHOLE and least <= max(candidate.box.width, candidate.box.height) <= largest
        ],
        np.intp,
    )
    return found if len(found) <= most else found[np.linspace(0, len(found) - 1, most).astype(np.intp)]


def _share_read(seen: Seen) -> float:
    """Return how much of a page's ink lies in what was read; 1 where there is none."""
    labels = seen.segmentation.writing.labels
    ink = np.count_nonzero(labels)
    unread = np.count_nonzero(unread_ink((box for box, _ in seen.digits), labels))
    return 1 - unread / ink if ink else 1.0
