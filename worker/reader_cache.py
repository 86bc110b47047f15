"""The reader of this process: built once by a factory given by name, kept for all its pages.

The name (``package.module:function``) crosses process boundaries where a function cannot,
and it is the seam where tests and other readers come in.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from worker.memory_limit import limit_memory
from worker.records import ModelRecord, NumberRecord, ProcessingStep, WarningRecord

if TYPE_CHECKING:  # NumPy belongs into the processes that read, not into those that only send
    from segmentation.page import Page

__all__ = [
    "DEFAULT_READER",
    "PageReader",
    "PageReading",
    "get_reader",
    "prepare_process",
    "use_one_thread",
]

#: Factory of the project's own reader.
DEFAULT_READER = "worker.reader:load_reader"

#: Each process reads with one thread: the pages are what runs in parallel.
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

_STDERR = 2


class PageReading(Protocol):
    """What reading a page gives."""

    @property
    def numbers(self) -> Sequence[NumberRecord]:
        """The numbers in reading order."""

    @property
    def processing(self) -> Sequence[ProcessingStep]:
        """What was done to the page."""

    @property
    def warnings(self) -> Sequence[WarningRecord]:
        """What the reader of the table should know."""

    @property
    def timings_s(self) -> dict[str, float]:
        """Seconds by step."""


class PageReader(Protocol):
    """What reads pages."""

    @property
    def model(self) -> ModelRecord:
        """The model that reads."""

    def read_page(self, page: "Page", *, accept_confidence: float | None = None) -> PageReading:
        """Read one page."""


@lru_cache(maxsize=4)
def get_reader(factory: str, model: str | None) -> PageReader:
    """Return the reader for a model folder, building it when this process first needs it.

    Parameters
    ----------
    factory : str
        ``package.module:function``; the function takes the model folder or None.
    model : str or None
        Folder of the model; None is the shipped one.

    Raises
    ------
    ModelRefused
        The model is missing or damaged; tried again at the next call.
    """
    module, _, function = factory.partition(":")
    build = cast(Callable[[Path | None], PageReader], getattr(import_module(module), function))
    return build(None if model is None else Path(model))


def use_one_thread() -> None:
    """Tell the libraries of this process and of its children to compute with one thread.

    Has to come before they are loaded; a number that the environment sets is kept.
    """
    for name in _THREAD_VARIABLES:
        os.environ.setdefault(name, "1")


def prepare_process(factory: str, model: str | None, *, max_memory_mb: int | None = None) -> None:
    """Make a fresh process ready to read: one thread, the reader loaded, its memory limited.

    Parameters
    ----------
    factory : str
        ``package.module:function`` that builds the reader.
    model : str or None
        Folder of the model; None is the shipped one.
    max_memory_mb : int, optional
        What the process may take from now on, beside what it takes then; by default it is not limited.

    Raises
    ------
    ModelRefused
        The model is missing or damaged.
    """
    use_one_thread()
    import cv2  # in the processes that read only

    cv2.setNumThreads(1)
    try:
        with _native_chatter_hidden():
            get_reader(factory, model)
    finally:
        if max_memory_mb is not None:
            limit_memory(max_memory_mb)


@contextmanager
def _native_chatter_hidden() -> Iterator[None]:
    """Hide what native libraries write to standard error while they are loaded: they know no -q."""
    try:
        kept = os.dup(_STDERR)
    except OSError:  # closed by whoever started the program: nothing will be seen of it
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STDERR)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)
