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
from worker.failures import one_line
from worker.memory_limit import is_out_of_memory, limit_memory
from worker.page_file import FileFault

__all__ = ["count_pages"]

#: Beside the file itself; an honest PDF of a thousand pages takes some megabytes.
_MEMORY_MB = 512
_TIME_LIMIT_S = 60
_INTERNAL_ERROR = "internal-error"
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
    FileFault
        There is no process to open a PDF in, or the code fails on it: ``internal-error``.
    """
    if not is_pdf(data) or not hasattr(os, "fork"):
        return page.count_pages(data, limits=limits)
    import pypdfium2  # noqa: F401 - loaded once here, and not by each child

    reading, writing = os.pipe()
    # A handler that raised in the child before its own are set would let it go on as a second parent.
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, _STOPPING)
    child = status = 0
    with os.fdopen(reading, "rb") as stream:
        try:
            child = _start_child(writing, data, limits, memory_mb)
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
            answer = stream.read().decode()
        finally:
            if child:
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
                _, status = os.waitpid(child, 0)
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    return _understood(answer, status)


def _start_child(writing: int, data: bytes, limits: DecodeLimits, memory_mb: int) -> int:
    """Start the child that answers, and leave the end of the pipe that is written to with it alone."""
    try:
        child = os.fork()
        if not child:
            _answer(writing, data, limits, memory_mb)
    except OSError as error:
        message = f"no process can be started to find the pages of the PDF: {error.strerror or error}"
        raise FileFault(_INTERNAL_ERROR, message) from error
    finally:
        os.close(writing)
    return child


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
        except Exception as error:  # noqa: BLE001 - the parent can only tell what is written to it
            answer = _unexpected(error)
        os.write(writing, answer.encode())
    finally:
        os._exit(0)


def _unexpected(error: Exception) -> str:
    """Return the answer that tells an error in the code from memory that was refused."""
    if is_out_of_memory(error):
        return ""
    return one_line(f"{_INTERNAL_ERROR} finding the pages of the PDF failed: {type(error).__name__}: {error}")


def _understood(answer: str, status: int) -> int:
    """Return the count, or raise what the child met with; it answers nothing when it was ended."""
    if answer.isdecimal():
        return int(answer)
    if answer:
        code, _, message = answer.partition(" ")
        if code == _INTERNAL_ERROR:
            raise FileFault(code, message)
        raise PageUnreadable(cast(PageErrorCode, code), message)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
        raise PageUnreadable("time-limit", f"finding the pages of the PDF took longer than {_TIME_LIMIT_S} s")
    raise PageUnreadable("out-of-memory", "opening the PDF ended its process; it may take too much memory")
