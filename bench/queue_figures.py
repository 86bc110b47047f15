"""What :mod:`bench.queue` measured: as a table, and held against what was asked of the queue."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np

from bench.verdict import Verdict, at_least, at_most

__all__ = ["Figures", "Turn", "Way", "gains_of", "interval_of", "of_bare", "table", "verdicts"]

#: Of the pages a second that bare processes read.
LEAST_OF_BARE = 0.95
#: How many times as much two processes read as one, where there are cores for both.
LEAST_GAIN = 1.9
LEAST_QUEUED = 2000
MOST_RECOVERY_S = 15

#: How many samples of the turns tell how sure a median is.
_SAMPLES = 2000


@dataclass(frozen=True)
class Way:
    """What one way of reading all pages took, in seconds a page."""

    by_clock_s: float
    by_processor_s: float | None = None
    first_s: float | None = None

    @property
    def pages_a_second(self) -> float:
        """By the clock."""
        return 1 / self.by_clock_s


#: All ways of one turn, by name ("bare", "pool", "queue") and number of processes.
Turn = Mapping[tuple[str, int], Way]


@dataclass
class Figures:
    """What was measured; what was not is empty.

    Attributes
    ----------
    turns : sequence of Turn
        Pages that were read each way.
    queued_a_second : float, optional
        Pages that were only queued, by the clock.
    recoveries_s : dict of str to list of float
        By what was killed, after how long the page was begun again, each time.
    """

    turns: Sequence[Turn] = ()
    queued_a_second: float | None = None
    recoveries_s: dict[str, list[float]] = field(default_factory=dict)


def of_bare(turns: Sequence[Turn], what: str, processes: int) -> float:
    """Return how much of what bare processes read one way reads, as the median of the turns."""
    return median(_parts_of_bare(turns, what, processes))


def interval_of(ratios: Sequence[float]) -> tuple[float, float]:
    """Return between what the median lies in 95 of 100 samples of as many turns, drawn from these."""
    drawn = np.random.default_rng(0).choice(ratios, (_SAMPLES, len(ratios)))
    low, high = np.percentile(np.median(drawn, axis=1), [2.5, 97.5])
    return float(low), float(high)


def gains_of(turns: Sequence[Turn], what: str, processes: int) -> list[float]:
    """Return how many times as much processes read as one, in each turn."""
    return [turn[what, 1].by_clock_s / turn[what, processes].by_clock_s for turn in turns]


def table(turns: Sequence[Turn], pages: int) -> str:
    """Return what reading took as a table in Markdown, and below it what more processes gained."""
    rows = [
        f"| {pages} pages a process, median of {len(turns)} | pages/s | of bare | processor ms a page |",
        "|---|---:|---:|---:|",
    ]
    for what, number in turns[0]:
        ways = [turn[what, number] for turn in turns]
        first = "" if ways[0].first_s is None else f", after {median(way.first_s or 0 for way in ways):.2f} s"
        by_processor = [1000 * way.by_processor_s for way in ways if way.by_processor_s is not None]
        cost = f"{median(by_processor):.0f}" if by_processor else ""
        speed = median(way.pages_a_second for way in ways)
        part = _with_interval(_parts_of_bare(turns, what, number)) if what != "bare" else "1"
        rows.append(f"| {what}, {number}{first} | {speed:.2f} | {part} | {cost} |")
    for number in _processes(turns)[1:]:
        for what in ("bare", "queue"):
            gain = _with_interval(gains_of(turns, what, number))
            rows.append(f"{what}: {number} processes read {gain} times as much as one")
    return "\n".join(rows)


def verdicts(figures: Figures, cores: int) -> Iterator[Verdict]:
    """Hold against what was asked whatever was measured.

    Parameters
    ----------
    figures : Figures
        What was measured.
    cores : int
        That may be used: on one, nothing is asked of two processes beside each other.
    """
    numbers = _processes(figures.turns)
    for number in numbers:
        processes = "process" if number == 1 else "processes"
        found = of_bare(figures.turns, "queue", number)
        yield at_least(LEAST_OF_BARE, f"of what bare processes read, with {number} {processes}", found)
    if 2 in numbers and cores > 1:
        gain = median(gains_of(figures.turns, "queue", 2))
        yield at_least(LEAST_GAIN, "times as much with two processes as with one", gain)
    if figures.queued_a_second is not None:
        yield at_least(LEAST_QUEUED, "pages queued a second", figures.queued_a_second)
    for what, seconds in figures.recoveries_s.items():
        if seconds:
            asked = f"s until a page is begun again whose {what} was killed, each time"
            yield at_most(MOST_RECOVERY_S, asked, max(seconds))


def _parts_of_bare(turns: Sequence[Turn], what: str, processes: int) -> list[float]:
    return [turn["bare", processes].by_clock_s / turn[what, processes].by_clock_s for turn in turns]


def _with_interval(ratios: Sequence[float]) -> str:
    low, high = interval_of(ratios)
    return f"{median(ratios):.3f} ({low:.2f} to {high:.2f})"


def _processes(turns: Sequence[Turn]) -> list[int]:
    return sorted({number for turn in turns for _, number in turn})
