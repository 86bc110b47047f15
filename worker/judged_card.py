"""The card of a judged model, written beside it: when it is trained, and of the shipped one by ``make card``.

    python -m worker.judged_card [FOLDER]

judges the model of a folder, by default the shipped one, on the frozen glyphs, and writes card and figures
there. Its id stays, because neither networks nor confidence change; its manifest vouches for the card.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from model.bundle import Bundle, extend_manifest, open_bundle, shipped_bundle
from model.judge_card import CARD, model_card
from model.judge_pair import TEST, Comparison
from model.synth.digits import DigitSource
from worker.evaluation import SAMPLE_NAME, Evaluation, judged_on
from worker.judging import FrozenPlan, frozen_glyphs

__all__ = ["main", "write_card"]


def write_card(
    folder: Path,
    found: Evaluation,
    comparisons: Sequence[Comparison] = (),
    *,
    against: str = "",
    beside: Bundle | None = None,
    pictures: Sequence[str] = (),
) -> Path:
    """Write the card of a model beside it, and what was judged into its manifest, which vouches for both.

    Parameters
    ----------
    folder : Path
        Of the model.
    found : Evaluation
        Of the model, on the frozen glyphs.
    comparisons : sequence of Comparison
        With the model that was current, set by set.
    against : str
        That model's name.
    beside : Bundle, optional
        That model, to be told by id and hash: names are given anew.
    pictures : sequence of str
        Names of the pictures beside the card.

    Returns
    -------
    Path
        Of the card.
    """
    manifest = open_bundle(folder).manifest
    card = model_card(manifest, found.judgement, found.data, comparisons, against=against, pictures=pictures)
    path = folder / CARD
    path.write_text(card, "utf-8")
    sections: dict[str, Any] = {
        "metrics": {"judged": {"data": found.data, **_figures(found.judgement.as_json())}}
    }
    if comparisons:
        named = {} if beside is None else {"id": beside.id, "sha256": beside.sha256}
        sets = [each.as_json() for each in comparisons]
        sections["judged"] = {"against": against, **named, "test": TEST, "sets": sets}
    extend_manifest(folder, **sections)
    return path


def _figures(judgement: dict[str, Any]) -> dict[str, Any]:
    """Return the figures that a manifest keeps; curves and tables are in the pictures."""
    kept = ("digits", "digits_rejected", "not_a_digit_rejected", "expected_calibration_error")
    return {name: judgement[name] for name in kept}


def main(folder: Path, *, plan: FrozenPlan | None = None, jobs: int | None = None) -> Path:
    """Judge the model of a folder on the frozen glyphs, and write its card there."""
    glyphs = frozen_glyphs(DigitSource.builtin(), plan=plan, jobs=jobs)
    return write_card(folder, judged_on(folder, glyphs, SAMPLE_NAME))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else shipped_bundle())
