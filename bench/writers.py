"""Whether corrections of one writer's digits teach a model that hand, and cost it no other.

    python -m bench.writers [--digits PATH] [--mnist PATH] [--model FOLDER] [--writers N] [--pages N]
                            [--parts N] [--weight W] [--seed S] [--json FILE]

The writers are unknown to the model: of a folder of fonts (the default, `fonts`) the hands that training
holds out, of anything else that `retrain --data` takes all of it. Each writer's digits are halved. With one
half pages are drawn and read, and every number on them is corrected as a person would; `retrain --from MODEL
--from-corrections` goes on from there. Both models are then judged on the other half, and on the frozen
sample that stands for everybody else. Those writers are taken whose first half is read worst.

Everything runs in one process and on one core, so that the figures are those of any machine; what takes its
time is drawing. `--parts` says how much is drawn to train on: far less than a training on MNIST takes.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.verdict import Verdict, exit_code, verdict_on
from bench.writer_job import Writer, corrected_job, writers_of
from model.bundle import open_bundle, shipped_bundle
from model.chatter import native_chatter_hidden
from model.classify import Classifier
from model.contract import NOT_A_DIGIT, to_batch
from model.errors import BundleInvalid, DataInvalid
from model.fonts.catalogue import read_manifest
from model.glyphs import Glyphs
from model.judge_pair import ALPHA, Comparison
from model.sources import load_source
from model.sources_fonts import is_font_folder
from model.synth.digits import DigitSource
from worker.ingredients import CORRECTIONS_WEIGHT, MNIST, Asked
from worker.judging import FrozenPlan, compared, frozen_glyphs
from worker.parent_model import open_parent
from worker.training import run_retrain
from worker.training_plan import Plan

__all__ = ["Found", "judged", "main", "rows_of", "verdict"]

#: What is drawn to judge by, of a writer and of the sample: a third of what `retrain` draws.
JUDGED = FrozenPlan(tasks=2, sheets=6, pages=8)
#: A part is smaller than in a training, and few pages are read: the confidence of numbers is not judged here.
PART = Plan(sheets=4, pages=8, held_out_tasks=1, read_tasks=1, judged_tasks=1, read_pages=4)
#: What the sets are called that every model is judged by.
SAMPLE = "sample: "


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one writer's corrections.

    Attributes
    ----------
    writer : str
        Whose digits were corrected.
    corrected : int
        Digits that the corrections gave.
    sets : tuple of Comparison
        The writer's other digits and the sample, each with what is no digit: whether they are read worse.
    better : tuple of float
        Of each set how often chance alone would make an equally good model look so good, corrected for the
        number of sets.
    """

    writer: str
    corrected: int
    sets: tuple[Comparison, ...]
    better: tuple[float, ...]

    def as_json(self) -> dict[str, Any]:
        """Return all of it in JSON's own types."""
        rows = [
            {**each.as_json(), "corrected_p_of_better": round(p, 6)}
            for each, p in zip(self.sets, self.better, strict=True)
        ]
        return {"writer": self.writer, "corrected_digits": self.corrected, "sets": rows}


def judged(
    current: Path, candidate: Path, drawings: dict[str, Glyphs]
) -> tuple[tuple[Comparison, ...], tuple[float, ...]]:
    """Judge two models on the same glyphs, set by set, in both directions.

    Parameters
    ----------
    current, candidate : Path
        Model folders.
    drawings : dict of str to Glyphs
        By what comes before the names of their two sets.

    Returns
    -------
    comparisons : tuple of Comparison
        Whether the candidate is worse, corrected for the number of sets.
    better : tuple of float
        p of its being better, corrected, too.
    """
    worse, better = compared(current, candidate, drawings), compared(candidate, current, drawings)
    return worse, tuple(each.corrected_p for each in better)


#: Above the rows of each writer.
HEAD = (
    "| corrected | set | glyphs, images | before | after | lost | won | p of worse | p of better |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def rows_of(found: Found) -> list[str]:
    """Return what was found of a writer as rows of a table, below :data:`HEAD`."""
    return [
        f"| {found.corrected} of {found.writer} | {one.name} | {one.count:,}, {one.images:,} "
        f"| {100 * one.current_right / max(1, one.count):.2f} % "
        f"| {100 * one.candidate_right / max(1, one.count):.2f} % "
        f"| {one.lost} | {one.won} | {one.corrected_p:.3f} | {p:.3f} |"
        for one, p in zip(found.sets, found.better, strict=True)
    ]


def verdict(found: Sequence[Found]) -> Verdict:
    """Return in one line whether writers were learned and nobody was forgotten, and whether that is so."""
    learned = sum(each.sets[0].corrected_p > ALPHA and each.better[0] <= ALPHA for each in found)
    forgotten = [f"{each.writer}: {one.name}" for each in found for one in each.sets if one.worse]
    return verdict_on(
        f"asked: other digits of each writer read better, no set worse: {learned} of {len(found)} writers "
        f"better, worse: {', '.join(forgotten) or 'none'}",
        learned == len(found) and not forgotten,
    )


def _unknown(path: Path) -> list[Writer]:
    """Return the writers that no training saw; a printed font is nobody's hand."""
    digits = load_source(path)
    if not (path.is_dir() and is_font_folder(path)):
        return writers_of(digits, test_only=False)
    printed = {font.family for font in read_manifest(path).values() if font.kind == "printed"}
    return [writer for writer in writers_of(digits, test_only=True) if writer.name not in printed]


def _worst_first(writers: Sequence[Writer], model: Path) -> list[Writer]:
    """Order writers by how much of their first half a model reads: who is read well corrects nothing."""
    with native_chatter_hidden():
        classifier = Classifier.load(model)

    def right(writer: Writer) -> float:
        answers = classifier.predict(to_batch(writer.first.images))[:, :NOT_A_DIGIT]
        return float((answers.argmax(axis=1) == writer.first.labels).mean())

    return sorted(writers, key=right)


def _of_one(writer: Writer, sample: Glyphs, scratch: Path, chosen: argparse.Namespace, seed: int) -> Found:
    """Let one writer's pages be read and corrected, go on from that, and judge."""
    corrected_job(writer.first, scratch / "job", pages=chosen.pages, model=chosen.model, seed=seed)
    mnist = Asked("mnist", Path(MNIST)) if chosen.mnist is None else Asked("digits", chosen.mnist)
    candidate = run_retrain(
        [mnist, Asked("corrections", scratch / "job", chosen.weight)],
        out=scratch / "model",
        recipe="default",
        epochs=None,
        seed=seed,
        on_event=lambda line: print(f"{writer.name}: {line}", file=sys.stderr, flush=True),
        plan=replace(PART, tasks=chosen.parts),
        jobs=1,
        parent=open_parent(chosen.model),
    )
    own = frozen_glyphs(writer.other, part=1, plan=JUDGED, jobs=1)
    sets, better = judged(chosen.model, candidate, {f"{writer.name}: ": own, SAMPLE: sample})
    sources = open_bundle(candidate).manifest["sources"]
    return Found(writer.name, sources[1]["train_digits"] + sources[1]["test_digits"], sets, better)


def main() -> int:
    """Measure, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.writers", description=__doc__)
    parser.add_argument("--digits", type=Path, default=Path("fonts"), help="digits by unknown writers")
    parser.add_argument(
        "--mnist", type=Path, help="mnist.npz, beside which is trained; else as retrain finds it"
    )
    parser.add_argument("--model", type=Path, default=shipped_bundle(), help="a model folder to go on from")
    parser.add_argument("--writers", type=int, default=2)
    parser.add_argument("--pages", type=int, default=6, help="pages that a writer corrects")
    parser.add_argument("--parts", type=int, default=8, help="parts that are drawn to train on")
    parser.add_argument("--weight", type=float, default=CORRECTIONS_WEIGHT, help="of the corrections")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    chosen = parser.parse_args()
    if min(chosen.writers, chosen.parts) < 1 or chosen.pages < 2 or not chosen.weight > 0:
        parser.error("--writers and --parts have to be above 0, --pages above 1, --weight above 0")
    try:
        model = open_bundle(chosen.model).id
        writers = _worst_first(_unknown(chosen.digits), chosen.model)[: chosen.writers]
    except (BundleInvalid, DataInvalid) as error:
        parser.error(str(error))
    print(f"{model}, {len(writers)} writers of {chosen.digits.name}\n\n{HEAD}", flush=True)
    sample = frozen_glyphs(DigitSource.builtin(), plan=JUDGED, jobs=1)
    found = []
    for k, writer in enumerate(writers):
        with tempfile.TemporaryDirectory() as scratch:
            found.append(_of_one(writer, sample, Path(scratch), chosen, chosen.seed + k))
        print("\n".join(rows_of(found[-1])), flush=True)
    if chosen.json:
        told = {"model": model, "found": [each.as_json() for each in found]}
        chosen.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print()
    return exit_code([verdict(found)])


if __name__ == "__main__":
    sys.exit(main())
