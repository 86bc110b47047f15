"""What becomes of a trained candidate, and what whoever trained it can do then."""

from collections.abc import Sequence
from dataclasses import dataclass

from model.judge_pair import Comparison
from model.registry import Choice
from worker.errors import DigitizeError
from worker.ingredients import Asked
from worker.ink_judging import INK_SET
from worker.promotion import Registry
from worker.recipes import DIGITS_ALONE_REASON

__all__ = ["Decision", "Verdict", "decided", "recalls_others"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What judging a candidate came to.

    Attributes
    ----------
    against : str
        The model that it stands beside.
    comparisons : sequence of Comparison
        With that one, set by set; empty where it could not be judged.
    problem : str
        Why it could not be judged; empty where it could.
    recalled : bool
        Whether it was trained so that other hands are not forgotten: see :func:`recalls_others`.
    beside : str
        Id of that model, for the history: a name may be another model's by then.
    """

    against: str
    comparisons: Sequence[Comparison]
    problem: str
    recalled: bool
    beside: str = ""

    @property
    def fault(self) -> str:
        """What speaks against it, to be said after its name; empty where nothing does."""
        if self.problem:
            return f"was not judged: {self.problem}"
        worse = [comparison.name for comparison in self.comparisons if comparison.worse]
        if worse:
            return f"is significantly worse than {self.against} on: {', '.join(worse)}"
        if self._unjudged:
            return f"was not judged on: {', '.join(self._unjudged)}, of which no glyph could be cut out"
        return ""

    @property
    def _unjudged(self) -> list[str]:
        return [comparison.name for comparison in self.comparisons if not comparison.judged]

    def remedy(self, wanted: str) -> str:
        """Say what helps where something speaks against it; `wanted` is its name or quoted folder."""
        if self.problem == DIGITS_ALONE_REASON:
            return ""  # which says itself what such a model is good for
        if self.problem:
            return (
                f"The current model goes on reading. `digitize models show {wanted}` tells of this one, and "
                f"`digitize models evaluate {wanted} --against current` judges it once more."
            )
        lets = f"`digitize models promote {wanted}` lets it read all the same."
        if self._unjudged and not any(each.worse for each in self.comparisons):
            return f"Look at the digits that were given: written on a page they leave nothing to read. {lets}"
        forgotten = any(each.worse and each.name != INK_SET for each in self.comparisons)
        less = "`--from shipped --data mnist` beside your digits forgets less. "
        return (less if forgotten and not self.recalled else "") + lets


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about a candidate.

    Attributes
    ----------
    promoted : bool
        Whether it reads from now on.
    text : str
        What was decided, and why, in one line.
    remedy : str
        What can be done then, in another.
    """

    promoted: bool
    text: str
    remedy: str


def recalls_others(asked: Sequence[Asked], parent: str | None) -> bool:
    """Tell whether a training goes on from a model, and with MNIST, both of which keep others' hands known.

    Parameters
    ----------
    asked : sequence of Asked
        Where the digits come from; without any but corrections MNIST is taken.
    parent : str or None
        The model to go on from.
    """
    kinds = {source.kind for source in asked}
    return parent is not None and ("mnist" in kinds or "digits" not in kinds)


def decided(registry: Registry, name: str, choice: Choice, verdict: Verdict, *, promote: bool) -> Decision:
    """Promote a candidate that nothing speaks against; tell whether it was, and why or why not.

    Parameters
    ----------
    registry : Registry
        Where it lies.
    name : str
        What it is called there.
    choice : Choice
        What was current when it was judged; if another one is by now, it is not promoted.
    verdict : Verdict
        What judging came to.
    promote : bool
        Whether it may be promoted.
    """
    if verdict.fault:
        return Decision(False, f"not promoted: {name} {verdict.fault}", verdict.remedy(name))
    if not promote:
        return Decision(
            False, f"not promoted, as asked: {name}", f"`digitize models promote {name}` lets it read."
        )
    sets = f"on {len(verdict.comparisons)} sets"
    reason = f"not worse than {verdict.against} {sets}"
    told = f"not worse than {verdict.against} ({verdict.beside}) {sets}" if verdict.beside else reason
    try:
        registry.promote(name, reason=told, instead_of=choice)
    except DigitizeError as error:
        return Decision(False, f"not promoted: {name}, because {error.message}", error.remedy)
    return Decision(True, f"promoted: {name} is {reason}", "`digitize models rollback` goes back.")
