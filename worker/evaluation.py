"""One model judged: its figures as JSON, and as pictures where Matplotlib is installed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.bundle import Bundle, shipped_bundle
from model.contract import NOT_A_DIGIT
from model.errors import DataInvalid, TrainingUnavailable
from model.glyphs import Glyphs
from model.judge import Judgement, judge
from model.judge_pair import TEST, Comparison
from model.judge_pictures import can_draw, caption, draw_glyphs, draw_judgement
from model.sources import load_side
from model.synth.digits import DigitSource
from worker.asked_model import open_model
from worker.durable import write_durably
from worker.durable_folders import make_folder
from worker.errors import ModelRefused, NoUsableInput, OutputNotWritable
from worker.ink_judging import frozen_scenes, ink_compared, ink_differs, ink_judged
from worker.judging import FrozenPlan, answers_of, compared, described_data, frozen_glyphs
from worker.mistakes import Mistake, mistakes_of
from worker.recipes import DIGITS_ALONE, DIGITS_ALONE_REASON, not_installed
from worker.submission import check_writable
from worker.trial import check_survives

__all__ = ["OWN", "SAMPLE_NAME", "Evaluation", "draw_pictures", "evaluate", "judged_on", "write_evaluation"]

#: What the shipped digits are called where figures say what they were measured on.
SAMPLE_NAME = "shipped sample of MNIST's test digits"
_OWN = "`digitize models show` tells how many of its own test digits it read: metrics.digit_accuracy."
#: What comes before the names of the sets of a user's own data.
OWN = "own "
#: Mistakes and samples on a contact sheet.
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A model judged on glyphs.

    Attributes
    ----------
    judgement : Judgement
        The figures.
    glyphs : Glyphs
        What it was judged on.
    answers : (N, CLASSES) float32 ndarray
        What it said to each.
    data : dict
        What is said of the glyphs: origin, seed, count, hash.
    mistakes : list of Mistake
        One for each picture of which glyphs are read wrong, the surest first.
    """

    judgement: Judgement
    glyphs: Glyphs
    answers: NDArray[np.float32]
    data: dict[str, Any]
    mistakes: list[Mistake]


def judged_on(folder: Path, glyphs: Glyphs, origin: str, files: Sequence[str] = ()) -> Evaluation:
    """Judge a model on glyphs.

    Parameters
    ----------
    folder : Path
        Of the model.
    glyphs : Glyphs
        Not modified.
    origin : str
        Whose digits these are.
    files : sequence of str
        The file of each picture, by its origin; empty = not known.

    Raises
    ------
    ModelRefused
        The model is missing or damaged.
    """
    answers = answers_of(folder, glyphs)
    judgement = judge(answers, glyphs.labels, glyphs.sorts, glyphs.origins)
    mistakes = mistakes_of(glyphs, answers, judgement.mistakes, files)
    return Evaluation(judgement, glyphs, answers, described_data(glyphs, origin), mistakes)


def evaluate(
    folder: Path,
    data: Path | None,
    *,
    against: Path | None = None,
    out: Path | None = None,
    plan: FrozenPlan | None = None,
    jobs: int | None = None,
) -> dict[str, Any]:
    """Judge a model on drawn glyphs, and draw the figures.

    Parameters
    ----------
    folder : Path
        Of the model.
    data : Path, optional
        Digits of any kind that training takes, whose test part is drawn; by default the shipped sample.
    against : Path, optional
        Folder of another model, to compare it with on the same glyphs, as a candidate is with the current
        one: on those of the sample, too, where `data` is given.
    out : Path, optional
        Where pictures go; none are drawn without it, or without Matplotlib.
    plan : FrozenPlan, optional
        How much is drawn.
    jobs : int, optional
        Processes that draw, by default one a core.

    Returns
    -------
    dict
        ``model``, ``data``, the figures, ``mistakes``: one a picture, of those without a file the worst only,
        ``ink``: those of the network of ink, None where there is none,
        ``compared``: with which model, by which test, and each set with both, None without `against`, and
        ``pictures``: paths by name, None where none could be drawn.

    Raises
    ------
    ModelRefused
        A model is missing or damaged, knows digits alone, or ends the process that runs it.
    NoUsableInput
        `data` cannot be used.
    OutputNotWritable
        `out` cannot be written.
    """
    bundle = _opened(folder)
    other = None if against is None else _opened(against)
    if out is not None:
        check_writable(out)
    try:
        source = DigitSource.builtin() if data is None else load_side(data)
    except DataInvalid as error:
        raise NoUsableInput(str(error), remedy="docs/data.md says what --data takes.") from error
    except TrainingUnavailable as error:
        raise not_installed(str(error)) from error
    plan = plan or FrozenPlan()
    glyphs = frozen_glyphs(source, plan=plan, jobs=jobs)
    found = judged_on(
        folder, glyphs, SAMPLE_NAME if data is None else f"test digits of {data.name}", source.files
    )
    drawings = {OWN if data is not None else "": glyphs}
    if against is not None and data is not None:  # as a candidate is judged: at every hand, too
        drawings = {"": frozen_glyphs(DigitSource.builtin(), plan=plan, jobs=jobs), **drawings}
    ink: dict[str, Any] | None = None
    besides: tuple[Comparison, ...] = ()
    if bundle.ink is not None:
        scenes = frozen_scenes(plan.ink_pages, jobs=jobs)
        ink = ink_judged(folder, scenes)
        if against is not None and ink_differs(against, folder):
            besides = (ink_compared(against, folder, scenes),)
    beside = None
    if against is not None and other is not None:
        said = {OWN if data is not None else "": found.answers}
        sets = compared(against, folder, drawings, besides=besides, said=said)
        beside = {"against": _named(other), "test": TEST, "sets": [each.as_json() for each in sets]}
    pictures = None
    if out is not None and can_draw():
        make_folder(out)
        pictures = {path.stem: str(path) for path in draw_pictures(out, found)}
    return {
        "model": _named(bundle),
        "data": found.data,
        **found.judgement.as_json(),
        "mistakes": [m.as_json() for k, m in enumerate(found.mistakes) if k < _SHOWN or m.file is not None],
        "ink": ink,
        "compared": beside,
        "pictures": pictures,
    }


def _named(bundle: Bundle) -> dict[str, str]:
    return {"id": bundle.id, "sha256": bundle.sha256, "folder": str(bundle.folder.absolute())}


def _opened(folder: Path) -> Bundle:
    """Open a model that can be judged as readers are."""
    bundle = open_model(str(folder))
    if bundle.manifest.get("recipe") in DIGITS_ALONE:  # before minutes of drawing what it has no answer to
        raise ModelRefused(f"{folder} cannot be judged as readers are: {DIGITS_ALONE_REASON}", remedy=_OWN)
    if folder != shipped_bundle():
        check_survives(bundle, str(folder))
    return bundle


def write_evaluation(folder: Path, found: dict[str, Any]) -> Path:
    """Write the figures beside the pictures, as ``evaluation.json``.

    Raises
    ------
    OutputNotWritable
        The folder cannot be written.
    """
    make_folder(folder)
    path = folder / "evaluation.json"
    write_durably(path, json.dumps(found, indent=1).encode() + b"\n")
    return path


def draw_pictures(folder: Path, found: Evaluation) -> list[Path]:
    """Draw the figures, the worst mistakes, and samples of what the network sees.

    Parameters
    ----------
    folder : Path
        Exists.
    found : Evaluation
        What is drawn.

    Returns
    -------
    list of Path
        The pictures; Matplotlib has to be installed.

    Raises
    ------
    OutputNotWritable
        The folder cannot be written.
    """
    worst = found.mistakes[:_SHOWN]
    labels, images = found.glyphs.labels, found.glyphs.images
    mistakes = [caption(each.label, each.taken_for, each.confidence) for each in worst]
    some = np.random.default_rng(0).permutation(len(labels))[:_SHOWN]
    samples = ["none" if labels[k] == NOT_A_DIGIT else str(labels[k]) for k in some]
    try:
        return [
            *draw_judgement(folder, found.judgement),
            draw_glyphs(folder / "mistakes.png", images[[each.place for each in worst]], mistakes),
            draw_glyphs(folder / "samples.png", images[some], samples),
        ]
    except OSError as error:
        raise OutputNotWritable(f"{folder} cannot be written: {error.strerror or error}") from error
