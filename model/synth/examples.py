"""Draws the example pages of the project: ``python -m model.synth.examples [FOLDER]``.

All are drawn with the sample of digits beside this file, and come out the same every time.
"""

import sys
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from model.synth.digits import DigitSource
from model.synth.page import SynthPage, make_page
from model.synth.write import encoded, page_rng, truth_of, write_truth

__all__ = ["EXAMPLES", "MOST_BYTES", "write_examples"]

#: File, kind, layout and seed of each example; the seeds are those of pages that are easy on the eye.
EXAMPLES = (
    ("list.png", "clean", "lines", 17),
    ("meter-log.png", "ruled", "ruled", 12),
    ("boxed-form.png", "boxes", "boxes", 5),
    ("table.png", "grid", "grid", 17),
    ("desk-photo.jpg", "shadowed", "lines", 12),
)
#: No example is larger: whoever clones the project should not wait for them.
MOST_BYTES = 245_000
#: How many numbers an example has: enough to be a page, few enough to check by eye.
NUMBERS = range(10, 41)
#: Digits of examples are at least this high, in the middle: a person should read them at ease.
LEAST_HEIGHT_PX = 28


def write_examples(folder: Path) -> list[Path]:
    """Write ``scans/`` and ``truth.json`` into a folder; return the pages' files."""
    source = DigitSource.builtin()
    (folder / "scans").mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    truths: list[dict[str, Any]] = []
    for name, kind, layout, seed in EXAMPLES:
        page, data = _find(source, name, kind, layout, seed)
        paths.append(folder / "scans" / name)
        paths[-1].write_bytes(data)
        truths.append(truth_of(page, name))
    write_truth(folder / "truth.json", truths)
    return paths


def _find(source: DigitSource, name: str, kind: str, layout: str, seed: int) -> tuple[SynthPage, bytes]:
    """Return the first page of its kind that makes an example, and its file's bytes."""
    for index in count():
        page = make_page(page_rng(seed, kind, index), source, kind)
        if page.layout != layout or not _fair(page):
            continue
        data = encoded(page.pixels, Path(name).suffix)
        if len(data) <= MOST_BYTES:
            return page, data
    raise AssertionError("counting has no end")


def _fair(page: SynthPage) -> bool:
    """Tell whether a page is of a size that a person can check."""
    numbers = [number for row in page.rows for number in row]
    heights = [box[3] - box[1] for number in numbers for _, box in number.digits]
    return len(numbers) in NUMBERS and float(np.median(heights)) >= LEAST_HEIGHT_PX


if __name__ == "__main__":
    write_examples(Path(sys.argv[1] if len(sys.argv) > 1 else "examples"))
