"""Whether a figure reaches what was asked of it: one line each, and the exit code of a benchmark."""

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Verdict", "at_least", "at_most", "exit_code", "verdict_on"]


class Verdict(NamedTuple):
    """What is said of one figure.

    Attributes
    ----------
    line : str
        What was asked, what was found, and "reached" or "missed".
    reached : bool
        Which of the two.
    """

    line: str
    reached: bool


def verdict_on(asked: str, reached: bool) -> Verdict:
    """Say whether something that was asked is reached."""
    return Verdict(f"{asked}: {'reached' if reached else 'missed'}", reached)


def at_least(least: float, what: str, found: float) -> Verdict:
    """Say whether a figure is as large as was asked.

    Parameters
    ----------
    least : float
        What was asked.
    what : str
        Follows the number: its unit, and of what.
    found : float
        What was measured; held as it is, not as it is shown.
    """
    return verdict_on(f"asked: at least {least:,g} {what}: {_shown(found)}", found >= least)


def at_most(most: float, what: str, found: float) -> Verdict:
    """Say whether a figure is as small as was asked; parameters as for :func:`at_least`."""
    return verdict_on(f"asked: at most {most:,g} {what}: {_shown(found)}", found <= most)


def exit_code(verdicts: Iterable[Verdict]) -> int:
    """Print what is said of each figure, and return 1 if one is missed, else 0."""
    missed = 0
    for verdict in verdicts:
        print(verdict.line, flush=True)
        missed |= not verdict.reached
    return int(missed)


def _shown(found: float) -> str:
    """Show four digits at least, so that a figure that just misses does not look as if it reached."""
    return f"{found:,.0f}" if abs(found) >= 1000 else f"{found:.4g}"
