"""The task: one page.

A payload names files and nothing more, and only pages that the job itself asked for, so that a stranger who
can write to the broker can have these read again, but nothing else, and not run anything.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from celery.exceptions import Reject

from worker.app import TASK_NAME
from worker.attempts import AttemptCounter
from worker.begun_pages import BegunPages
from worker.errors import DigitizeError
from worker.page_events import PageEvents
from worker.page_request import PageRequest
from worker.page_work import PageWork
from worker.reader_cache import DEFAULT_READER
from worker.unseen_folders import UnseenFolders

if TYPE_CHECKING:
    from celery import Celery

    from worker.settings import Settings

__all__ = ["add_tasks"]

#: A page whose record could not be written is tried again after this: a folder that is not there
#: yet, or a disk that somebody clears; possibly by another machine.
_AGAIN_AFTER_S = 10


def add_tasks(
    app: "Celery",
    settings: "Settings",
    attempts: AttemptCounter,
    events: PageEvents,
    *,
    reader_factory: str = DEFAULT_READER,
    again_after_s: float = _AGAIN_AFTER_S,
    begun: BegunPages | None = None,
    unseen: UnseenFolders | None = None,
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
    events : PageEvents
        Told what happens to pages.
    reader_factory : str
        ``package.module:function`` that builds the reader.
    again_after_s : float
        When a page whose record could not be written is tried again.
    begun : BegunPages, optional
        Told what the processes begin; without, the parent knows of none.
    unseen : UnseenFolders, optional
        Knows which machines do not see which folders; without, what is not here is recorded as missing.
    """
    reader = PageWork(settings, attempts, events, begun or BegunPages(), reader_factory, unseen)

    def read_page(task: Any, **payload: Any) -> None:
        def put_off(error: DigitizeError) -> None:
            try:
                task.retry(exc=error, countdown=again_after_s)
            except Reject as refused:  # the broker takes nothing just now, and Celery would drop the page
                raise Reject(refused.reason, requeue=True) from error

        reader.read(payload, put_off, task.request.id or "", task.request.retries)

    def on_failure(
        _task: object, error: BaseException, id_: str, _args: object, kwargs: Mapping[str, Any], _info: object
    ) -> None:
        reader.record_end(error, kwargs, id_)

    # Unless told otherwise, Celery would give the task to every other app of this process too.
    # How often a page is tried is counted by the page, not by the message.
    app.task(
        read_page,
        name=TASK_NAME,
        bind=True,
        max_retries=None,
        on_failure=on_failure,
        shared=False,
        Request=PageRequest,
        events=events,
    )
