"""Lines of the log: as JSON one object a line, and in each line about a page which page that is; as text.

Who logs while a page is in hand need not know of the page: :func:`about_page` says it for all of them,
Celery and the libraries included. Knows neither settings nor the queue, so that every command can use it.
"""

import json
import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from worker.escaping import printable
from worker.masking import Mask, nothing_masked

__all__ = [
    "JsonLines",
    "LogFormat",
    "PageInHand",
    "TextLines",
    "about_page",
    "begin_page",
    "end_page",
    "json_line",
    "line_fields",
]


class LogFormat(StrEnum):
    """What stands on standard error."""

    TEXT = "text"
    JSON = "json"


class PageInHand(NamedTuple):
    """Which page is meant; the fields are those of the lines.

    Attributes
    ----------
    job : str
        The job's folder.
    file : str
        As it was submitted.
    page : int
        Counted from 1.
    """

    job: str
    file: str
    page: int


_in_hand: ContextVar[PageInHand | None] = ContextVar("page_in_hand", default=None)


def begin_page(page: PageInHand) -> Token[PageInHand | None]:
    """Have every line say that it is about this page, until :func:`end_page` is given what this returns."""
    return _in_hand.set(page)


def end_page(token: Token[PageInHand | None]) -> None:
    """Let lines be about what they were about before."""
    _in_hand.reset(token)


@contextmanager
def about_page(job: object, file: str, page: int) -> Iterator[None]:
    """Have every line in between say that it is about this page."""
    token = begin_page(PageInHand(str(job), file, page))
    try:
        yield
    finally:
        end_page(token)


def json_line(level: str, message: str, fields: Mapping[str, Any], *, at_s: float | None = None) -> str:
    """Return one line of a log, without its end.

    Parameters
    ----------
    level : str
        ``debug``, ``info``, ``warning``, ``error`` or ``critical``.
    message : str
        For people.
    fields : mapping
        What else there is to say; put behind the rest.
    at_s : float, optional
        When, in seconds since 1970; now, if not given.
    """
    when = datetime.now(UTC) if at_s is None else datetime.fromtimestamp(at_s, UTC)
    time = when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    # Plain ASCII: a line is one line in every terminal and every locale.
    return json.dumps({"time": time, "level": level, "message": message, **fields}, default=str)


def line_fields(record: logging.LogRecord) -> dict[str, Any]:
    """Return what a record says beside its message: the page, and what stands under ``fields`` in it.

    Parameters
    ----------
    record : logging.LogRecord
        In the thread that logs it.
    """
    page = _in_hand.get()
    about = {} if page is None else page._asdict()
    extra = getattr(record, "fields", None)
    return {**about, **extra} if isinstance(extra, Mapping) else about


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON.

    Parameters
    ----------
    mask : callable
        Given all text before it is written, to take secrets out.
    """

    def __init__(self, mask: Mask = nothing_masked) -> None:
        super().__init__()
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = {"logger": record.name, "process": record.process, **line_fields(record)}
        if record.exc_info and record.exc_info[0] is not None:
            fields["traceback"] = "".join(traceback.format_exception(*record.exc_info)).rstrip()
        shown = {
            name: self._mask(value) if isinstance(value, str) else value for name, value in fields.items()
        }
        message = self._mask(record.getMessage())
        return json_line(record.levelname.lower(), message, shown, at_s=record.created)


class TextLines(logging.Formatter):
    """Formats a record as a line for people; what strangers wrote cannot pass for another line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and below it the traceback, if there is one."""
        record.exc_text = None  # where another handler keeps the traceback in its form
        return str(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line: the path of a job, or a name, neither ends it nor moves a cursor."""
        record.message = self.harmless(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:
        """Return a traceback, set in: an error may hold line ends, and no other line begins with a blank."""
        lines = super().formatException(ei).splitlines()
        return "\n".join(f"  {self.harmless(line)}" for line in lines)

    def harmless(self, text: str) -> str:
        """Return text that can be shown."""
        return printable(text)
