"""The reader of this process: built once by a factory given by name, kept for all its pages.

The name (``package.module:function``) crosses process boundaries where a function cannot,
and it is the seam where tests and other readers come in.
"""

import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from model.bundle import open_bundle, shipped_bundle
from model.chatter import native_chatter_hidden
from model.errors import BundleInvalid
from model.registry import CURRENT_FILE, manifest_sha256
from worker.errors import DigitizeError, ModelRefused
from worker.memory_limit import limit_memory
from worker.printed import Printed
from worker.promotion import Registry
from worker.records import ModelRecord, NumberRecord, ProcessingStep, WarningRecord
from worker.trial import check_works

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

log = logging.getLogger(__name__)

#: Factory of the project's own reader.
DEFAULT_READER = "worker.reader:load_reader"

#: Each process reads with one thread: the pages are what runs in parallel.
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

#: Inode, time and size of a file; None where there is none.
_Version = tuple[int, int, int] | None


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

    def read_page(
        self,
        page: "Page",
        *,
        accept_confidence: float | None = None,
        max_error_rate: float | None = None,
        printed: Printed = Printed.KEEP,
    ) -> PageReading:
        """Read one page."""


@dataclass(slots=True)
class _Held:
    """The reader of a registry's current model, and what ``current.json`` was when it was loaded."""

    reader: PageReader
    version: _Version
    complained: str = ""


#: Of each registry that this process reads with: there is one, as a rule.
_held: dict[tuple[str, str], _Held] = {}
#: What a trial said of models that it refused, by the hash of their manifests.
_refused: dict[str, str] = {}


def get_reader(factory: str, model: str | None) -> PageReader:
    """Return the reader for a model, building it when this process first needs it.

    A registry's current model is looked up anew each time, which costs one look at its file: that is
    how a promotion is taken up between two pages. Where what was promoted is refused, the reader that
    this process holds goes on, and the log says so once.

    Parameters
    ----------
    factory : str
        ``package.module:function``; the function takes the model folder or None.
    model : str or None
        Folder of the model, or ``current.json`` of a registry; None is the shipped model.

    Raises
    ------
    ModelRefused
        The model is missing or damaged, and no reader is held; tried again at the next call.
    """
    if model is None or Path(model).name != CURRENT_FILE:
        return _fixed(factory, model)
    version = _version(Path(model))
    held = _held.get((factory, model))
    if held is not None and held.version == version:
        return held.reader
    try:
        folder = Registry(Path(model).parent).current_folder()
        if held is not None:
            _check_apart(folder)
        reader = _build(factory, folder)
    except DigitizeError as error:
        if held is None:
            raise
        _complain(held, error.message)
        return held.reader
    if held is not None:
        log.info("model %s reads from now on; until now it was %s", reader.model.id, held.reader.model.id)
    _held[factory, model] = _Held(reader, version)
    return reader


def _check_apart(folder: Path) -> None:
    """Have what is to be taken up tried in another process: what ends that one would end this one as well.

    It was tried before it was promoted, but perhaps on another machine or by another version. What was
    refused is not tried again with each page.
    """
    if folder == shipped_bundle():
        return
    try:
        digest, bundle = manifest_sha256(folder), open_bundle(folder)
    except BundleInvalid as error:
        raise ModelRefused(str(error)) from error
    if digest not in _refused:
        try:
            check_works(bundle, folder.name)
        except ModelRefused as error:
            _refused[digest] = error.message
    if digest in _refused:
        raise ModelRefused(_refused[digest])


def _version(file: Path) -> _Version:
    """Return what tells one ``current.json`` from the next, which is another file of that name."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def _complain(held: _Held, message: str) -> None:
    """Say once, and not with each page, that what was promoted is refused."""
    if held.complained != message:
        log.error("going on with model %s: %s", held.reader.model.id, message)
        held.complained = message


@lru_cache(maxsize=4)
def _fixed(factory: str, model: str | None) -> PageReader:
    """Return the reader for a model that stays what it is."""
    return _build(factory, None if model is None else Path(model))


def _build(factory: str, folder: Path | None) -> PageReader:
    """Have a reader built by the factory of this name."""
    module, _, function = factory.partition(":")
    with native_chatter_hidden():
        build = cast(Callable[[Path | None], PageReader], getattr(import_module(module), function))
        return build(folder)


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
        As for :func:`get_reader`.
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
        get_reader(factory, model)
    finally:
        if max_memory_mb is not None:
            limit_memory(max_memory_mb)
