"""How many pages a file has, found out where a hostile file can do no harm.

Pages are counted by the process that submits, which has to outlive every file. A PDF of two kilobytes may
hold a list of pages that unfolds to gigabytes, and the library that opens it ends its process when it is
refused memory; so a PDF is opened in a child that has a limit. Other kinds are counted by code of this
project, which reads headers only.
"""

import faulthandler
import os
import signal
from contextlib import suppress
from typing import NoReturn, cast

from segmentation import page
from segmentation.decode_pdf import is_pdf
from segmentation.errors import PageErrorCode, PageUnreadable
from segmentation.page import DecodeLimits
from worker.memory_limit import limit_memory

__all__ = ["count_pages"]

#: Beside the file itself; an honest PDF of a thousand pages takes some megabytes.
_MEMORY_MB = 512
_TIME_LIMIT_S = 60
_STDERR = 2
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def count_pages(data: bytes, *, limits: DecodeLimits, memory_mb: int = _MEMORY_MB) -> int:
    """Return how many pages a file holds, without decoding any.

    Parameters
    ----------
    data : bytes
        The whole file.
    limits : DecodeLimits
        Bytes and pages that a file may have.
    memory_mb : int
        What opening a PDF may cost.

    Raises
    ------
    PageUnreadable
        The bytes are no file of a known kind, or too many bytes or pages, or a PDF that cannot be opened
        within the limits.
    """
    if not is_pdf(data) or not hasattr(os, "fork"):
        return page.count_pages(data, limits=limits)
    import pypdfium2  # noqa: F401 - loaded once here, and not by each child

    reading, writing = os.pipe()
    # A handler that raised in the child before its own are set would let it go on as a second parent.
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    child = os.fork()
    if not child:
        _answer(writing, data, limits, memory_mb)
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        os.close(writing)
        with os.fdopen(reading, "rb") as stream:
            answer = stream.read().decode()
    finally:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    return _understood(answer, status)


def _answer(writing: int, data: bytes, limits: DecodeLimits, memory_mb: int) -> NoReturn:
    """Count in the child, and end it whatever happens: nothing of the parent may go on in here."""
    try:
        # Stopping is the parent's task, which ends its child; without a parent the alarm ends it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPPING)
        signal.alarm(_TIME_LIMIT_S)
        os.dup2(os.open(os.devnull, os.O_WRONLY), _STDERR)
        faulthandler.disable()  # which may write elsewhere
        limit_memory(memory_mb)
        try:
            answer = str(page.count_pages(data, limits=limits))
        except PageUnreadable as error:
            answer = f"{error.code} {error.message}"
        os.write(writing, answer.encode())
    finally:
        os._exit(0)


def _understood(answer: str, status: int) -> int:
    """Return the count, or raise what the child met with; it answers nothing when it was ended."""
    if answer.isdecimal():
        return int(answer)
    if answer:
        code, _, message = answer.partition(" ")
        raise PageUnreadable(cast(PageErrorCode, code), message)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
        raise PageUnreadable("time-limit", f"finding the pages of the PDF took longer than {_TIME_LIMIT_S} s")
    raise PageUnreadable("out-of-memory", "opening the PDF ended its process; it may take too much memory")
