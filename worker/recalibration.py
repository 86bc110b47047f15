"""The confidence of a model fitted and judged anew, without training: its network stays what it is."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from model.bundle import MANIFEST, extend_manifest
from model.errors import BundleInvalid, DataInvalid, ExportFailed, TrainingUnavailable
from model.glyphs import joined
from model.judge_card import CARD
from model.runtime_anew import make_runtime_anew, tells_embeddings
from worker.drawing import DrawingTask, drawn_parts
from worker.embedded import usable_cores
from worker.errors import NoUsableInput, OutputNotWritable
from worker.grown_model import check_place, grown_folder
from worker.ingredients import Asked, load_ingredients
from worker.promotion import check_reads, checked_model
from worker.reader_training import GLYPH_SEEDS, Run, dealt_sources, fit_confidence
from worker.training_plan import Plan
from worker.written_sources import Written, written_sources

__all__ = ["recalibrated"]

#: What of a plan is about reading pages.
_READ = ("read_tasks", "judged_tasks", "read_pages")


def recalibrated(
    model: Path,
    asked: Sequence[Asked],
    *,
    out: Path,
    seed: int,
    on_event: Callable[[str], None],
    plan: Plan | None = None,
    jobs: int | None = None,
) -> Path:
    """Write a copy of a model with its confidence fitted anew on drawn pages, and judged on others.

    A model from before that cannot hold the digits of a page beside each other is taught to: what it reads
    with is converted once more from its weights, where TensorFlow is installed.

    Parameters
    ----------
    model : Path
        Folder of the model; it is not changed.
    asked : sequence of Asked
        What the model was trained on: the pages are written with what training kept back of it.
    out : Path
        Folder of the copy; it must not exist, or be empty.
    seed : int
        Of what is drawn.
    on_event : callable
        Told the progress, a line at a time.
    plan : Plan, optional
        Says how many pages are read; by default as many as in training.
    jobs : int, optional
        Processes that read, by default one a core.

    Returns
    -------
    Path
        `out`, or a folder beside it where that was filled in the meantime. On failure no folder is left that
        was not there before.

    Raises
    ------
    ModelRefused
        The model is missing or damaged, or cannot read pages.
    NoUsableInput
        The digits cannot be used or had.
    OutputNotWritable
        `out` holds something already or cannot be written.
    """
    plan = plan or Plan()
    bundle = checked_model(model)
    check_reads(bundle, str(model))
    check_place(out)
    try:
        written = written_sources(load_ingredients(asked, on_event), seed, on_event)
        with grown_folder(out, on_event) as growth:
            made = growth.made
            for file in (MANIFEST, *(name for name in bundle.manifest["files"] if name != CARD)):
                shutil.copyfile(model / file, made / file)
            run = Run(plan, seed, jobs or usable_cores(), on_event)
            if not tells_embeddings(made):
                _convert_anew(made, written, run)
            fit_confidence(made, written, run)
            counts = {name: count for name, count in asdict(plan).items() if name in _READ}
            extend_manifest(made, drawing={**counts, "read_seed": seed})
    except DataInvalid as error:
        raise NoUsableInput(str(error), remedy="docs/data.md says what --data takes.") from error
    except OSError as error:
        raise OutputNotWritable(f"{out} cannot be written: {error.strerror or error}") from error
    return growth.place


def _convert_anew(made: Path, written: Sequence[Written], run: Run) -> None:
    """Have a model tell what it decides by; without weights or TensorFlow it reads on as it does."""
    run.on_event("drawing glyphs to convert the model by: it does not hold digits beside each other yet")
    sources = dealt_sources(written, "held out", run.plan.held_out_tasks)
    tasks = [
        DrawingTask([run.seed, GLYPH_SEEDS["held out"], k], run.plan.sheets, run.plan.pages)
        for k in range(len(sources))
    ]
    try:
        make_runtime_anew(made, joined(drawn_parts(sources, tasks, run.jobs)))
    except (TrainingUnavailable, ExportFailed, BundleInvalid) as error:
        run.on_event(f"the model is left as it is: {error}")
