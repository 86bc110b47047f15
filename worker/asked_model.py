"""The model that is asked for: checked by hash, or loaded for a try in a process of its own.

Whoever submits finds out here, before any page is counted, that a model is missing or damaged.
This process never loads what runs the network.
"""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from model.bundle import Bundle, open_bundle, shipped_bundle
from model.errors import ModelError
from worker.errors import ModelRefused
from worker.reader_cache import prepare_process
from worker.records import ModelRecord
from worker.signals import interrupts_left_to_the_parent

__all__ = ["asked_model", "check_reader", "open_model"]

#: What comes with the program is mended with the program.
_REMEDY_OF_SHIPPED = "Install again: `make install`, or `pip install .`"


def open_model(folder: Path | None) -> Bundle:
    """Open a model folder and check it against its manifest.

    Parameters
    ----------
    folder : Path or None
        None is the shipped model.

    Raises
    ------
    ModelRefused
        It is missing or damaged, or not what its manifest says.
    """
    try:
        return open_bundle(folder or shipped_bundle())
    except ModelError as error:
        raise ModelRefused(str(error), remedy=_REMEDY_OF_SHIPPED if folder is None else None) from error


def asked_model(folder: Path | None) -> ModelRecord:
    """Return id and hash of a model, as they will stand in the job file.

    Raises
    ------
    ModelRefused
        It is missing or damaged, or not what its manifest says.
    """
    bundle = open_model(folder)
    return ModelRecord(id=bundle.id, sha256=bundle.sha256)


def check_reader(reader_factory: str, model: str | None) -> None:
    """Load the reader in a process of its own, so that a refused model is known at once.

    Parameters
    ----------
    reader_factory : str
        ``package.module:function`` that builds the reader.
    model : str or None
        Folder of the model; None is the shipped one.

    Raises
    ------
    ModelRefused
        The model is missing or damaged.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        with interrupts_left_to_the_parent():
            loaded = pool.submit(prepare_process, reader_factory, model)
        loaded.result()
