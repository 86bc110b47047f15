"""What people corrected in a job becomes labelled digits: each number's glyphs, cut out of its page again.

Corrections are a table ``corrections.csv`` in the job's folder, in the columns of ``results.csv``. The job
itself is never changed.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.dataset_digits import Digits
from model.dataset_split import TEST_SHARE, hold_out, joined_groups, parted
from model.errors import DataInvalid
from model.sources_rows import named_rows
from worker.corrected_glyphs import Correction, LabelledGlyph, labelled_glyphs
from worker.job_folder import CORRECTIONS
from worker.jobs import Job, PageEntry
from worker.spreadsheet_cells import original

__all__ = ["load_all_corrections", "load_corrections"]

#: Columns that it needs; others, such as those of ``results.csv``, are passed over.
_COLUMNS = ("file", "page", "line", "number", "text")
#: What may stand between the digits of a number, and before them.
_BETWEEN = " .,-+/:'’"
#: Digits of a line or number; Python refuses to take texts of thousands for numbers.
_LONGEST_ORDINAL = 9


def load_corrections(folder: Path, say: Callable[[str], None]) -> Digits:
    """Load the digits of a job's corrected numbers; whole files are held out to judge by.

    Parameters
    ----------
    folder : Path
        Of the job.
    say : callable
        Told how many numbers give digits, and why others do not.

    Returns
    -------
    Digits
        Some digits may be missing; of a single file nothing is held out.

    Raises
    ------
    DataInvalid
        There are no corrections, a row is wrong, or no number gives a digit; the message names the file.
    UsageError
        The folder is no job.
    """
    return load_all_corrections([folder], say)[0]


def load_all_corrections(folders: Sequence[Path], say: Callable[[str], None]) -> list[Digits]:
    """Load the corrections of several jobs; a file that stands in several is on the same side in all.

    Parameters
    ----------
    folders : sequence of Path
        Of the jobs.
    say : callable
        As for :func:`load_corrections`.

    Returns
    -------
    list of Digits
        One for each job. Jobs that share no file are parted as if each were alone. Where they do, all files
        of one may be trained on, or all be judged by.

    Raises
    ------
    DataInvalid
        As for :func:`load_corrections`.
    UsageError
        A folder is no job.
    """
    jobs = [Job.open(folder) for folder in folders]
    glyphs = [_glyphs(job, say) for job in jobs]
    found = []
    for job, own, held in zip(jobs, glyphs, _held_out(glyphs), strict=True):
        digits = _digits(own, held, f"corrections of {job.path.name}")
        say(
            f"{len(digits.train_labels)} corrected digits to train on, {len(digits.test_labels)} to judge by"
            + _why_one_sided(own, digits)
        )
        found.append(digits)
    return found


def _glyphs(job: Job, say: Callable[[str], None]) -> list[LabelledGlyph]:
    table = job.local_path / CORRECTIONS
    glyphs: list[LabelledGlyph] = []
    passed_over: Counter[str] = Counter()
    for entry, wanted in _by_page(job, table).items():
        glyphs += labelled_glyphs(job, entry, wanted, passed_over)
    for reason, count in passed_over.items():
        say(f"{table}: {count} numbers passed over: {reason}")
    if not glyphs:
        raise DataInvalid(f"{table}: none of the numbers gives digits to train on")
    return glyphs


def _held_out(jobs: Sequence[Sequence[LabelledGlyph]]) -> list[NDArray[np.bool_]]:
    """Choose the glyphs of each job to judge by: jobs that share a file are parted together."""
    glyphs = [glyph for own in jobs for glyph in own]
    owners = [str(job) for job, own in enumerate(jobs) for _ in own]
    kin = np.array(joined_groups([glyph.file for glyph in glyphs], owners), object)
    held = np.zeros(len(glyphs), bool)
    for name in set(kin):
        places = np.flatnonzero(kin == name)
        labels, files = zip(*((glyphs[k].label, glyphs[k].file) for k in places), strict=True)
        held[places] = hold_out(labels, files, every_digit=False)
    return np.split(held, np.cumsum([len(own) for own in jobs])[:-1])


def _why_one_sided(glyphs: Sequence[LabelledGlyph], digits: Digits) -> str:
    if len(digits.test_labels) and len(digits.train_labels):
        return ""
    if len({glyph.file for glyph in glyphs}) == 1:
        return ": they are all of one file, which is not parted"
    return ": other jobs have its files, too, and a file is on the same side in all"


def _digits(glyphs: Sequence[LabelledGlyph], held: NDArray[np.bool_], origin: str) -> Digits:
    labels = np.array([glyph.label for glyph in glyphs], np.uint8)
    groups = [glyph.file for glyph in glyphs]
    told = f"{origin}, {len(set(groups))} files, whole ones held out towards {TEST_SHARE:.0%}"
    return parted(np.stack([glyph.image for glyph in glyphs]), labels, groups, held, told)


def _by_page(job: Job, table: Path) -> Mapping[PageEntry, list[Correction]]:
    """Return the corrections of each page, in the table's order."""
    entries: dict[tuple[str, str], list[PageEntry]] = defaultdict(list)
    for entry in job.entries:
        entries[entry.name, str(entry.page)].append(entry)
    found: dict[PageEntry, list[Correction]] = defaultdict(list)
    seen: dict[tuple[PageEntry, int, int], str] = {}
    if not table.exists():
        raise DataInvalid(f"{table.parent} holds no corrections: there is no {table.name}")
    for place, row in named_rows(table, _COLUMNS):
        pages = entries.get((original(row["file"]), row["page"].strip()), [])
        if len(pages) != 1:
            which = "no page" if not pages else f"{len(pages)} pages"
            raise DataInvalid(f"{place}: {which} of the job called {row['file']!r}, page {row['page']}")
        correction = _correction(place, row)
        key = (pages[0], correction.line, correction.number)
        if seen.setdefault(key, place) != place:
            raise DataInvalid(f"{place}: this number stands in {seen[key].rpartition(', ')[2]}, too")
        found[pages[0]].append(correction)
    return found


def _correction(place: str, row: Mapping[str, str]) -> Correction:
    line, number = (_ordinal(row[column], column, place) for column in ("line", "number"))
    text = original(row["text"])
    digits = "".join(character for character in text if character not in _BETWEEN)
    if digits.strip("0123456789?"):
        raise DataInvalid(f"{place}: a text has digits, and ? for one that is unknown. Received: {text!r}")
    return Correction(place, line, number, digits)


def _ordinal(cell: str, column: str, place: str) -> int:
    written = cell.strip()
    if len(written) > _LONGEST_ORDINAL or not (written.isascii() and written.isdigit()) or int(written) < 1:
        raise DataInvalid(f"{place}: {column} is a whole number from 1. Received: {cell!r}")
    return int(cell)
