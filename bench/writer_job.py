"""Writers, and a job in which one of them corrected what was read of their pages."""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from model.dataset_digits import Digits
from model.errors import DataInvalid
from model.synth.digits import DigitSource
from model.synth.page import SynthPage, make_page
from worker.drawn_reading import texts_at
from worker.job_folder import CORRECTIONS
from worker.jobs import Job, PageEntry, ReadOptions
from worker.page_task import process_page
from worker.records import NumberRecord, ReadPage

__all__ = ["Writer", "corrected_job", "writers_of"]

Bytes = NDArray[np.uint8]

#: Fewer images of any digit than this cannot be halved into something to write with.
LEAST_OF_EACH = 4
#: Where nobody says who wrote what.
SOMEBODY = "somebody"
#: Kinds of pages that are corrected, in turn: what people fill in.
KINDS = ("clean", "ruled", "grid", "boxes", "pencil", "photo")


@dataclass(frozen=True, slots=True)
class Writer:
    """One hand, its images halved.

    Attributes
    ----------
    name : str
        Of the writer or font.
    first, other : DigitSource
        To write with what is corrected, and to judge by.
    """

    name: str
    first: DigitSource
    other: DigitSource


def writers_of(digits: Digits, *, test_only: bool) -> list[Writer]:
    """Part digits by their writers.

    Parameters
    ----------
    digits : Digits
        Labelled digits. Where no writer is known they are all one's.
    test_only : bool
        Whether the model may have been trained on the training part.

    Returns
    -------
    list of Writer
        Those with enough images of every digit, in the order of their names.

    Raises
    ------
    DataInvalid
        Nobody has enough.
    """
    sides = [(digits.test_images, digits.test_labels, digits.test_groups)]
    if not test_only:
        sides.append((digits.train_images, digits.train_labels, digits.train_groups))
    images = np.concatenate([side[0] for side in sides])
    labels = np.concatenate([side[1] for side in sides])
    places: dict[str, list[int]] = defaultdict(list)
    for k, group in enumerate(_groups(sides)):
        places[group].append(k)
    able = {name: own for name, own in places.items() if _enough(labels[own])}
    if not able and _enough(labels):
        able = {SOMEBODY: list(range(len(labels)))}
    if not able:
        raise DataInvalid(f"{digits.origin}: no writer has {LEAST_OF_EACH} images of each digit")
    return [
        _halved(_shown(name, number), images[able[name]], labels[able[name]])
        for number, name in enumerate(sorted(able), start=1)
    ]


def _groups(sides: Sequence[tuple[Bytes, Bytes, Sequence[str]]]) -> Iterator[str]:
    for _, labels, groups in sides:
        yield from groups or [SOMEBODY] * len(labels)


def _enough(labels: Bytes) -> bool:
    return bool((np.bincount(labels, minlength=10) >= LEAST_OF_EACH).all())


def _shown(name: str, number: int) -> str:
    """Call a writer by name; where that is a hash, which begins with its kind, by a number."""
    return f"writer {number}" if name[:2] in ("0:", "1:") else name


def _halved(name: str, images: Bytes, labels: Bytes) -> Writer:
    """Put every second image of each digit into the other half."""
    other = np.zeros(len(labels), bool)
    for digit in range(10):
        other[np.flatnonzero(labels == digit)[1::2]] = True
    return Writer(
        name, DigitSource(images[~other], labels[~other]), DigitSource(images[other], labels[other])
    )


def corrected_job(source: DigitSource, folder: Path, *, pages: int, model: Path, seed: int) -> Job:
    """Draw pages, have them read, and correct every number that stands where one is written.

    Parameters
    ----------
    source : DigitSource
        What the pages are written with.
    folder : Path
        Of the job; must not exist.
    pages : int
        How many.
    model : Path
        That reads them.
    seed : int
        Of the pages.

    Returns
    -------
    Job
        With ``corrections.csv`` beside its results.
    """
    scans = folder.with_name("scans")
    scans.mkdir(parents=True)
    drawn: dict[str, SynthPage] = {}
    entries = []
    for k in range(pages):
        path = scans / f"{k:03d}.png"
        page = make_page(np.random.default_rng([seed, k]), source, KINDS[k % len(KINDS)])
        cv2.imwrite(str(path), page.grey)
        entries.append(
            PageEntry.of(path, name=path.name, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
        )
        drawn[path.name] = page
    job = Job.create(folder, entries, [], ReadOptions(model=str(model.absolute())))
    for entry in entries:
        process_page(job, entry, attempt=1)
    rows = [
        (entry.name, entry.page, number.line, number.number, text)
        for entry, record in job.records()
        if isinstance(record, ReadPage)
        for number in record.numbers
        if (text := _written(number, drawn[entry.name])) is not None
    ]
    with (folder / CORRECTIONS).open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("file", "page", "line", "number", "text"), *rows])
    return job


def _written(number: NumberRecord, page: SynthPage) -> str | None:
    """Return what a person would put there; None where that is not one number."""
    texts = texts_at(number, page)
    return texts[0] if len(texts) == 1 else None
