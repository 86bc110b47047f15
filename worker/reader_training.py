"""``retrain`` of the reader: digits are drawn, cut out as reading does, and a network is trained on them."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from model.bundle import extend_manifest
from model.dataset_mix import Ingredient, dealt
from model.errors import DataInvalid
from model.glyphs import Glyphs, joined
from model.synth.digits import DigitSource
from model.train import EpochReport, TrainConfig, train_bundle
from worker.calibrating import calibrated, merged, read_drawn_pages
from worker.crew import done_by_crew
from worker.drawing import DrawingTask, drawn_parts
from worker.ingredients import described
from worker.parent import OPTIMIZER, Parent
from worker.signals import deferred_signals
from worker.written_sources import PARTS, Written, written_sources

__all__ = ["Plan", "Run", "train_reader"]


#: Share of the digits to train on that are bent before they are written.
BENT = 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is drawn.

    Attributes
    ----------
    tasks : int
        Pieces of work, spread over the cores, each with its own seed.
    sheets, pages : int
        Of each task.
    held_out_tasks : int
        Tasks drawn with held-out digits, and as many with the test digits.
    read_tasks, read_pages : int
        Pages that are read to calibrate the confidence, and as many to judge it.
    """

    tasks: int = 56
    sheets: int = 12
    pages: int = 36
    held_out_tasks: int = 4
    read_tasks: int = 6
    read_pages: int = 48


@dataclass(frozen=True, slots=True)
class Run:
    """What all steps of a training need to know.

    Attributes
    ----------
    plan : Plan
        How much is drawn.
    seed : int
        Of drawing and training.
    jobs : int
        Processes that draw.
    on_event : callable
        Told the progress, a line at a time.
    """

    plan: Plan
    seed: int
    jobs: int
    on_event: Callable[[str], None]


def _drawn(written: Sequence[Written], run: Run) -> list[Glyphs]:
    """Draw what to train on, to calibrate by and to judge by on all cores; their number changes nothing."""
    plan, counts = run.plan, []
    tasks: list[DrawingTask] = []
    sources: list[DigitSource] = []
    for part, name in enumerate(PARTS):
        count = plan.tasks if name == "training" else plan.held_out_tasks
        dealt_out = _dealt_sources(written, name, count)
        share = BENT if name == "training" else 0.0
        tasks += [
            DrawingTask([run.seed, part, k], plan.sheets, plan.pages, share) for k in range(len(dealt_out))
        ]
        sources += dealt_out
        counts.append(len(dealt_out))
    glyphs: list[int] = []

    def tell(drawn: Glyphs) -> None:
        glyphs.append(len(drawn.labels))
        if len(glyphs) % 4 == 0 or len(glyphs) == len(tasks):
            run.on_event(f"drawn {len(glyphs)} of {len(tasks)} parts, {sum(glyphs):,} glyphs")

    parts = drawn_parts(sources, tasks, run.jobs, tell)
    return [joined(parts[start:stop]) for start, stop in pairwise(accumulate(counts, initial=0))]


def _dealt_sources(written: Sequence[Written], part: str, count: int) -> list[DigitSource]:
    """Return what each piece of work is written with: every source has its share by weight."""
    there = [(source, each.weight) for each in written if (source := each.sides[part]) is not None]
    if not there:
        raise DataInvalid("nothing can be held out of any source: more files or writers are needed")
    shares = dealt(count, [weight for _, weight in there])
    return [source for (source, _), share in zip(there, shares, strict=True) for _ in range(share)]


def _calibrate(folder: Path, written: Sequence[Written], run: Run) -> None:
    """Fit and judge the confidence of whole numbers, and note both in the manifest."""
    run.on_event("reading drawn pages to calibrate the confidence")
    outcomes = []
    for part, name in ((3, "held out"), (4, "test")):
        sources = _dealt_sources(written, name, run.plan.read_tasks)
        tasks = [([run.seed, part, k], run.plan.read_pages, folder) for k in range(len(sources))]
        outcomes.append(merged(done_by_crew(read_drawn_pages, sources, tasks, jobs=run.jobs)))
    calibration, metrics = calibrated(*outcomes)
    extend_manifest(folder, calibration=calibration, metrics={"pages": metrics})
    run.on_event(
        f"of {metrics['numbers_read']} numbers read {metrics['numbers_right']} are right, "
        f"{metrics['accepted']} accepted, {metrics['wrong_among_accepted']} of these wrong"
    )


def train_reader(
    made: Path,
    ingredients: Sequence[Ingredient],
    run: Run,
    details: dict[str, Any],
    *,
    epochs: int | None,
    parent: Parent | None,
    keep_optimizer: bool,
) -> None:
    """Train the network that reads paper, on digits that are drawn on it, and fit its confidence.

    Parameters
    ----------
    made : Path
        Exists; is given what a model folder holds.
    ingredients : sequence of Ingredient
        What is drawn, each by its weight.
    run : Run
        How much, and by how many.
    details : dict
        What else the manifest should tell: recipe, data.
    epochs : int, optional
        Instead of the usual ones.
    parent : Parent, optional
        The model to go on from.
    keep_optimizer : bool
        Whether the state of the optimizer is written beside the model.

    Raises
    ------
    BundleInvalid
        What `parent` holds does not fit the network.
    DataInvalid
        Nothing can be held out of any source.
    TrainingUnavailable
        TensorFlow is not installed.
    """

    def tell(report: EpochReport) -> None:
        run.on_event(str(report))

    shares = dealt(run.plan.tasks, [each.weight for each in ingredients])
    drawing = {**asdict(run.plan), "bent": BENT}
    details = {**details, "sources": described(ingredients, shares), "drawing": drawing}
    if len(shares) > 1:
        told = (f"{each.name} {share}" for each, share in zip(ingredients, shares, strict=True))
        run.on_event(f"of {sum(shares)} parts are drawn with: {', '.join(told)}")
    config = TrainConfig(seed=run.seed)
    if parent is not None:
        config = parent.config(config)
        details["parent"] = parent.described()
    if epochs is not None:
        config = replace(config, epochs=epochs)
    written = written_sources(ingredients, run.seed, run.on_event)
    training, held_out, test = _drawn(written, run)
    with deferred_signals() as signals:
        train_bundle(
            made,
            training,
            held_out,
            test,
            config,
            details=details,
            on_epoch=tell,
            start=None if parent is None else parent.folder,
            optimizer=None if parent is None else parent.optimizer,
            keep_optimizer=made / OPTIMIZER if keep_optimizer else None,
            stopped=signals.have_come,
        )
    _calibrate(made, written, run)
