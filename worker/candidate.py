"""``retrain``: a candidate is trained, judged beside the current model, and promoted if it is not worse.

The candidate is never lost: where it is not promoted it stays in the registry, and its card says why.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import Any

from model.bundle import MANIFEST, open_bundle
from model.curves import PICTURE
from model.dataset_mix import Ingredient
from model.errors import ModelError
from model.judge_pair import Comparison
from model.judge_pictures import can_draw
from model.synth.digits import DigitSource
from worker.admission import check_name, free_name, new_place, settle
from worker.asked_model import open_model
from worker.decision import Decision, Verdict, decided, recalls_others
from worker.errors import DigitizeError
from worker.evaluation import OWN, SAMPLE_NAME, draw_pictures, judged_on
from worker.ingredients import Asked
from worker.ink_judging import frozen_scenes, ink_compared, ink_differs
from worker.ink_recipe import INK_RECIPE
from worker.judged_card import write_card
from worker.judging import FrozenPlan, compared, frozen_glyphs
from worker.model_catalog import model_named
from worker.parent_model import open_parent
from worker.promotion import Registry, checked_model
from worker.recipes import DIGITS_ALONE, DIGITS_ALONE_REASON, RECIPES
from worker.training import run_retrain
from worker.unfitted import check_fitted
from worker.written_sources import judging_source

__all__ = ["Candidate", "Judge", "retrain_candidate"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trained model, and what was decided about it.

    Attributes
    ----------
    folder : Path
        Where it lies.
    against : str
        The model that was current when it was judged.
    comparisons : tuple of Comparison
        With that one, set by set; empty where it could not be judged.
    promoted : bool
        Whether it reads from now on.
    decision : str
        What was decided, and why, in one line.
    remedy : str
        What can be done then, in another; empty where there is nothing to say.
    """

    folder: Path
    against: str
    comparisons: tuple[Comparison, ...]
    promoted: bool
    decision: str
    remedy: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return all of it in JSON's own types."""
        return {
            "model": str(self.folder),
            "against": self.against,
            "judged": [comparison.as_json() for comparison in self.comparisons],
            "promoted": self.promoted,
            "decision": self.decision,
            "remedy": self.remedy,
        }


@dataclass(slots=True)
class Judge:
    """Judges a candidate beside the current model, and writes down in its folder what came of it.

    Attributes
    ----------
    current : Path
        Folder of the current model.
    against : str
        Its name.
    on_event : callable
        Told what is done.
    plan : FrozenPlan
        How much is drawn.
    jobs : int, optional
        Processes that draw, by default one a core.
    comparisons : tuple of Comparison
        What came of it.
    problem : str
        Why the candidate could not be judged; empty where it could.
    beside : str
        Id of the current model, once it was compared with.
    """

    current: Path
    against: str
    on_event: Callable[[str], None]
    plan: FrozenPlan = field(default_factory=FrozenPlan)
    jobs: int | None = None
    comparisons: tuple[Comparison, ...] = ()
    problem: str = ""
    beside: str = ""

    def __call__(self, folder: Path, ingredients: Sequence[Ingredient]) -> None:
        """Judge a candidate; one that cannot be judged is kept all the same.

        Parameters
        ----------
        folder : Path
            Of the candidate, which is given card and pictures.
        ingredients : sequence of Ingredient
            Whose test digits are drawn beside the shipped sample, each source for itself.
        """
        try:
            self._judge(folder, ingredients)
        # An hour of training is in it: whatever drawing, judging and writing meet, the candidate stays.
        except (DigitizeError, ModelError, OSError, MemoryError) as error:
            self.problem, self.comparisons = _told(error), ()
            _forget_half_of_it(folder)

    def verdict(self, *, recalled: bool) -> Verdict:
        """Return what judging came to; `recalled` as :class:`worker.decision.Verdict` has it."""
        return Verdict(self.against, self.comparisons, self.problem, recalled, self.beside)

    def _judge(self, folder: Path, ingredients: Sequence[Ingredient]) -> None:
        check_fitted(checked_model(folder))
        self.on_event("drawing the glyphs to judge by")
        sources = {"": DigitSource.builtin()} | {
            OWN if len(ingredients) == 1 else f"{each.name}: ": source
            for each in ingredients
            if (source := judging_source(each, ingredients[0])) is not None
        }
        # Each with the same seeds: `models evaluate --data` then draws the glyphs that are judged by here.
        drawings = {
            prefix: frozen_glyphs(source, plan=self.plan, jobs=self.jobs)
            for prefix, source in sources.items()
        }
        besides = self._ink(folder)
        found = judged_on(folder, drawings[""], SAMPLE_NAME)
        self.comparisons = compared(
            self.current, folder, drawings, self.on_event, besides=besides, said={"": found.answers}
        )
        pictures = [path.name for path in draw_pictures(folder, found)] if can_draw() else []
        pictures += [path.name for path in folder.glob(PICTURE)]
        beside = open_bundle(self.current)
        self.beside = beside.id
        write_card(folder, found, self.comparisons, against=self.against, beside=beside, pictures=pictures)

    def _ink(self, folder: Path) -> tuple[Comparison, ...]:
        """Compare the networks of ink, where a candidate has another one than the current model."""
        if not ink_differs(self.current, folder):
            return ()
        self.on_event("drawing the pages to judge both networks of ink by")
        scenes = frozen_scenes(self.plan.ink_pages, jobs=self.jobs)
        return (ink_compared(self.current, folder, scenes),)


def _sound_current(registry: Registry) -> Path:
    """Return the folder of the current model, every file of it checked: after the training it is too late."""
    folder = open_model(str(registry.file)).folder
    checked_model(folder)
    return folder


def _told(error: Exception) -> str:
    if isinstance(error, DigitizeError):
        return error.message
    if isinstance(error, MemoryError):
        return "the memory did not suffice"
    return getattr(error, "strerror", None) or str(error)


def _forget_half_of_it(folder: Path) -> None:
    """Remove pictures and a card that nothing vouches for, because judging ended before it was done."""
    with suppress(OSError, ModelError):
        kept = {MANIFEST, *open_bundle(folder).manifest["files"]}
        for path in folder.iterdir():
            if path.name not in kept:
                path.unlink()


def retrain_candidate(
    asked: Sequence[Asked],
    registry: Registry,
    *,
    out: Path | None,
    name: str | None,
    promote: bool,
    on_event: Callable[[str], None],
    parent: str | None = None,
    frozen: FrozenPlan | None = None,
    **training: Any,
) -> Candidate:
    """Train a candidate, judge it, and promote it if it is not significantly worse on any set.

    Parameters
    ----------
    asked : sequence of Asked
        Digits to train on; see :func:`worker.training.run_retrain`.
    registry : Registry
        Where the current model is known, and where the candidate goes without `out`.
    out : Path or None
        Another folder for the candidate; it is judged, but not promoted.
    name : str or None
        What the candidate is to be called in the registry; by default its id.
    promote : bool
        Whether it may be promoted.
    on_event : callable
        Told the progress, a line at a time.
    parent : str, optional
        The model to go on from, as :func:`worker.model_catalog.model_named` takes it.
    frozen : FrozenPlan, optional
        How much is drawn to judge by.
    **training
        For :func:`worker.training.run_retrain`.

    Returns
    -------
    Candidate

    Raises
    ------
    DigitizeError
        The current model is refused, or training cannot be done.
    """
    choice = registry.record().current
    current = _sound_current(registry)
    if name is not None:
        check_name(name)
        if (other := free_name(registry, name)) != name:
            on_event(f"{name} is taken, by a model that stays as it is: the new one will be called {other}")
    judge = Judge(current, choice.name, on_event, frozen or FrozenPlan(), training.get("jobs"))
    finish: Judge | None = judge
    if training.get("recipe") in DIGITS_ALONE:
        finish, judge.problem = None, DIGITS_ALONE_REASON
    if parent is None and training.get("recipe") == INK_RECIPE:
        training["parent"] = open_parent(current)
    if training.get("recipe") == RECIPES[0]:
        training["ink"] = current
    if parent is not None:
        training["parent"] = open_parent(model_named(registry, parent))
    recalled = recalls_others(asked, parent)
    if out is not None:
        folder = run_retrain(asked, out=out, on_event=on_event, finish=finish, **training)
        return _candidate(folder, judge, _opinion(folder, judge.verdict(recalled=recalled)))
    with new_place(registry) as scratch:
        # Not in the folder itself that is held: training locks the one that its own grows in.
        grown = run_retrain(
            asked, out=scratch / "new" / "model", on_event=on_event, finish=finish, **training
        )
        settled = settle(registry, grown, name or open_bundle(grown).id)
    decision = decided(registry, settled, choice, judge.verdict(recalled=recalled), promote=promote)
    return _candidate(registry.folder / settled, judge, decision)


def _opinion(folder: Path, verdict: Verdict) -> Decision:
    """Say what is thought of a candidate outside of the registry, where nothing is promoted."""
    if verdict.fault:
        return Decision(False, f"{folder} {verdict.fault}", verdict.remedy(quote(str(folder))))
    return Decision(
        False,
        f"{folder} is not worse than {verdict.against}",
        f"`digitize models promote {quote(str(folder))}` lets it read.",
    )


def _candidate(folder: Path, judge: Judge, decision: Decision) -> Candidate:
    return Candidate(
        folder, judge.against, judge.comparisons, decision.promoted, decision.text, decision.remedy
    )
