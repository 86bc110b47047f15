"""From dropped files to jobs and their results: one job a batch, begun, gone on with, finished.

What a kill leaves is found by the next start: a batch whose job was made is gone on with, one whose
job was not made is taken again.
"""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from worker.asked_model import asked_model
from worker.cancelling import is_cancelled
from worker.dropped_files import DroppedFile, hash_of
from worker.durable_folders import sync_folder
from worker.errors import JobCancelled
from worker.identity import display_name
from worker.inputs import FoundFile, FoundInputs
from worker.job_folder import JOB_FILE, ReadOptions
from worker.job_shelves import with_folders_in
from worker.jobs import Job, ProgressWatcher
from worker.page_planning import SubmissionPlan, plan_pages
from worker.records import FailedPage, ReadPage
from worker.results import PageResult, Summary
from worker.signals import deferred_signals
from worker.submission import new_folder, open_or_create
from worker.tables import write_tables
from worker.watch_queue import QueueKeeper, Teller
from worker.watch_state import Batch, TakenFile, WatchState

if TYPE_CHECKING:
    from worker.settings import Settings

__all__ = ["Batches", "FinishedBatch"]

#: More than this become several jobs, so that none takes a night before its table is there.
_MOST_FILES = 1000

#: Whoever failed so was never looked at: the same content is new when it comes again.
_NEVER_READ = frozenset({"file-changed", "file-missing", "file-unreadable"})


@dataclass(frozen=True)
class FinishedBatch:
    """A batch whose results are there.

    Attributes
    ----------
    job : Job
        Its job, the tables written.
    files : int
        How many files it was made of.
    summary : Summary
        What came of it.
    failures : tuple of PageResult
        What could not be read.
    """

    job: Job
    files: int
    summary: Summary
    failures: tuple[PageResult, ...]


class Batches:
    """The batches of one watched folder.

    Parameters
    ----------
    folder : Path
        The watched folder, as it was named.
    state : WatchState
        What became of its files.
    settings : Settings
        Where the jobs go, how they are read.
    options : ReadOptions
        How the pages are to be read.
    teller : Teller
        Tells what happens.
    """

    def __init__(
        self, folder: Path, state: WatchState, settings: "Settings", options: ReadOptions, teller: Teller
    ) -> None:
        self._folder = folder
        self._state = state
        self._settings = settings
        self._options = options
        self._teller = teller
        self._keeper = QueueKeeper(settings, teller)
        self._watchers: dict[str, ProgressWatcher] = {}

    def go_on(self) -> None:
        """Go on with what an earlier run left: at once without a broker, by the queue with one."""
        for batch in self._state.open_batches:
            job = self._job_of(batch)
            if job is None:
                self._state.drop(batch.job)
            elif not is_cancelled(job):
                self._teller.note(
                    f"job: {job.path}, {len(job.missing())} of {len(job.entries)} pages to read"
                )
                self._read(job)

    def take(self, files: Sequence[DroppedFile]) -> None:
        """Make a job of new files, and have it read; what was read before is only named.

        Raises
        ------
        OutputNotWritable, ModelRefused
            The job cannot be made, or not be read.
        """
        files = [file for file in files if self._state.hash_of(file) is None]
        for start in range(0, len(files), _MOST_FILES):
            plan, taken, twins = self._plan(files[start : start + _MOST_FILES])
            if taken:
                job = self._make(plan, taken)
                self._teller.note(
                    f"job: {job.path}, {len(taken)} {'file' if len(taken) == 1 else 'files'}, "
                    f"{len(job.entries)} {'page' if len(job.entries) == 1 else 'pages'}"
                )
                for twin, sha256 in twins:
                    self._is_known(twin, sha256)
                self._read(job)

    def finished(self) -> list[FinishedBatch]:
        """Write the tables of batches that are read by now; those whose pages got lost are queued again.

        Raises
        ------
        OutputNotWritable
            A table cannot be written.
        """
        found = []
        for batch in self._state.open_batches:
            job = self._job_of(batch)
            if job is None:
                self._teller.warning(f"the job {batch.job} is gone; its files are new again")
                self._state.drop(batch.job)
            elif self._is_read(job):
                found.append(self._finish(job, batch))
        if self._settings.broker_url is not None:
            jobs = (self._job_of(batch) for batch in self._state.open_batches)
            self._keeper.look_after([job for job in jobs if job is not None and not is_cancelled(job)])
        return found

    def left_unread(self) -> list[Path]:
        """Return the jobs that this program would have read, and that wait for its next start."""
        jobs = [job for batch in self._state.open_batches if (job := self._job_of(batch))]
        here = self._settings.broker_url is None
        return [job.local_path for job in jobs if here and not is_cancelled(job)]

    def _is_read(self, job: Job) -> bool:
        """Tell whether every page has its result, opening each page file once however often it is asked."""
        return not self._watchers.setdefault(job.path.name, ProgressWatcher(job)).look().missing

    def _plan(
        self, files: Sequence[DroppedFile]
    ) -> tuple[SubmissionPlan, list[TakenFile], list[tuple[DroppedFile, str]]]:
        """Hash files and count their pages; those that change meanwhile are left for the next look.

        Returns
        -------
        plan : SubmissionPlan
        taken : list of TakenFile
        twins : list of (DroppedFile, str)
            Files of the same content as one that is taken, with its hash.
        """
        plan, taken, twins = SubmissionPlan(), dict[str, TakenFile](), []
        for file in files:
            try:
                sha256 = hash_of(self._folder / file.name, file.version)
            except OSError as error:
                why = f"cannot be opened: {error.strerror or error}"
                if self._state.name_once(f"{file.name}: {why}"):
                    self._teller.warning(f"{self._shown(file.name)}: {why}")
                continue
            if sha256 is None or self._is_known(file, sha256):
                continue
            if sha256 in taken:
                twins.append((file, sha256))
                continue
            found = FoundFile(path=(self._folder / file.name).absolute(), name=self._shown(file.name))
            of_file = plan_pages(FoundInputs(files=[found]), self._options, lambda _done, _name: None)
            if _is_of(of_file, sha256):
                taken[sha256] = TakenFile(file.name, sha256, file.version)
                plan.entries.extend(of_file.entries)
                plan.failures.extend(of_file.failures)
        return plan, list(taken.values()), twins

    def _is_known(self, file: DroppedFile, sha256: str) -> bool:
        """Tell whether some content was taken before; a file that holds it again is named and remembered."""
        owner = self._state.owner_of(sha256)
        if owner is None:
            return False
        job, name = owner
        if name != file.name:
            self._teller.warning(
                f"{self._shown(file.name)}: holds what {name} held, which is in the job {job}; not read again"
            )
        self._state.remember(file, sha256)
        return True

    def _make(self, plan: SubmissionPlan, taken: list[TakenFile]) -> Job:
        """Make the job of a batch; whenever this is killed, nothing is lost and nothing is read twice."""
        options = self._options
        model = asked_model(options.model, max_error_rate=options.max_error_rate, printed=options.printed)
        with deferred_signals():
            folder = new_folder(self._settings, [taken[0].name])
            self._state.begin(folder.name, taken)
            job, _ = open_or_create(folder, plan, options, model)
            sync_folder(folder.parent)
        return job

    def _read(self, job: Job) -> None:
        """Have the missing pages read: here and now, or by the workers."""
        missing = job.missing()
        for _ in job.set_damaged_aside(missing):
            pass  # each is renamed when its turn comes
        if self._settings.broker_url is not None:
            self._keeper.queue(job)
            return
        from worker.embedded import run_embedded

        try:
            run_embedded(job, missing, self._settings, lambda _entry, _record: None)
        except JobCancelled as error:
            self._teller.warning(f"{error.message}: {job.path}")

    def _finish(self, job: Job, batch: Batch) -> FinishedBatch:
        """Write the tables, then note that they are there."""
        failures: list[PageResult] = []

        def on_page(result: PageResult) -> None:
            if isinstance(result.record, FailedPage):
                failures.append(result)

        summary = write_tables(job, on_page)
        never_read = _base_names(
            each.file
            for each in failures
            if isinstance(each.record, FailedPage) and each.record.code in _NEVER_READ
        )
        hashes = [file.sha256 for file in batch.files if display_name(file.name) in never_read]
        self._state.finish(batch.job, hashes)
        del self._watchers[batch.job]
        return FinishedBatch(job, len(batch.files), summary, tuple(failures))

    def read_whole(self, job_name: str) -> set[str]:
        """Return the names of a batch's files of which every page was read."""
        batch = self._state.batch(job_name)
        job = None if batch is None else self._job_of(batch)
        if batch is None or job is None:
            return set()
        failed = _base_names(
            [entry.name for entry, record in job.records() if not isinstance(record, ReadPage)]
            + [failure.source.path for failure in job.failures]
        )
        return {file.name for file in batch.files if display_name(file.name) not in failed}

    def changed_ns(self, job_name: str) -> int:
        """Return when something in a job was read last; 0 where that is not known.

        Page files of long jobs lie on shelves, which change then, and not the folder that these lie in.
        """
        changed = [0]
        for folder in with_folders_in(self._settings.jobs_dir / job_name / "pages", 1):
            with suppress(OSError):
                changed.append(folder.stat().st_mtime_ns)
        return max(changed)

    def _job_of(self, batch: Batch) -> Job | None:
        """Open the job of a batch; None if it was never made, or was taken away."""
        folder = self._settings.jobs_dir / batch.job
        if not (folder / JOB_FILE).exists():
            with suppress(OSError):
                folder.rmdir()
            return None
        return Job.open(folder)

    def _shown(self, name: str) -> str:
        """Return a file as it stands in tables."""
        return display_name(str(self._folder / name))


def _base_names(shown: Iterable[str]) -> set[str]:
    """Return the names in their folder of files as they stand in tables."""
    return {os.path.basename(file) for file in shown}  # noqa: PTH119 - no path, but text with escapes


def _is_of(plan: SubmissionPlan, sha256: str) -> bool:
    """Tell whether what was planned is the content that was hashed, and not what came after it."""
    hashes = {entry.sha256 for entry in plan.entries}
    hashes |= {failure.source.sha256 for failure in plan.failures if failure.source.sha256 is not None}
    unread = any(failure.code in _NEVER_READ for failure in plan.failures)
    return hashes <= {sha256} and not unread
