"""What the task does with a page, without Celery around it: count the attempt, read, put off, give up."""

import logging
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from billiard.exceptions import SoftTimeLimitExceeded, Terminated, TimeLimitExceeded, WorkerLostError
from pydantic import ValidationError

from worker.asked_pages import asks_for
from worker.attempts import AttemptCounter
from worker.begun_pages import BegunPages
from worker.cancelling import is_cancelled
from worker.dropped_messages import DroppedMessages
from worker.errors import DigitizeError, ModelRefused, OutputNotWritable, StoreUnreachable
from worker.failures import failed_page, record_failure, why_lost
from worker.job_folder import JobFolder
from worker.jobs import PageEntry
from worker.messages import PagePayload, why_refused
from worker.no_job import JobReplaced
from worker.page_events import PageEvents, page_id
from worker.page_log import fields_of, said_of
from worker.page_task import process_page
from worker.places import Version
from worker.roots import roots_of
from worker.unseen_folders import FolderElsewhere, UnseenFolders

if TYPE_CHECKING:
    from worker.settings import Settings

__all__ = ["PageWork"]

log = logging.getLogger(__name__)

#: A page that other machines may see, and none of them takes, is a page that nobody sees.
_MOST_PUT_OFF = 60

#: Counted apart: of a job that made room by `--force` pages may wait that the new one does not ask for.
_UNASKED = "unasked"

#: A job file, or a page's record, that is too large to be read.
_NO_MEMORY = "what its job holds takes more memory than max_memory_mb allows"


@dataclass(frozen=True, slots=True)
class _AskedJob:
    """What the job of a page says before the page is begun: whether it is cancelled, and which job it is."""

    is_cancelled: bool = False
    version: Version | None = None
    unanswered: StoreUnreachable | None = None

    @classmethod
    def of(cls, folder: JobFolder) -> "_AskedJob":
        """Ask the folder; what goes wrong besides a silent store is found out by whoever goes on."""
        try:
            if is_cancelled(folder):
                return cls(is_cancelled=True)
            return cls(version=folder.version())
        except StoreUnreachable as error:
            return cls(unanswered=error)
        except (DigitizeError, OSError) as error:
            log.debug("not known which job is in %r: %s", str(folder.path), error)
            return cls()

    def check_answered(self) -> None:
        """Ask a silent store nothing more: three such questions take all the time that a page has.

        Raises
        ------
        StoreUnreachable
            It gave no answer.
        """
        if self.unanswered is not None:
            raise self.unanswered


class PageWork:
    """Reads the pages that messages name.

    Parameters
    ----------
    settings : Settings
        Attempts, time limit, memory and roots.
    attempts : AttemptCounter
        Counts how often a page was begun.
    events : PageEvents
        Told what happens to pages.
    begun : BegunPages
        Told what the processes begin.
    reader_factory : str
        ``package.module:function`` that builds the reader.
    unseen : UnseenFolders, optional
        Knows which machines do not see which folders; without, what is not here is recorded as missing.
    """

    def __init__(
        self,
        settings: "Settings",
        attempts: AttemptCounter,
        events: PageEvents,
        begun: BegunPages,
        reader_factory: str,
        unseen: UnseenFolders | None,
    ) -> None:
        self._max_attempts = settings.max_attempts
        self._time_limit_s = settings.task_time_limit_s
        self._max_memory_mb = settings.max_memory_mb
        self._attempts = attempts
        self._events = events
        self._begun = begun
        self._reader_factory = reader_factory
        self._unseen = unseen
        self._roots = roots_of(settings)
        self._dropped = DroppedMessages()

    def read(
        self,
        payload: Mapping[str, Any],
        put_off: Callable[[DigitizeError], None],
        message: str,
        times_put_off: int,
    ) -> None:
        """Read the page, or record why not.

        What cannot be recorded, because the folder is gone or full, is put off, and after as many
        attempts as the settings allow it is given up where the submitter can see it.
        """
        self._dropped.say_the_rest()
        try:
            asked = PagePayload.model_validate(payload)
        except ValidationError as error:
            self._drop(f"it is no page: {why_refused(error)}")
            return
        folder = JobFolder(asked.job)
        if not self._may_work_on(asked):
            return
        job = _AskedJob.of(folder)
        if job.is_cancelled:
            log.info("page %s of %r left unread: its job is cancelled", asked.entry.page, asked.entry.name)
            return
        page = page_id(asked.job, asked.entry.key)
        self._begun.begin(self._events, page, message, job.version)
        attempt = self._attempts.begin(asked.job, asked.entry.key, message)
        last = attempt >= self._max_attempts
        try:
            job.check_answered()
            if self._unseen is not None:
                self._unseen.check(folder.job_file, last=last)
            if asks_for(folder, asked.entry):
                self._read(folder, asked.entry, attempt, job.version)
            else:
                self._attempts.done(folder.path, asked.entry.key)
                self._events.tell("found-done", page)
                what = f"page {asked.entry.page} of {asked.entry.path!r}"
                self._drop(f"{str(folder.path)!r} does not ask for {what}", _UNASKED)
        except (DigitizeError, MemoryError) as failure:
            # Celery would end the worker over a lack of memory that gets out of here.
            cause = failure if isinstance(failure, DigitizeError) else DigitizeError(_NO_MEMORY)
            if self._is_for_others(folder, cause) and times_put_off < _MOST_PUT_OFF:
                self._attempts.done(folder.path, asked.entry.key)  # in any case it begins anew
            elif last:
                self._give_up(asked, cause)
                return
            self._put_off(asked, cause, put_off)

    def _is_for_others(self, folder: JobFolder, cause: DigitizeError) -> bool:
        """Tell whether a page was of the job before, or another machine may see what this one does not."""
        if isinstance(cause, StoreUnreachable) and self._unseen is not None:
            return self._unseen.is_left_to_others(str(folder.path))
        return isinstance(cause, JobReplaced | FolderElsewhere)

    def record_end(self, error: BaseException, payload: Mapping[str, Any], message: str) -> None:
        """Record a page whose task ended by an error; runs in the parent for the hard time limit."""
        if isinstance(error, WorkerLostError | Terminated):
            return  # it is given to another process
        try:
            asked = PagePayload.model_validate(payload)
        except ValidationError as refused:
            self._drop(f"it is no page: {why_refused(refused)}")
            return
        if not isinstance(error, TimeLimitExceeded | SoftTimeLimitExceeded):
            # A fault of the program. Celery has the message forgotten, so that somebody has to be told.
            self._give_up(asked, DigitizeError(f"{type(error).__name__}: {error}"))
            return
        if not self._may_work_on(asked):
            return
        why = f"reading took longer than {self._time_limit_s} s and was stopped"
        try:
            self._fail(JobFolder(asked.job), asked.entry, "time-limit", why, self._begun.job_of(message))
        except JobReplaced as replaced:  # which has queued the page itself, if it is one of its own
            log.warning("page %s of %r left unread: %s", asked.entry.page, asked.entry.name, replaced.message)
            self._events.tell("found-done", page_id(asked.job, asked.entry.key))
            self._attempts.done(asked.job, asked.entry.key)
        except DigitizeError as unwritable:
            self._give_up(asked, unwritable)

    def _may_work_on(self, asked: PagePayload) -> bool:
        """Tell whether the job lies where this worker may write; else it is given up."""
        if self._roots is not None:
            try:
                self._roots.check_output(asked.job)
            except OutputNotWritable as error:
                self._give_up(asked, error)
                return False
        return True

    def _read(self, folder: JobFolder, entry: PageEntry, attempt: int, version: Version | None) -> None:
        if attempt > self._max_attempts:
            lost = attempt - 1
            message = f"the worker reading it was lost {lost} times{why_lost(self._max_memory_mb)}"
            self._fail(folder, entry, "worker-lost", message, version)
            return
        page = page_id(folder.path, entry.key)
        known = folder.read_record(entry.key) is not None
        if self._unseen is not None and not known:
            self._unseen.check(entry.file, last=attempt == self._max_attempts)
        try:
            record = process_page(
                folder,
                entry,
                attempt=attempt,
                reader_factory=self._reader_factory,
                roots=self._roots,
                time_limit_errors=(SoftTimeLimitExceeded,),
                job_version=version,
            )
        except ModelRefused as error:
            self._fail(folder, entry, "model-refused", error.message, version)
        else:
            if known:
                self._find_done(entry, page)
            else:
                told = {"fields": fields_of(record, attempt)}
                log.info("page %s of %r: %s", entry.page, entry.name, said_of(record), extra=told)
                self._events.tell_done(page, record)
        self._attempts.done(folder.path, entry.key)

    def _put_off(
        self, asked: PagePayload, cause: DigitizeError, put_off: Callable[[DigitizeError], None]
    ) -> None:
        log.warning("page %s of %r put off: %s", asked.entry.page, asked.entry.name, cause.message)
        self._events.tell("put-off", page_id(asked.job, asked.entry.key))
        put_off(cause)

    def _drop(self, why: str, counter: str = "dropped") -> None:
        """Do with a message nothing but count it."""
        self._dropped.add(why)
        self._attempts.count_dropped(counter=counter)

    def _give_up(self, asked: PagePayload, error: DigitizeError) -> None:
        """Tell whoever waits that the page will not be done; its record cannot say so."""
        log.error("page %s of %r left undone: %s", asked.entry.page, asked.entry.name, error.message)
        self._attempts.give_up(asked.job, asked.entry.key, f"{socket.gethostname()}: {error.message}")
        self._events.tell("given-up", page_id(asked.job, asked.entry.key))

    def _fail(
        self, folder: JobFolder, entry: PageEntry, code: str, message: str, version: Version | None
    ) -> None:
        """Record a failure, unless the page has its record already."""
        page = page_id(folder.path, entry.key)
        # A folder without a job is never made by a message.
        folder.check_is_job()
        failure = failed_page(
            path=entry.path, page=entry.page, sha256=entry.sha256, code=code, message=message
        )
        if record_failure(folder, entry.key, failure, version) is failure:
            told = {"fields": {"outcome": "failed", "code": code}}
            log.warning("page %s of %r: %s: %s", entry.page, entry.name, code, message, extra=told)
            self._events.tell_done(page, failure)
        else:
            self._find_done(entry, page)
        self._attempts.done(folder.path, entry.key)

    def _find_done(self, entry: PageEntry, page: str) -> None:
        """Say of a page that was given out again no outcome: who counts pages in the log counts it once."""
        log.debug("page %s of %r was done already", entry.page, entry.name)
        self._events.tell("found-done", page)
