"""The log of a worker: its own lines, Celery's and those of the libraries, in one form on standard error.

Celery would configure a log of its own, in words of its own; here it finds everything done. Children
inherit what is set up before they are forked.
"""

import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from celery import signals
from celery.apps import worker as banners
from celery.utils.log import ColorFormatter, get_multiprocessing_logger

from worker.app import broker_url
from worker.broker_log import TELLS_OF_A_CONNECTION, BrokerLines
from worker.broker_url import mask_url
from worker.log_lines import (
    JsonLines,
    LogFormat,
    TextLines,
    begin_page,
    end_page,
    json_line,
    line_fields,
)
from worker.masking import Mask, mask_for
from worker.page_request import held_page, page_of

if TYPE_CHECKING:
    from worker.settings import Settings

__all__ = ["worker_log"]

log = logging.getLogger(__name__)

_AS_ROOT = "this worker runs as root; a user who may write the folder of the jobs, and no other, is enough"

#: As Celery writes it.
_TEXT = "[%(asctime)s: %(levelname)s/%(processName)s] %(message)s"

#: Of Celery's own, these say of each page that it came and went, and name it by a random number.
_WITHOUT_NAMES = ("celery.worker.strategy", "celery.app.trace")

#: Blocks of text about Celery's own future, and about root, which :data:`_AS_ROOT` says in a line.
_WARNED_OF_ALWAYS = ("CDeprecationWarning", "CPendingDeprecationWarning", "SecurityWarning")

#: As Celery names messages.
_NUMBER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@contextmanager
def worker_log(settings: "Settings", level: str) -> Iterator[None]:
    """Write the log of this process and of its children to standard error.

    Parameters
    ----------
    settings : Settings
        Form of the lines, and the broker whose password is in none of them.
    level : str
        The least that is logged.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(settings))
    handler.addFilter(BrokerLines(mask_url(broker_url(settings))))
    handler.addFilter(_warn_in_a_line)
    handler.addFilter(_name_the_page)
    root, pools = logging.getLogger(), get_multiprocessing_logger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(level)
    pools.addHandler(handler)
    pools.setLevel(logging.ERROR)
    for name in _WITHOUT_NAMES:
        logging.getLogger(name).setLevel(logging.NOTSET if level == "DEBUG" else logging.WARNING)
    logging.getLogger(TELLS_OF_A_CONNECTION).setLevel(logging.NOTSET if level == "DEBUG" else logging.INFO)
    said = banners.safe_say
    if settings.log_format is LogFormat.JSON:
        banners.safe_say = _said_in_json
    logging.captureWarnings(True)
    signals.setup_logging.connect(_is_set_up, weak=False)
    signals.task_prerun.connect(_begin, weak=False)
    signals.task_postrun.connect(_end, weak=False)
    if os.geteuid() == 0:
        log.warning(_AS_ROOT)
    try:
        yield
    finally:
        banners.safe_say = said
        logging.captureWarnings(False)
        signals.setup_logging.disconnect(_is_set_up)
        signals.task_prerun.disconnect(_begin)
        signals.task_postrun.disconnect(_end)
        pools.removeHandler(handler)
        root.removeHandler(handler)
        root.setLevel(before)


def _formatter(settings: "Settings") -> logging.Formatter:
    url = settings.broker_url.get_secret_value() if settings.broker_url else None
    mask = mask_for(url)
    return JsonLines(mask) if settings.log_format is LogFormat.JSON else _MaskedText(mask)


class _MaskedText(TextLines, ColorFormatter):  # type: ignore[misc] # Celery has no types
    """Celery's own form, without secrets, and with the page that a line is about."""

    def __init__(self, mask: Mask) -> None:
        super().__init__(_TEXT)
        self.use_color = sys.stderr.isatty()
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, or lines where there is a traceback."""
        return self._mask(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line."""
        record.message = _naming_its_page(record)
        return super().formatMessage(record)

    def harmless(self, text: str) -> str:
        """Return text that can be shown; secrets first, for escapes would hide one of odd signs."""
        return super().harmless(self._mask(text))


def _naming_its_page(record: logging.LogRecord) -> str:
    """Return what a line says, behind the page that it is about; most lines of our own name it themselves."""
    about = line_fields(record)
    if not {"file", "page"} <= about.keys():
        return record.message
    page = f"page {about['page']} of {about['file']!r}"
    return record.message if page in record.message else f"{page}: {record.message}"


def _name_the_page(record: logging.LogRecord) -> bool:
    """Give a line of Celery's about a message, which names a random number, the page of that message."""
    number = _NUMBER.search(record.getMessage()) if record.name.startswith("celery.") else None
    page = held_page(number[0]) if number else None
    if page is not None and not hasattr(record, "fields"):
        record.fields = page._asdict()
    return True


def _warn_in_a_line(record: logging.LogRecord) -> bool:
    """Say a warning of Python's in one line, and what Celery warns everybody of not at all."""
    if record.name == "py.warnings":
        text = record.getMessage()
        if any(f" {kind}: " in text for kind in _WARNED_OF_ALWAYS):
            return False
        record.msg, record.args = " ".join(text.split()), ()
    return True


def _said_in_json(text: str, *_: object) -> None:
    """Say what Celery writes past every log when a signal comes, in the handler of that signal."""
    line = json_line("info", text, {"logger": banners.__name__, "process": os.getpid()})
    with suppress(OSError):
        os.write(sys.stderr.fileno(), f"{line}\n".encode())


def _is_set_up(**_: Any) -> None:
    """Tell Celery that there is a log: it asks whether anybody listens."""


def _begin(task: Any, **_: Any) -> None:
    """In a child: what is logged from now on is about this page."""
    page = page_of(task.request.kwargs)
    task.request.page_token = None if page is None else begin_page(page)


def _end(task: Any, **_: Any) -> None:
    token = getattr(task.request, "page_token", None)
    if token is not None:
        end_page(token)
