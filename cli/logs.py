"""What the program logs while pages are read, said by the console like everything else."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from cli.console import Console
from worker.log_lines import LogFormat, line_fields

__all__ = ["logs_on"]


class _ConsoleHandler(logging.Handler):
    """Says a record in one line; its traceback, if it has one, only with -v."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Say one record."""
        trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        about = line_fields(record)
        if self._console.log_format is LogFormat.JSON:
            about = {"logger": record.name, **about, **({"traceback": trace.rstrip()} if trace else {})}
        else:
            for line in trace.splitlines():
                self._console.detail(line)
        say = self._console.warning if record.levelno >= logging.WARNING else self._console.detail
        say(record.getMessage(), about)


@contextmanager
def logs_on(console: Console) -> Iterator[None]:
    """Let the console say what is logged: warnings always, the program's own details with -v.

    Parameters
    ----------
    console : Console
        Of this run; its verbosity decides.
    """
    root, own = logging.getLogger(), logging.getLogger("worker")
    handler, level = _ConsoleHandler(console), own.level
    root.addHandler(handler)
    if console.verbose:
        own.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        own.setLevel(level)
        root.removeHandler(handler)
