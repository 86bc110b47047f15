"""Mutated pictures through the whole program, as `digitize submit` takes them, among pages that are sound.

Pages are counted in this process, and read in processes that are limited as those of workers are. A picture
may fail in any way that has a code; it may cost its process its life. What it must not do is to change
anything about the sound pages, about other files, or to leave this process anything but its code.
"""

import hashlib
import random
import resource
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from model.synth.digits import DigitSource
from model.synth.page import make_page
from tests.builders import encoded
from tests.fake_readers import FACTORY
from tests.fuzz.corpus import pictures
from tests.fuzz.mutation import mutated
from tests.job_builders import page_file, plain_settings
from worker.embedded import run_embedded
from worker.inputs import FoundFile, FoundInputs
from worker.job_folder import ReadOptions
from worker.jobs import Job, PageEntry
from worker.page_planning import plan_pages
from worker.reader_cache import DEFAULT_READER
from worker.records import PageRecord, ReadPage
from worker.tables import write_tables

__all__ = ["READER_MB", "PageFindings", "fuzz_pages"]

#: Small limits, so that a page shows what it would do to a large machine in seconds.
OPTIONS = ReadOptions(max_image_pixels=20_000_000, max_file_bytes=10_000_000, max_pages=50, pdf_dpi=72)
MEMORY_MB, TIME_LIMIT_S = 256, 10
#: What a process has in memory beside what a page may cost it: interpreter, libraries, and the page's file.
READER_MB = 200
#: Pages of one file that are read; of a mutated document all are alike.
_PAGES = 3
_SOUND_EVERY = 20
#: Counting the pages of a file takes milliseconds.
_COUNTING_S = 20.0

#: What ends a process, or would never end.
_LOST = {"worker-lost": "crashes", "time-limit": "hangs", "out-of-memory": "out of memory"}


@dataclass
class PageFindings:
    """What became of the pictures of one kind."""

    codes: Counter[str] = field(default_factory=Counter)
    #: Files that cost a process, hung, or made the code fail, by what they did.
    bad: dict[str, list[Path]] = field(default_factory=dict)
    #: What must not happen at all.
    broken: list[str] = field(default_factory=list)
    peak_mb: float = 0.0

    def note(self, what: str, file: Path) -> None:
        self.bad.setdefault(what, []).append(file)


def fuzz_pages(
    kinds: Sequence[str], count: int, seed: int, folder: Path, *, jobs: int = 1, whole: bool = False
) -> PageFindings:
    """Read mutated pictures, and say what became of them.

    Parameters
    ----------
    kinds : sequence of str
        Of :data:`tests.fuzz.corpus.KINDS`.
    count : int
        How many of each.
    seed : int
        The same seed gives the same files.
    folder : Path
        Empty; files and job are written here.
    jobs : int
        Processes that read.
    whole : bool
        Whether pictures are read as people have them read, with segmentation and model, and not only
        decoded; the sound pages are drawn ones then, held to how they are read without the others.
    """
    findings = PageFindings()
    (folder / "in").mkdir(parents=True)
    files = [file for kind in kinds for file in _written(kind, count, seed, folder / "in")]
    page = drawn_page if whole else page_file
    sound = [page(folder / "sound", 200 + k) for k in range(len(files) // _SOUND_EVERY + 1)]
    entries = [page for file in files for page in _pages_of(file, findings)]
    before, earlier_mb = _state(folder), _peak_mb()

    job = Job.create(folder / "job", _among(entries, sound), [], OPTIONS)
    factory = DEFAULT_READER if whole else FACTORY
    settings = plain_settings(
        jobs=jobs,
        max_memory_mb=MEMORY_MB,
        task_time_limit_s=TIME_LIMIT_S,
        task_soft_time_limit_s=TIME_LIMIT_S - 1,
    )
    run_embedded(job, job.entries, settings, lambda *_: None, reader_factory=factory)
    write_tables(job)

    expected = {entry.key: [f"{int(entry.file.stem):05d}"] for entry in sound}
    if whole:
        alone = Job.create(folder / "job" / "alone", sound, [], OPTIONS)
        run_embedded(alone, sound, settings, lambda *_: None, reader_factory=factory)
        expected = {entry.key: _texts(alone.read_record(entry.key)) for entry in sound}
    _judge(job, entries, expected, findings)
    if _state(folder) != before:
        findings.broken.append("a file outside of the job's folder was changed, made or taken away")
    findings.peak_mb = _peak_mb()
    # The system keeps the most of all children there ever were: only what is more than before is of these.
    if findings.peak_mb > max(earlier_mb, MEMORY_MB + READER_MB):
        findings.broken.append(f"a process took {findings.peak_mb:.0f} MB")
    return findings


def drawn_page(folder: Path, seed: int) -> PageEntry:
    """Draw a page with numbers on it."""
    folder.mkdir(exist_ok=True)
    path, rng = folder / f"{seed}.png", np.random.default_rng(seed)
    path.write_bytes(encoded(make_page(rng, DigitSource.builtin(), "clean").grey, "png"))
    return PageEntry.of(path, name=path.name, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def _texts(record: PageRecord | None) -> list[str] | None:
    return [number.text for number in record.numbers] if isinstance(record, ReadPage) else None


def _peak_mb() -> float:
    """Return what the largest process took of all that this one has started and that have ended."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _written(kind: str, count: int, seed: int, folder: Path) -> list[Path]:
    """Write mutated pictures of a kind."""
    seeds, rng = pictures(kind), random.Random(f"{seed} {kind}")
    files = [folder / f"{number:05d}.{kind}" for number in range(count)]
    for file in files:
        file.write_bytes(mutated(rng.choice(seeds), seeds, rng))
    return files


def _pages_of(file: Path, findings: PageFindings) -> list[PageEntry]:
    """Count the pages as submitting does; where there are none, have the first read all the same."""
    start_s = time.monotonic()
    try:
        found = FoundInputs(files=[FoundFile(file, file.name, file.parent)])
        plan = plan_pages(found, OPTIONS, lambda *_: None)
    except Exception as error:  # noqa: BLE001 - whatever gets out would end the program
        findings.broken.append(f"{file}: counting its pages raised {type(error).__name__}: {error}")
        return []
    if time.monotonic() - start_s > _COUNTING_S:
        findings.note("slow to count", file)
    for failure in plan.failures:
        if failure.code in ("internal-error", *_LOST):
            findings.note(f"counting: {failure.code}", file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return [*plan.entries][:_PAGES] or [PageEntry.of(file, name=file.name, sha256=digest)]


def _among(entries: Sequence[PageEntry], sound: Sequence[PageEntry]) -> list[PageEntry]:
    """Put sound pages among the others, the last one behind them."""
    mixed, left = [], list(sound)
    for number, entry in enumerate(entries):
        mixed.append(entry)
        if number % _SOUND_EVERY == 0 and len(left) > 1:
            mixed.append(left.pop(0))
    return mixed + left


def _state(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return what lies beside the job, so that a change shows."""
    files = (path for path in folder.rglob("*") if folder / "job" not in (path, *path.parents))
    return {path: (status.st_size, status.st_mtime_ns) for path in files if (status := path.stat())}


def _judge(
    job: Job, entries: Sequence[PageEntry], expected: dict[str, list[str] | None], findings: PageFindings
) -> None:
    """Look at each page's record, at what the sound ones hold, and at what else lies in the job's folder."""
    for entry in entries:
        record = job.read_record(entry.key, entry.sha256)
        if record is None:
            findings.broken.append(f"{entry.path}, page {entry.page}: it has no record")
            continue
        code = "read" if isinstance(record, ReadPage) else record.code
        findings.codes[code] += 1
        if code == "internal-error" or code in _LOST:
            findings.note(_LOST.get(code, f"internal error: {getattr(record, 'message', '')}"), entry.file)
    for key, texts in expected.items():
        if not texts or _texts(job.read_record(key)) != texts:
            findings.broken.append(f"the sound page {key} was not read as it should be")
    pages = {path.name for path in job.pages.rglob("*") if path.is_file()}
    if pages != {f"{entry.key}.json" for entry in job.entries}:
        findings.broken.append("there are other page files than those of the job")
