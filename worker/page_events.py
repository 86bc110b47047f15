"""What happens to pages, told by the processes that read them to the parent of the worker.

One pipe, made before the children are forked, and one line a message, shorter than what the system writes
in one piece: no lock that a killed child could keep, no file that it could leave behind, and nothing that
could make a child wait. Where nobody reads, what does not fit is dropped.
"""

import hashlib
import json
import os
import select
from dataclasses import asdict, dataclass, field
from typing import Any

from worker.number_counts import number_counts
from worker.records import FailedPage, PageRecord

__all__ = ["PageEvent", "PageEvents", "page_id"]

_READ_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class PageEvent:
    """Something that happened to a page.

    Attributes
    ----------
    kind : str
        ``begun``, ``done``, ``found-done``, ``put-off``, ``given-up`` or ``lost`` (with its process);
        ``ready`` of no page: a process has loaded the model; ``dropped`` of none: a message was no page.
    page : str
        Tells it from others, see :func:`page_id`.
    outcome : str
        Of a page that is done: ``read``, ``blank`` or ``failed``.
    code : str
        Of a failed one.
    model : str
        Id of the model that read it.
    seconds : dict of str to float
        By step.
    numbers : dict of str to int
        Numbers of the page by what became of them, see :func:`worker.number_counts.number_counts`.
    message : str
        Of a page that was begun: the id of the message that asks for it.
    process : int
        Of a page that was begun: the process that reads it.
    job_version : tuple of int or str
        Of a page that was begun: tells its job from others in the folder, see :mod:`worker.begun_pages`.
    """

    kind: str
    page: str
    outcome: str = ""
    code: str = ""
    model: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    message: str = ""
    process: int = 0
    job_version: tuple[int | str, ...] = ()


def page_id(job: object, key: object) -> str:
    """Return what tells a page from all others, by its job's folder and its key there."""
    return hashlib.sha256(f"{job}\n{key}".encode(errors="backslashreplace")).hexdigest()[:24]


class PageEvents:
    """The pipe: anybody tells, the parent takes."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        self._rest = b""

    def tell(self, kind: str, page: str, **more: Any) -> None:
        """Tell the parent; see :class:`PageEvent`."""
        line = json.dumps(asdict(PageEvent(kind, page, **more))).encode() + b"\n"
        if len(line) > select.PIPE_BUF:  # would come in pieces, between those of others
            line = json.dumps({"kind": kind, "page": page}).encode() + b"\n"
        try:
            os.write(self._write, line)
        except OSError:
            return  # nobody takes it

    def tell_done(self, page: str, record: PageRecord) -> None:
        """Tell the parent that a page has its record."""
        if isinstance(record, FailedPage):
            self.tell("done", page, outcome="failed", code=record.code)
        else:
            outcome = "read" if record.numbers else "blank"
            self.tell(
                "done",
                page,
                outcome=outcome,
                model=record.model.id,
                seconds=record.timings_s,
                numbers=number_counts(record),
            )

    def take(self, wait_s: float) -> list[PageEvent]:
        """Return what was told, as soon as something was, or nothing when the time is up.

        Parameters
        ----------
        wait_s : float
            How long to wait for the first.
        """
        if not select.select([self._read], [], [], wait_s)[0]:
            return []
        try:
            *lines, self._rest = (self._rest + os.read(self._read, _READ_BYTES)).split(b"\n")
        except BlockingIOError:
            return []
        return [PageEvent(**json.loads(line)) for line in lines]

    def close(self) -> None:
        """Give the pipe back; children that go on tell nobody."""
        os.close(self._read)
        os.close(self._write)
