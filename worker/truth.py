"""What is really written on the pages of a job, from a file, and which of its pages is which."""

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from worker.identity import path_from_text
from worker.jobs import Job
from worker.object_path import Place
from worker.records import FailedPage
from worker.truth_json import load_truth_json
from worker.truth_page import TruthPage, truth_error
from worker.truth_table import load_truth_table

__all__ = ["JobTruth", "load_truth", "truth_of_job"]


@dataclass(frozen=True, slots=True)
class JobTruth:
    """A truth laid beside a job.

    Attributes
    ----------
    pages : tuple of TruthPage
        All of the truth.
    of_key : dict of str to int
        For each page of the job that the truth knows, by its key, the place in `pages`.
    never_pages : frozenset of int
        Places of files that were submitted and led to no page.
    not_in_job : tuple of int
        Places of pages that the job has not.
    not_in_truth : tuple of str
        Pages of the job that the truth does not know.
    """

    pages: tuple[TruthPage, ...]
    of_key: dict[str, int]
    never_pages: frozenset[int]
    not_in_job: tuple[int, ...]
    not_in_truth: tuple[str, ...]


def load_truth(path: Path, *, any_order: bool = False) -> tuple[TruthPage, ...]:
    """Load a truth: CSV, or JSON where the name ends in ``.json``.

    Parameters
    ----------
    path : Path
        Its forms are those of :mod:`worker.truth_table` and :mod:`worker.truth_json`.
    any_order : bool
        The order of the numbers on a page says nothing, on any page.

    Raises
    ------
    NoUsableInput
        It cannot be read, says nothing, or says two things of one page; the message names file and row.
    """
    pages = load_truth_json(path) if path.suffix.lower() == ".json" else load_truth_table(path)
    if not pages:
        raise truth_error(f"{path} tells of no page")
    whole: dict[str, set[int | None]] = defaultdict(set)
    for page in pages:
        others = whole[page.file]
        if page.page in others or (others and None in {page.page, *others}):
            raise truth_error(f"{page.place}: {page.shown} stands above already")
        others.add(page.page)
    return tuple(replace(page, any_order=True) if any_order else page for page in pages)


def truth_of_job(job: Job, pages: Sequence[TruthPage]) -> JobTruth:
    """Find for each page of a job what is written there.

    A file of the truth is the file of the job whose path ends in the same parts; where none does, the
    one of the same name, if there is only one on either side.

    Raises
    ------
    NoUsableInput
        A file of the truth may be several of the job, two of it are the same page, or none is of the job.
    """
    files = [*(entry.file for entry in job.entries), *(_place_of(f) for f in job.failures)]
    found = _Files(files).of_each(pages)
    places = _places(pages, found)
    of_key: dict[str, int] = {}
    not_in_truth: list[str] = []
    for entry in job.entries:
        of_file = places.get(entry.file, {})
        place = of_file.get(entry.page, of_file.get(None))
        if place is None:
            not_in_truth.append(f"{entry.name}, page {entry.page}")
        else:
            of_key[entry.key] = place
    missing = sorted(set(range(len(pages))) - set(of_key.values()))
    never = {_place_of(failure) for failure in job.failures}
    never_pages = frozenset(place for place in missing if found[place] in never)
    if not of_key and not never_pages:
        raise truth_error(f"no page of the truth is one of the job; the first of it is {pages[0].shown}")
    not_in_job = tuple(place for place in missing if place not in never_pages)
    return JobTruth(tuple(pages), of_key, never_pages, not_in_job, tuple(not_in_truth))


def _place_of(failure: FailedPage) -> Place:
    """Return where an input lies that led to no page; its name may be one that no object can have."""
    try:
        return path_from_text(failure.source.path)
    except ValueError:
        return Path(failure.source.path)


def _places(pages: Sequence[TruthPage], found: Sequence[Place | None]) -> dict[Place, dict[int | None, int]]:
    """Return for each file of the job the places of its pages in the truth; None = of all its pages."""
    places: dict[Place, dict[int | None, int]] = defaultdict(dict)
    for place, (page, file) in enumerate(zip(pages, found, strict=True)):
        if file is None:
            continue
        known = places[file]
        if page.page in known or (known and None in {page.page, *known}):
            raise truth_error(f"{page.place}: {page.shown} is {file}, of which the truth tells above")
        known[page.page] = place
    return places


class _Files:
    """Files of a job, to be found by the end of their path."""

    def __init__(self, files: Iterable[Place]) -> None:
        self._by_name: dict[str, list[Place]] = defaultdict(list)
        for file in dict.fromkeys(files):
            self._by_name[file.name].append(file)

    def of_each(self, pages: Sequence[TruthPage]) -> list[Place | None]:
        """Return the file of each page of a truth; None where the job has none."""
        names = defaultdict(set)
        for page in pages:
            names[_parts(page.file)[-1]].add(page.file)
        return [self._of(page, lone=len(names[_parts(page.file)[-1]]) == 1) for page in pages]

    def _of(self, page: TruthPage, *, lone: bool) -> Place | None:
        parts = _parts(page.file)
        named = self._by_name.get(parts[-1], [])
        same = [file for file in named if file.parts[-len(parts) :] == parts]
        if not same and lone:
            same = named
        if len(same) > 1:
            which = ", ".join(str(file) for file in same[:3])
            raise truth_error(
                f"{page.place}: {page.file} may be any of {len(same)} files of the job: {which}"
            )
        return same[0] if same else None


def _parts(file: str) -> tuple[str, ...]:
    """Return the parts of a path, ``.`` and ``..`` undone as far as they can be."""
    parts = PurePath(os.path.normpath(file)).parts
    return tuple(part for part in parts if part != "..") or (file,)
