"""The task: one page. Checks its payload, counts the attempt, calls the page task.

A payload names files and nothing more, so that a stranger who can write to the broker can
make a worker read a picture, but not run anything.
"""

import logging
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from billiard.exceptions import SoftTimeLimitExceeded, TimeLimitExceeded
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from worker.app import TASK_NAME
from worker.attempts import AttemptCounter
from worker.cancelling import is_cancelled
from worker.errors import DigitizeError, ModelRefused
from worker.failures import failed_page, why_lost
from worker.job_folder import JobFolder
from worker.jobs import PageEntry
from worker.page_task import process_page
from worker.reader_cache import DEFAULT_READER
from worker.records import FailedPage, PageRecord

if TYPE_CHECKING:
    from celery import Celery

    from worker.settings import Settings

__all__ = ["PagePayload", "add_tasks"]

log = logging.getLogger(__name__)

#: A page whose record could not be written is tried again after this: a folder that is not there
#: yet, or a disk that somebody clears; possibly by another machine.
_AGAIN_AFTER_S = 10


class PagePayload(BaseModel):
    """What a message carries: the job's folder as all machines see it, and the page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    job: Path
    entry: PageEntry

    @field_validator("job")
    @classmethod
    def _is_absolute(cls, value: Path) -> Path:
        if not value.is_absolute():
            raise ValueError("the job's folder has to be absolute, workers run elsewhere")
        return value


def add_tasks(
    app: "Celery",
    settings: "Settings",
    attempts: AttemptCounter,
    *,
    reader_factory: str = DEFAULT_READER,
    again_after_s: float = _AGAIN_AFTER_S,
) -> None:
    """Give the app the task that reads a page.

    Parameters
    ----------
    app : Celery
        From :func:`worker.app.make_app`.
    settings : Settings
        Attempts and time limit.
    attempts : AttemptCounter
        Counts how often a page was begun.
    reader_factory : str
        ``package.module:function`` that builds the reader.
    again_after_s : float
        When a page whose record could not be written is tried again.
    """
    reader = _PageWork(settings, attempts, reader_factory)

    def read_page(task: Any, **payload: Any) -> None:
        def put_off(error: DigitizeError) -> None:
            task.retry(exc=error, countdown=again_after_s)

        reader.read(payload, put_off)

    def on_failure(
        _task: object, error: BaseException, _id: str, _args: object, kwargs: Mapping[str, Any], _info: object
    ) -> None:
        reader.record_time_limit(error, kwargs)

    # Unless told otherwise, Celery would give the task to every other app of this process too.
    # How often a page is tried is counted by the page, not by the message.
    app.task(read_page, name=TASK_NAME, bind=True, max_retries=None, on_failure=on_failure, shared=False)


def _said_of(record: PageRecord) -> str:
    """Return what the log says of a page."""
    if isinstance(record, FailedPage):
        return f"failed, {record.code}: {record.message}"
    return f"read in {record.timings_s.get('total', 0.0):.2f} s, numbers: {len(record.numbers)}"


class _PageWork:
    """What the task does, without Celery around it."""

    def __init__(self, settings: "Settings", attempts: AttemptCounter, reader_factory: str) -> None:
        self._max_attempts = settings.max_attempts
        self._time_limit_s = settings.task_time_limit_s
        self._max_memory_mb = settings.max_memory_mb
        self._attempts = attempts
        self._reader_factory = reader_factory

    def read(self, payload: Mapping[str, Any], put_off: Callable[[DigitizeError], None]) -> None:
        """Read the page, or record why not.

        What cannot be recorded, because the folder is gone or full, is put off, and after as many
        attempts as the settings allow it is given up where the submitter can see it.
        """
        try:
            asked = PagePayload.model_validate(payload)
        except ValidationError as error:
            log.error("message dropped, it is no page: %s", error.errors(include_input=False)[0]["msg"])
            return
        folder = JobFolder(asked.job)
        if is_cancelled(folder):
            log.info("page %s of %r left unread: its job is cancelled", asked.entry.page, asked.entry.name)
            return
        attempt = self._attempts.begin(asked.job, asked.entry.key)
        try:
            self._read(folder, asked.entry, attempt)
        except DigitizeError as error:
            if attempt >= self._max_attempts:
                self._give_up(asked, error)
                return
            log.warning("page %s of %r put off: %s", asked.entry.page, asked.entry.name, error.message)
            put_off(error)

    def record_time_limit(self, error: BaseException, payload: Mapping[str, Any]) -> None:
        """Record a page that was stopped by a time limit; runs in the parent for the hard one."""
        if not isinstance(error, TimeLimitExceeded | SoftTimeLimitExceeded):
            return
        asked = PagePayload.model_validate(payload)
        message = f"reading took longer than {self._time_limit_s} s and was stopped"
        try:
            self._fail(JobFolder(asked.job), asked.entry, "time-limit", message)
        except DigitizeError as unwritable:
            self._give_up(asked, unwritable)

    def _read(self, folder: JobFolder, entry: PageEntry, attempt: int) -> None:
        if attempt > self._max_attempts:
            lost = attempt - 1
            message = f"the worker reading it was lost {lost} times{why_lost(self._max_memory_mb)}"
            self._fail(folder, entry, "worker-lost", message)
            return
        try:
            record = process_page(
                folder,
                entry,
                attempt=attempt,
                reader_factory=self._reader_factory,
                time_limit_errors=(SoftTimeLimitExceeded,),
            )
        except ModelRefused as error:
            self._fail(folder, entry, "model-refused", error.message)
        else:
            log.info("page %s of %r: %s", entry.page, entry.name, _said_of(record))
        self._attempts.done(folder.path, entry.key)

    def _give_up(self, asked: PagePayload, error: DigitizeError) -> None:
        """Tell whoever waits that the page will not be done; its record cannot say so."""
        log.error("page %s of %r left undone: %s", asked.entry.page, asked.entry.name, error.message)
        self._attempts.give_up(asked.job, asked.entry.key, f"{socket.gethostname()}: {error.message}")

    def _fail(self, folder: JobFolder, entry: PageEntry, code: str, message: str) -> None:
        """Record a failure, unless the page has its record already."""
        log.warning("page %s of %r: %s: %s", entry.page, entry.name, code, message)
        if folder.read_record(entry.key) is None:
            # A folder without a job is never made by a message.
            folder.check_is_job()
            folder.write_record(
                entry.key,
                failed_page(
                    path=entry.path, page=entry.page, sha256=entry.sha256, code=code, message=message
                ),
            )
        self._attempts.done(folder.path, entry.key)
