"""``retrain`` of the reader: digits are drawn, cut out as reading does, and a network is trained on them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from model.bundle import extend_manifest
from model.dataset_mix import Ingredient, dealt
from model.errors import BundleInvalid, DataInvalid
from model.glyphs import Glyphs, joined
from model.synth.digits import DigitSource
from model.train import EpochReport, TrainConfig, train_bundle
from worker.asked_course import AskedCourse
from worker.calibrating import calibrated, fitted_confidence, in_place_of_all
from worker.crew import done_by_crew
from worker.drawing import DrawingTask, drawn_parts
from worker.drawn_reading import read_drawn_pages
from worker.errors import DigitizeError, ModelRefused
from worker.ingredients import described
from worker.ink_carried import found_ink, give_ink
from worker.outcomes import Outcomes, merged
from worker.page_sources import LEAST_IMAGES, independent_images, page_sources
from worker.parent_model import OPTIMIZER, Parent
from worker.signals import deferred_signals
from worker.training_plan import Plan, told_besides, told_parts
from worker.unfitted import UNFITTED
from worker.written_sources import PARTS, Written, written_sources

__all__ = ["Plan", "Run", "dealt_sources", "fit_confidence", "fit_if_possible", "train_reader"]

#: Share of the digits to train on that are bent before they are written.
BENT = 0.5
#: Numbers in the seeds of what is drawn of each part: glyphs to fit on, to calibrate by and to judge by,
GLYPH_SEEDS = dict(zip(PARTS, range(3), strict=True))
#: and pages that are read to fit the confidence of numbers and to judge it. No two are drawn alike.
PAGE_SEEDS = {"held out": 3, "test": 4}
#: What these pages are read for.
_PAGES_FOR = {"held out": "to fit the confidence", "test": "to judge it"}


@dataclass(frozen=True, slots=True)
class Run:
    """What all steps of a training need to know.

    Attributes
    ----------
    plan : Plan
        How much is drawn; in training at most so much.
    seed : int
        Of what is drawn.
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
    for name, seed in GLYPH_SEEDS.items():
        count = plan.tasks if name == "training" else plan.held_out_tasks
        dealt_out = dealt_sources(written, name, count)
        share = BENT if name == "training" else 0.0
        tasks += [
            DrawingTask([run.seed, seed, k], plan.sheets, plan.pages, share) for k in range(len(dealt_out))
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


def dealt_sources(written: Sequence[Written], part: str, count: int) -> list[DigitSource]:
    """Return what each piece of work is written with."""
    sources = [each.sides[part] for each in written]
    shares = _shares(written, part, count)
    return [
        source
        for source, share in zip(sources, shares, strict=True)
        if source is not None
        for _ in range(share)
    ]


def _shares(written: Sequence[Written], part: str, count: int) -> list[int]:
    """Deal pieces of work out by weight; a source that has nothing for them is dealt none."""
    there = [k for k, each in enumerate(written) if each.sides[part] is not None]
    if not there:
        raise DataInvalid("nothing can be held out of any source: more files or writers are needed")
    shares = [0] * len(written)
    for k, share in zip(there, dealt(count, [written[k].weight for k in there]), strict=True):
        shares[k] = share
    return shares


class _PagesTold:
    """Says how many pages were read, each time that a piece of work is done: reading takes minutes."""

    def __init__(self, purpose: str, tasks: int, run: Run) -> None:
        self._purpose, self._tasks, self._run, self._done = purpose, tasks, run, 0

    def __call__(self, _: Outcomes) -> None:
        self._done += 1
        pages = self._run.plan.read_pages
        self._run.on_event(
            f"read {self._done * pages:,} of {self._tasks * pages:,} drawn pages ({self._purpose})"
        )


def fit_confidence(folder: Path, written: Sequence[Written], run: Run) -> None:
    """Fit and judge the confidence of whole numbers, and note both in the manifest of a model.

    Parameters
    ----------
    folder : Path
        Of the model; it reads the pages.
    written : sequence of Written
        What the pages are written with: digits that the model was not trained on.
    run : Run
        How many pages, and by how many processes.
    """
    run.on_event("reading drawn pages to calibrate the confidence")
    fitted = _outcomes(folder, _pages_of(written, "held out", run), run, "held out")
    # What is judged is the reader as it will read: which pages it looks at again depends on the confidence.
    extend_manifest(folder, calibration=in_place_of_all(fitted_confidence(fitted)))
    sources = _pages_of(written, "test", run)
    judged = _outcomes(folder, sources, run, "test")
    calibration, metrics = calibrated(fitted, judged)
    metrics["images"] = independent_images(sources)
    if metrics["images"] < LEAST_IMAGES:
        run.on_event(
            f"nothing is promised for --max-error-rate: behind the numbers that were judged stand as many as "
            f"{metrics['images']} independent images, and {LEAST_IMAGES} are needed"
        )
        del calibration["error_curve"]
    extend_manifest(folder, calibration=in_place_of_all(calibration), metrics={"pages": metrics})
    run.on_event(
        f"of {metrics['numbers_read']} numbers read {metrics['numbers_right']} are right, "
        f"{metrics['accepted']} accepted, {metrics['wrong_among_accepted']} of these wrong"
    )


def fit_if_possible(folder: Path, written: Sequence[Written], run: Run) -> None:
    """Fit the confidence of a model that was just trained; where that fails, its weights are not lost.

    Its manifest then tells why, and it is not promoted: see :class:`worker.candidate.Judge`.
    """
    try:
        fit_confidence(folder, written, run)
    except (DigitizeError, MemoryError) as error:
        why = error.message if isinstance(error, DigitizeError) else "the memory did not suffice"
        run.on_event(f"the confidence is not fitted: {why}")
        extend_manifest(folder, calibration=in_place_of_all({UNFITTED: why}))


def _pages_of(written: Sequence[Written], part: str, run: Run) -> list[DigitSource]:
    """Return what each piece of work of a part writes its pages with."""
    count = run.plan.read_tasks if part == "held out" else run.plan.judged_tasks
    return dealt_sources(page_sources(written, part, run.on_event), part, count)


def _outcomes(folder: Path, sources: Sequence[DigitSource], run: Run, part: str) -> Outcomes:
    """Have a model read drawn pages, and say what came of it."""
    tasks = [([run.seed, PAGE_SEEDS[part], k], run.plan.read_pages, folder) for k in range(len(sources))]
    told = _PagesTold(_PAGES_FOR[part], len(tasks), run)
    return merged(done_by_crew(read_drawn_pages, sources, tasks, jobs=run.jobs, on_done=told))


@contextmanager
def _parent_named(parent: Parent | None) -> Iterator[None]:
    """Name the model gone on from where it does not fit; what else is wrong is no fault of it."""
    try:
        yield
    except BundleInvalid as error:
        if parent is None:
            raise
        raise ModelRefused(
            f"training cannot go on from {parent.folder}: {error}",
            remedy="Name another model with --from, or leave it away to begin anew.",
        ) from error


def train_reader(
    made: Path,
    ingredients: Sequence[Ingredient],
    run: Run,
    details: dict[str, Any],
    *,
    course: AskedCourse,
    parent: Parent | None,
    keep_optimizer: bool,
    ink: Path | None = None,
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
    course : AskedCourse
        How long, how fast and in which order.
    parent : Parent, optional
        The model to go on from.
    keep_optimizer : bool
        Whether the state of the optimizer is written beside the model.
    ink : Path, optional
        The model whose network of ink the new one is given where the one that it goes on from has none.

    Raises
    ------
    BundleInvalid
        A network of ink that is to be kept is damaged.
    DataInvalid
        Nothing can be held out of any source.
    ModelRefused
        What `parent` holds does not fit the network.
    TrainingUnavailable
        TensorFlow is not installed.
    """

    def tell(report: EpochReport) -> None:
        run.on_event(str(report))

    folders = [None if parent is None else parent.folder, ink]
    carried = found_ink([folder for folder in folders if folder is not None])
    written = written_sources(ingredients, run.seed, run.on_event)
    sides = [each.sides["training"] for each in written]
    counts = [0 if side is None else len(side.labels) for side in sides]
    run = replace(run, plan=run.plan.for_digits(sum(counts)))
    shares = _shares(written, "training", run.plan.tasks)
    drawing = {**asdict(run.plan), "bent": BENT, "seed": run.seed}
    details = {**details, "sources": described(ingredients, shares), "drawing": drawing}
    run.on_event(told_parts(run.plan, [each.name for each in ingredients], shares, counts))
    run.on_event(told_besides(run.plan))
    config = TrainConfig()
    if parent is not None:
        config = parent.config(config)
        details |= {"parent": parent.described(), "rounds": parent.rounds()}
    config = course.of(config)
    training, held_out, test = _drawn(written, run)
    with deferred_signals() as signals, _parent_named(parent):
        train_bundle(
            made,
            training,
            held_out,
            test,
            config,
            details=details,
            on_epoch=tell,
            start=None if parent is None else parent.folder,
            wider=course.wider,
            # The state of a narrower network's optimizer says nothing of a wider one.
            optimizer=None if parent is None or course.wider > 1 else parent.optimizer,
            keep_optimizer=made / OPTIMIZER if keep_optimizer else None,
            stopped=signals.have_come,
        )
    give_ink(carried, made)
    fit_if_possible(made, written, run)
