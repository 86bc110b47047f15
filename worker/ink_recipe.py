"""``retrain --recipe ink``: the network that tells sorts of ink apart is trained anew for a model.

Its digits are read by the network that it has; only what counts as digits at all is told anew, and the
confidence of numbers is fitted to that.
"""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from model.bundle import INK, INK_WEIGHTS, MANIFEST, extend_manifest
from model.chatter import native_chatter_hidden
from model.curves import PICTURE, Curve, draw_curves
from model.errors import DataInvalid
from model.fonts.catalogue import read_manifest
from model.fonts.faces import ENDINGS
from model.ink_figures import ink_figures
from model.ink_network import ink_file
from model.ink_runtime import InkSorter
from model.ink_training import InkScene, InkTraining, confusion, train_ink
from model.judge_card import CARD
from model.synth.lettering import FileLettering
from model.train_state import save_weights
from model.versions import versions_of_training
from worker.asked_course import AskedCourse
from worker.crew import done_by_crew
from worker.ingredients import Asked
from worker.ink_scenes import SceneTask, drawn_scenes
from worker.parent_model import Parent
from worker.reader_training import Run, dealt_sources, fit_if_possible
from worker.signals import deferred_signals
from worker.written_sources import Written

if TYPE_CHECKING:
    import keras

__all__ = ["INK_RECIPE", "train_ink_recipe", "write_ink"]

#: What ``--recipe`` calls it.
INK_RECIPE = "ink"
#: Numbers in the seeds of scenes to train on and to judge by; no part of a reader's training has them.
_SEEDS = {"training": 11, "test": 12}
#: Pages by which the ranges of values are found, for eight bits.
SAMPLES = 300
#: Share of the squares that eight bits may cost.
TOLERANCE = 0.005
#: One file of fonts in so many is kept back to judge by.
_KEPT_BACK = 6


def train_ink_recipe(
    made: Path,
    written: Sequence[Written],
    fonts: Sequence[Asked],
    parent: Parent,
    run: Run,
    details: dict[str, Any],
    *,
    course: AskedCourse,
) -> None:
    """Train the network of ink for a model, and fit the confidence of its numbers anew.

    Parameters
    ----------
    made : Path
        Exists; is given what a model folder holds.
    written : sequence of Written
        What numbers are written with.
    fonts : sequence of Asked
        What was asked for; folders of fonts among them print and write the words.
    parent : Parent
        The model that it is trained for.
    run : Run
        How much, and by how many.
    details : dict
        What else the manifest should tell of this training: the data.
    course : AskedCourse
        How long, how fast and in which order.

    Raises
    ------
    DataInvalid
        Nothing can be held out of any source.
    TrainingUnavailable
        TensorFlow is not installed.
    """
    for file in (MANIFEST, *parent.bundle.manifest["files"]):
        if file != CARD and not file.endswith(".png"):  # which tell of the parent's training and judging
            shutil.copyfile(parent.folder / file, made / file)
    letterings = {part: _letterings(fonts, part) for part in _SEEDS}
    scenes = {part: _drawn(part, written, letterings[part], run) for part in _SEEDS}
    config = course.of(InkTraining())
    run.on_event(f"training the network of ink on {len(scenes['training']):,} drawn pages")
    with deferred_signals() as signals:
        network, losses = train_ink(scenes["training"], config, say=run.on_event, stopped=signals.have_come)
    found = {
        **details,
        "reader": {"id": parent.bundle.id, "sha256": parent.bundle.sha256},
        "training": config.details(),
        "drawing_seed": run.seed,
        "pages": {part: len(drawn) for part, drawn in scenes.items()},
        "letterings": {part: len(found) for part, found in letterings.items()},
        "losses": [round(loss, 5) for loss in losses],
        "versions": versions_of_training(),
    }
    draw_curves(made / PICTURE, {"loss": [Curve("training of the network of ink", losses, "o-")]})
    write_ink(made, network, scenes, found, run.on_event)
    fit_if_possible(made, written, run)


def write_ink(
    made: Path,
    network: "keras.Model",
    scenes: dict[str, list[InkScene]],
    details: dict[str, Any],
    say: Callable[[str], None],
) -> None:
    """Give a model folder a network of ink: its weights, what is run of it, and what is known of it.

    It calculates in eight bits, which is three times as quick, unless that costs more than half a point of
    the squares: pages are read the same, because a number has many squares.

    Parameters
    ----------
    made : Path
        Of the model, with its manifest.
    network : keras.Model
        Of ``model.ink_network``, trained.
    scenes : dict of str to list of InkScene
        ``training``, by which ranges of values are found, and ``test``, by which it is judged.
    details : dict
        What else the manifest should tell of its training.
    say : callable
        Told how much it tells right.
    """
    save_weights(network, made / INK_WEIGHTS)
    samples = [scene.planes for scene in scenes["training"][:SAMPLES]]
    with native_chatter_hidden():
        files = {"float32": ink_file(network), "int8": ink_file(network, samples)}
    counts = {name: confusion(InkSorter(content), scenes["test"]) for name, content in files.items()}
    right = {name: float(np.trace(found) / max(1, found.sum())) for name, found in counts.items()}
    chosen = "int8" if right["int8"] >= right["float32"] - TOLERANCE else "float32"
    (made / INK).write_bytes(files[chosen])
    say(_told(counts[chosen]))
    runtime = {"precision": chosen, **{f"right_{name}": round(share, 5) for name, share in right.items()}}
    extend_manifest(made, ink={**details, "runtime": runtime, "metrics": ink_figures(counts[chosen])})


def _letterings(asked: Sequence[Asked], part: str) -> tuple[FileLettering, ...]:
    """Return the fonts of a part; what is not said to be printed is somebody's hand."""
    found = []
    for folder in (each.path for each in asked if each.path.is_dir()):
        kinds = {name: fetched.kind for name, fetched in read_manifest(folder).items()}
        files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS)
        found += [FileLettering(path, kinds.get(path.name) != "printed") for path in files]
    kept_back = found[::_KEPT_BACK]
    return tuple(kept_back if part == "test" else [each for each in found if each not in kept_back])


def _drawn(
    part: str, written: Sequence[Written], letterings: tuple[FileLettering, ...], run: Run
) -> list[InkScene]:
    """Draw scenes on all cores; their number changes nothing."""
    count = run.plan.ink_tasks if part == "training" else run.plan.ink_test_tasks
    sources = dealt_sources(written, part, count)
    tasks = [
        SceneTask([run.seed, _SEEDS[part], k], run.plan.ink_pages, letterings) for k in range(len(sources))
    ]
    scenes: list[InkScene] = []

    def tell(drawn: list[InkScene]) -> None:
        scenes.extend(drawn)
        run.on_event(f"drawn {len(scenes):,} of {len(tasks) * run.plan.ink_pages:,} pages ({part})")

    done_by_crew(drawn_scenes, sources, tasks, jobs=run.jobs, on_done=tell)
    if not scenes:
        raise DataInvalid("no pages are drawn to tell sorts of ink apart by")
    return scenes


def _told(counts: NDArray[np.int64]) -> str:
    metrics = ink_figures(counts)
    each = ", ".join(
        f"{name.replace('_', ' ')} {100 * share:.1f} %" for name, share in metrics["recall"].items()
    )
    return f"squares of ink told right on test pages: {100 * metrics['right']:.1f} % ({each})"
