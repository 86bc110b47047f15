"""Fits what tells printed numbers from handwritten ones (`worker/kinds.py`), and counts both errors.

    python -m bench.kinds --digits mnist.npz --fit FONTS --judge FONTS [--pages N] [--jobs J]

Pages of print, by hand and of both are drawn: those to fit on with the fonts of the first folder and the
training digits, those to judge by with the fonts of the second, OpenCV's own faces and the test digits. Two
pages by hand in three are written with digits that are much alike, the others with a few pictures again and
again. Weights are printed in the order of `worker/kinds.py`, whose own are those that are judged; nothing is
written.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from bench.alike_hand import AlikeHand
from bench.nothing import draw_page
from bench.typefaces import Typeface, random_typeface
from model.fonts.faces import ENDINGS
from model.synth.clutter_text import paragraph, printed_cells, printed_numbers
from model.synth.digits import DigitSource, Split
from model.synth.ink_sorts import InkSort
from model.synth.lettering import FileLettering, Lettering
from model.synth.page import KINDS, SynthPage, make_page
from model.synth.surroundings import Surroundings
from model.synth.write import page_rng
from model.synth.writer import Board, Writer
from segmentation.page import Page
from worker.kinds import FEATURES, LEAST_REPEATED, print_features
from worker.number_records import kind_of
from worker.reader import Reader, load_reader
from worker.records import BoxRecord, Kind

__all__ = ["main"]

Bytes = npt.NDArray[np.uint8]
Rng = np.random.Generator

#: Sorts of pages, and what those of print alone hold.
SORTS = ("print", "hand", "mixed")
PRINTED_PAGES = ("table", "list", "text", "form", "calendar")
#: Share of the pages to judge by that are printed in faces of OpenCV.
OWN_SHARE = 0.4
#: Keeps the weights finite, and steps of Newton's method.
RIDGE, STEPS = 1.0, 50


@dataclass(frozen=True, slots=True)
class Task:
    """One page to draw and read."""

    part: Split
    sort: str
    index: int
    digits: Path
    fonts: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers that were read on a page, what they are, and what they were told to be."""

    sort: str
    features: npt.NDArray[np.float64]
    printed: npt.NDArray[np.bool_]
    told: npt.NDArray[np.bool_]
    told_before: npt.NDArray[np.bool_]
    repeated: int


def main() -> None:
    """Draw, read, fit, judge, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.kinds", description=__doc__)
    parser.add_argument("--digits", type=Path, required=True, help="mnist.npz")
    parser.add_argument("--fit", type=Path, required=True, help="folder of fonts to fit on")
    parser.add_argument("--judge", type=Path, required=True, help="folder of other fonts to judge by")
    parser.add_argument("--pages", type=int, default=100, help="of each sort, on either side")
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    folders: dict[Split, Path] = {"train": asked.fit, "test": asked.judge}
    tasks = [
        Task(part, sort, index, asked.digits, _fonts(folder))
        for index in range(asked.pages)
        for part, folder in folders.items()
        for sort in SORTS
    ]
    read: dict[Split, list[Numbers]] = {"train": [], "test": []}
    with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as crew:
        for task, numbers in zip(tasks, crew.map(_numbers, tasks), strict=True):
            read[task.part].append(numbers)
    weights, bias = fitted(read["train"])
    print(json.dumps({**dict(zip(FEATURES, weights, strict=True)), "bias": bias}, indent=1))
    print("| pages | numbers | printed, told as by hand | before | by hand, told as printed | before |")
    print("|---|---:|---:|---:|---:|---:|")
    for sort in SORTS:
        print(_row(sort, [numbers for numbers in read["test"] if numbers.sort == sort]))
    print(_row("all", read["test"]))


def _fonts(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS))


def _numbers(task: Task) -> Numbers:
    """Draw the page of a task, read it, and see which of its numbers are printed."""
    cv2.setNumThreads(1)
    rng = page_rng(2024, f"kinds {task.part} {task.sort}", task.index)
    letterings = tuple(FileLettering(path) for path in task.fonts)
    if task.sort == "print":
        sort = PRINTED_PAGES[task.index % len(PRINTED_PAGES)]
        pixels, sorts = draw_page(rng, sort, partial(_face, task.part, letterings)), None
    else:
        drawn = _written(rng, task, letterings)
        pixels, sorts = drawn.grey, drawn.sorts
    work = _reader().work_through(Page(pixels, dpi=None, orientation=1, kind="png"))
    numbers = [number.digits for number in work.numbers]
    sorted_ink = work.segmentation.writing.sorted_ink
    if not numbers or sorted_ink is None:
        none = np.zeros(0, bool)
        return Numbers(task.sort, np.zeros((0, len(FEATURES))), none, none, none, 0)
    features, repeated = print_features(numbers, work.segmentation, sorted_ink)
    kinds = [_drawn_kind(number.record.box, sorts, task.sort) for number in work.numbers]
    known = np.array([kind is not None for kind in kinds])
    told = np.array([number.record.kind is Kind.PRINTED for number in work.numbers])
    before = np.array([kind_of(number, sorted_ink) is Kind.PRINTED for number in numbers])
    printed = np.array([kind is Kind.PRINTED for kind in kinds])
    return Numbers(task.sort, features[known], printed[known], told[known], before[known], repeated)


@cache
def _reader() -> Reader:
    return load_reader()


@cache
def _source(digits: Path, part: Split, alike: bool) -> DigitSource:
    return (AlikeHand if alike else DigitSource).from_npz(digits, part)


def _face(part: Split, letterings: Sequence[FileLettering], rng: Rng) -> Typeface:
    """Pick a face to print a page in; OpenCV's own are for judging alone."""
    if part == "test" and rng.random() < OWN_SHARE:
        return random_typeface(rng)
    lettering = letterings[int(rng.integers(len(letterings)))]

    def set_in_type(text: str, size_px: int) -> Bytes:
        line = lettering.line(text, size_px)
        return np.zeros((1, 1), np.uint8) if line is None else line.opacity

    return set_in_type


def _written(rng: Rng, task: Task, letterings: Sequence[Lettering]) -> SynthPage:
    """Draw a page by hand, with print around it where both are asked for."""
    source = _source(task.digits, task.part, task.index % 3 < 2)
    kind = KINDS[int(rng.integers(len(KINDS)))]
    around = partial(_printed_around, letterings=letterings) if task.sort == "mixed" else None
    return make_page(rng, source, kind, around=around)


def _printed_around(rng: Rng, board: Board, writer: Writer, letterings: Sequence[Lettering]) -> None:
    """Print columns of numbers, paragraphs and puzzles around what is written, in one face or two."""
    faces = [letterings[int(k)] for k in rng.integers(len(letterings), size=int(rng.integers(1, 3)))]
    around = Surroundings(rng, board, writer, tuple(faces))
    for _ in range(int(rng.integers(1, 9))):
        things: tuple[Callable[[Surroundings], None], ...]
        things = (paragraph, printed_numbers, printed_numbers, printed_cells)
        things[int(rng.integers(len(things)))](around)


def _drawn_kind(box: BoxRecord, sorts: Bytes | None, sort: str) -> Kind | None:
    """Return what stands on a drawn page where a number was read; None where it is no digit."""
    if sorts is None:
        return Kind.PRINTED if sort == "print" else Kind.HANDWRITTEN
    inside = sorts[box.y : box.y + box.height, box.x : box.x + box.width]
    counts = np.bincount(inside.ravel(), minlength=2 + max(InkSort))
    by_hand, printed = counts[1 + InkSort.DIGIT], counts[1 + InkSort.PRINTED_DIGIT]
    if counts[1 + InkSort.PRINT] > max(by_hand, printed) or not by_hand + printed:
        return None
    return Kind.PRINTED if printed > by_hand else Kind.HANDWRITTEN


def fitted(pages: Sequence[Numbers]) -> tuple[list[float], float]:
    """Fit weights and bias on the numbers of pages on which enough is repeated.

    Parameters
    ----------
    pages : sequence of Numbers
        On some of them something is printed, and on some something by hand.
    """
    telling = [numbers for numbers in pages if numbers.repeated >= LEAST_REPEATED]
    design = np.concatenate([numbers.features for numbers in telling])
    target = np.concatenate([numbers.printed for numbers in telling]).astype(float)
    # A page of two hundred numbers is not two hundred times as telling as one of a single number.
    shares = np.concatenate([np.full(len(n.printed), max(1, len(n.printed)) ** -0.5) for n in telling])
    found = _regression(design, target, shares)
    return [round(weight, 2) for weight in found[:-1].tolist()], round(float(found[-1]), 2)


def _regression(
    features: npt.NDArray[np.float64], printed: npt.NDArray[np.float64], shares: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return weights and bias by penalised maximum likelihood, each number counted by its share."""
    design = np.column_stack([features, np.ones(len(features))])
    weights = np.zeros(design.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (shares * (printed - chance)) - RIDGE * weights
        curve = (design * (shares * chance * (1 - chance))[:, None]).T @ design
        step = np.linalg.solve(curve + RIDGE * np.eye(len(weights)), slope)
        weights += step
        if float(np.abs(step).max()) < 1e-8:
            break
    return weights


def _row(name: str, pages: Sequence[Numbers]) -> str:
    """Return a row of the table: how many numbers are told wrong, now and by the network alone."""
    printed = np.concatenate([numbers.printed for numbers in pages])
    told = np.concatenate([numbers.told for numbers in pages])
    before = np.concatenate([numbers.told_before for numbers in pages])
    missed, taken = (
        [int((printed & ~by).sum()) for by in (told, before)],
        [int((~printed & by).sum()) for by in (told, before)],
    )
    counts = f"{int(printed.sum())} printed, {int((~printed).sum())} by hand"
    return f"| {name} | {counts} | {missed[0]} | {missed[1]} | {taken[0]} | {taken[1]} |"


if __name__ == "__main__":
    main()
