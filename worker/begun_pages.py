"""For which job each page was begun, kept where a page is recorded that its process cannot record any more.

A process that hangs is killed by the parent of its worker, which records that. By then another job may have
come into the folder, of which the page may be one, too: it is to be read for that one, and not to fail.
"""

import os

from worker.page_events import PageEvent, PageEvents
from worker.places import Version

__all__ = ["BegunPages"]


class BegunPages:
    """What each process of a worker has begun last.

    It is a :class:`worker.worker_watch.Witness`: what the processes tell, it learns in the parent.
    """

    def __init__(self) -> None:
        self._last: dict[int, PageEvent] = {}

    def begin(self, events: PageEvents, page: str, message: str, version: Version | None) -> None:
        """Take note that this process begins with a page, and tell the parent.

        Parameters
        ----------
        events : PageEvents
            Where it is told.
        page : str
            From :func:`worker.page_events.page_id`.
        message : str
            The id of the message that asks for it.
        version : Version or None
            As :meth:`worker.job_folder.JobFolder.version` gives it; None where there was none to be had.
        """
        process, told = os.getpid(), version or ()
        self.saw(PageEvent("begun", page, message=message, process=process, job_version=told), 0)
        events.tell("begun", page, message=message, process=process, job_version=told)

    def job_of(self, message: str) -> Version | None:
        """Return for which job the page of a message was begun; None where nobody told."""
        for begun in [*self._last.values()]:
            if begun.message == message and begun.job_version:
                return tuple(begun.job_version)
        return None

    def saw(self, event: PageEvent, in_hand: int) -> None:
        """Take note of a page that was begun."""
        if event.kind == "begun":
            self._last[event.process] = event

    def looked(self, waiting: int | None, in_hand: int) -> None:
        """Nothing is to be learnt from the queue."""
