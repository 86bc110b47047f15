"""The model that is asked for: found, checked by hash, or loaded for a try in a process of its own.

Whoever submits finds out here, before any page is counted, that a model is missing or damaged.
This process never loads what runs the network.

What crosses processes, and stands in ``job.json``, is a reference: the absolute path of a model's
folder, which stays what it is; that of a registry's ``current.json``, which is whatever model is
current when a page is read; or None, the shipped model.
"""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from model.bundle import Bundle, open_bundle, shipped_bundle
from model.errors import ModelError
from model.registry import CURRENT_FILE, CURRENT_NAME, SHIPPED_NAME, is_model_name
from worker.current_folder import leave_if_gone
from worker.error_rate import curve_of
from worker.errors import DigitizeError, ModelRefused
from worker.no_model import no_model
from worker.orphan import end_with_parent
from worker.printed import Printed, no_ink_network
from worker.promotion import HOW_BACK, Registry
from worker.reader_cache import prepare_process
from worker.records import ModelRecord
from worker.shortage import remedy_for, what_was_said
from worker.signals import interrupts_left_to_the_parent
from worker.trial import check_works

if TYPE_CHECKING:
    from worker.settings import Settings

__all__ = [
    "asked_model",
    "check_able",
    "check_reader",
    "model_reference",
    "open_model",
    "open_tried",
    "reader_checked",
]

#: What comes with the program is mended with the program.
_REMEDY_OF_SHIPPED = "Install again: `make install`, or `pip install .`"


def model_reference(settings: "Settings") -> str | None:
    """Return which model the settings ask for, as it will stand in the job file.

    A plain name is that of a model of the registry, where there is one; ``current`` and
    ``shipped`` are names, too. Everything else is a folder.

    Parameters
    ----------
    settings : Settings
        Model and registry.

    Returns
    -------
    str or None
        A reference; see the top of this module.

    Raises
    ------
    ModelRefused
        The name is that of a model and of a folder here, that of several models, or of none.
    """
    registry = Registry(settings.models_dir)
    wanted = CURRENT_NAME if settings.model is None else str(settings.model)
    if wanted == CURRENT_NAME:
        return str(registry.file)
    if wanted == SHIPPED_NAME:
        return None
    found = registry.find(wanted)
    if found is None:
        if is_model_name(wanted) and not Path(wanted).exists():
            raise no_model(wanted, registry.folder)
        return str(Path(wanted).absolute())
    if Path(wanted).exists():
        raise ModelRefused(
            f"{wanted} is a model of {registry.folder} and a name in the current folder",
            remedy=f"Give the whole path: {found} or {Path(wanted).absolute()}.",
        )
    return str(found)


def open_model(reference: str | None) -> Bundle:
    """Open a model folder and check it against its manifest.

    Parameters
    ----------
    reference : str or None
        From :func:`model_reference`.

    Raises
    ------
    ModelRefused
        It is missing or damaged, or not what its manifest says; or the registry is damaged.
    """
    remedy, folder = None, shipped_bundle()
    if reference is None:
        remedy = _REMEDY_OF_SHIPPED
    elif Path(reference).name == CURRENT_FILE:
        folder = Registry(Path(reference).parent).current_folder()
        remedy = _REMEDY_OF_SHIPPED if folder == shipped_bundle() else HOW_BACK
    else:
        folder = Path(reference)
    try:
        return open_bundle(folder)
    except ModelError as error:
        raise ModelRefused(str(error), remedy=remedy) from error


def open_tried(reference: str | None) -> Bundle:
    """Open a model as :func:`open_model` does; one that no promotion vouches for is tried on digits first.

    Parameters
    ----------
    reference : str or None
        From :func:`model_reference`.

    Raises
    ------
    ModelRefused
        As for :func:`open_model`; or it cannot read digits, or ends the process that tries it.
    DigitizeError
        No process could be had to try it in.
    """
    bundle = open_model(reference)
    if reference is not None and Path(reference).name != CURRENT_FILE:
        check_works(bundle, str(bundle.folder), remedy=None)
    return bundle


def asked_model(
    reference: str | None, *, max_error_rate: float | None = None, printed: Printed = Printed.KEEP
) -> ModelRecord:
    """Return id and hash of a model, as they will stand in the job file.

    Parameters
    ----------
    reference : str or None
        From :func:`model_reference`.
    max_error_rate : float, optional
        The share of wrong numbers that is asked for, which the model has to have been judged for.
    printed : Printed
        What is to become of printed numbers, which the model has to tell from others to leave them out.

    Raises
    ------
    ModelRefused
        It is missing or damaged, or not what its manifest says, or cannot read; or it was not judged for
        such a share, or cannot tell what is printed.
    """
    bundle = open_tried(reference)
    check_able(bundle, max_error_rate=max_error_rate, printed=printed)
    return ModelRecord(id=bundle.id, sha256=bundle.sha256)


def check_able(bundle: Bundle, *, max_error_rate: float | None, printed: Printed) -> None:
    """Make sure that an opened model can do what is asked for, as :func:`asked_model` does."""
    if max_error_rate is not None:
        curve_of(bundle)
    if printed is Printed.DROP and bundle.ink is None:
        raise no_ink_network(bundle.id)


def check_reader(reader_factory: str, model: str | None) -> None:
    """Load the reader in a process of its own, as :func:`reader_checked` does, and wait for that."""
    with reader_checked(reader_factory, model):
        pass


@contextmanager
def reader_checked(reader_factory: str, model: str | None) -> Iterator[None]:
    """Load the reader in a process of its own, so that a refused model is known at the end of this.

    Parameters
    ----------
    reader_factory : str
        ``package.module:function`` that builds the reader.
    model : str or None
        From :func:`model_reference`.

    Raises
    ------
    ModelRefused
        The model is missing or damaged.
    DigitizeError
        That process cannot be started, or was ended before it had loaded the reader.
    """
    context = multiprocessing.get_context("spawn")
    leave_if_gone()
    try:
        with ExitStack() as ending:
            try:
                pool = ending.enter_context(
                    ProcessPoolExecutor(max_workers=1, mp_context=context, initializer=end_with_parent)
                )
                with interrupts_left_to_the_parent():
                    loaded = pool.submit(prepare_process, reader_factory, model)
            except OSError as error:
                raise DigitizeError(
                    f"no process can be started to load the model: {what_was_said(error)}",
                    remedy=remedy_for(error),
                ) from error
            yield
            loaded.result()
    except BrokenProcessPool as error:
        raise DigitizeError(
            "the process that was to load the model was ended, before it could say why",
            remedy=f"Try again; somebody, or the system for lack of memory, ended it. {remedy_for(error)}",
        ) from error
