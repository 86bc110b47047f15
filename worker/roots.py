"""Where a worker may read and write: the setting ``roots``.

Whoever can write to the broker, or a job file, can name any path. With roots a worker opens no page that lies
elsewhere, works on no job that does, and loads no model from there, links resolved.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from model.bundle import shipped_bundle
from model.registry import CURRENT_FILE
from worker.errors import ModelRefused, OutputNotWritable
from worker.identity import check_name
from worker.object_path import Place, place_of
from worker.places import lies_in

if TYPE_CHECKING:
    from worker.settings import Settings

__all__ = ["ADD_TO_ROOTS", "Roots", "parse_roots", "roots_of"]

#: What to do about something that lies elsewhere.
ADD_TO_ROOTS = "Add its folder to the setting roots (DIGITIZE_ROOTS), or name another."


@dataclass(frozen=True)
class Roots:
    """The folders, and the registry of models, which may lie elsewhere.

    Parameters
    ----------
    folders : tuple of Place
        Absolute, or in object stores.
    models : Path
        The registry.
    """

    folders: tuple[Place, ...]
    models: Path

    def allow(self, path: Place) -> bool:
        """Tell whether a file, folder or object lies below one of the folders, links resolved."""
        return lies_in(path, self.folders)

    def not_there(self) -> tuple[Path, ...]:
        """Return the folders that this user finds nothing at; object stores are not asked."""
        return tuple(folder for folder in self.folders if isinstance(folder, Path) and not _is_found(folder))

    def check_output(self, folder: Place) -> None:
        """Make sure that results may be written to a folder.

        Raises
        ------
        OutputNotWritable
            It lies elsewhere.
        """
        if not self.allow(folder):
            raise OutputNotWritable(f"{folder} lies outside of the folders of roots", remedy=ADD_TO_ROOTS)

    def check_model(self, reference: str | None) -> None:
        """Make sure that a model may be loaded.

        Parameters
        ----------
        reference : str or None
            From :func:`worker.asked_model.model_reference`; the shipped model always may.

        Raises
        ------
        ModelRefused
            It lies elsewhere.
        """
        if reference is None or _is_shipped(Path(reference)):
            return
        if not lies_in(Path(reference), (*self.folders, self.models, shipped_bundle())):
            raise ModelRefused(
                f"{reference} lies outside of the folders of roots, and of the registry", remedy=ADD_TO_ROOTS
            )


def _is_found(folder: Path) -> bool:
    try:
        folder.stat()
    except OSError:
        return False
    return True


def _is_shipped(reference: Path) -> bool:
    """Tell whether this is the record of a registry that there is not here: then the shipped model reads."""
    return reference.name == CURRENT_FILE and not os.path.lexists(reference)


def roots_of(settings: "Settings") -> Roots | None:
    """Return the roots that the settings name; None where a worker may go wherever its user may."""
    if settings.roots is None:
        return None
    return Roots(settings.roots, settings.models_dir.absolute())


def parse_roots(value: object) -> object:
    """Return the folders that a setting names, absolute.

    A list of them, or a text with ``os.pathsep`` between them; URLs of object stores among them.

    Raises
    ------
    ValueError
        One of them is no path, or there is none.
    """
    if value is None:
        return None
    names = _split(value) if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(name, str | Place) for name in names):
        raise ValueError(f"folders are needed: a list of them, or a text with {os.pathsep!r} between them")
    if not names:
        raise ValueError("at least one folder is needed")
    for name in names:
        check_name(str(name))
    # Texts: where JSON is checked strictly, a path has to be one.
    return tuple(str(_absolute(place_of(name))) for name in names)


def _absolute(place: Place) -> Place:
    return place.expanduser().absolute() if isinstance(place, Path) else place


def _split(text: str) -> list[str]:
    """Return what stands between separators; the colon of a URL is none."""
    return re.split(rf"(?<!^s3)(?<!{os.pathsep}s3){os.pathsep}|{os.pathsep}(?!//)", text)
