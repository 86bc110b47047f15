"""The registry: a folder of models, and which of them reads.

Who reads never takes a lock: ``current.json`` is replaced in one step, so that it always says one
thing or the other, and the model folders it names are never changed once they have their names.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from model.bundle import MANIFEST, Bundle, open_bundle, shipped_bundle
from model.errors import BundleInvalid
from model.registry import (
    CURRENT_FILE,
    CURRENT_NAME,
    MOST_RECORD_BYTES,
    SHIPPED_NAME,
    Change,
    Choice,
    RegistryRecord,
    check_files,
    is_model_name,
    manifest_sha256,
)
from worker.durable import write_durably
from worker.durable_folders import make_folder
from worker.errors import ModelRefused, OutputNotWritable, UsageError
from worker.folder_lock import folder_lock
from worker.growing import clear_left
from worker.recipes import DIGITS_ALONE, DIGITS_ALONE_REASON
from worker.regular_file import read_regular
from worker.trial import check_works
from worker.unfitted import check_fitted

__all__ = [
    "HOW_BACK",
    "Registry",
    "check_reads",
    "checked_model",
    "registry_writable",
]

_LIST = "`digitize models list` shows what there is."
#: What to do when the current model is refused.
HOW_BACK = (
    "`digitize models rollback` brings the last one back; `digitize models promote shipped` the shipped one."
)
_WRITABLE = (
    "Give yourself the right to write there, or free some space; DIGITIZE_MODELS_DIR names another "
    "folder for models, and `retrain -o DIR` needs none."
)


class Registry:
    """Models in a folder; one of them, or the shipped one, is current.

    Parameters
    ----------
    folder : Path
        Setting ``models_dir``; it need not be there before a model comes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()

    @property
    def file(self) -> Path:
        """What says which model is current."""
        return self.folder / CURRENT_FILE

    def record(self) -> RegistryRecord:
        """Return which model is current, and how that came; nothing ever promoted is the shipped one.

        Raises
        ------
        ModelRefused
            The file is there, but cannot be read or is damaged.
        """
        try:
            return RegistryRecord.from_json(read_regular(self.file, most_bytes=MOST_RECORD_BYTES).decode())
        except (FileNotFoundError, NotADirectoryError):
            return RegistryRecord()
        except (OSError, UnicodeDecodeError, BundleInvalid) as error:
            raise ModelRefused(
                f"{self.file} cannot be used: {getattr(error, 'strerror', None) or error}",
                remedy=f"Move {self.file} away: the shipped model then reads, and you can promote another.",
            ) from error

    def names(self) -> list[str]:
        """Return the names of the models, sound or not, in order."""
        try:
            with os.scandir(self.folder) as entries:
                found = [entry.name for entry in entries if is_model_name(entry.name) and entry.is_dir()]
        except OSError:
            return []
        return sorted(found)

    def find(self, wanted: str) -> Path | None:
        """Return the folder of a model by its name or the id in its manifest; None where there is none.

        ``current`` and ``shipped`` are names, too.

        Raises
        ------
        ModelRefused
            The current model is asked for and refused, or several models have that id.
        """
        if wanted == SHIPPED_NAME:
            return shipped_bundle()
        if wanted == CURRENT_NAME:
            return self.current_folder()
        if not is_model_name(wanted):
            return None
        names = self.names()
        if wanted in names:
            return self.folder / wanted
        found = [name for name in names if self._id_of(name) == wanted]
        if len(found) > 1:
            raise ModelRefused(f"several models have the id {wanted}: {', '.join(found)}", remedy=_LIST)
        return self.folder / found[0] if found else None

    def current_folder(self) -> Path:
        """Return the folder of the current model, whose manifest is the one that was promoted.

        Raises
        ------
        ModelRefused
            It is gone, or was changed since.
        """
        return self._folder_of(self.record().current)

    def promote(self, name: str, *, reason: str = "", instead_of: Choice | None = None) -> Change:
        """Make a model of the registry, or the shipped one, current in one step.

        Parameters
        ----------
        name : str
            Of the model; ``shipped`` for the one that comes with the program.
        reason : str
            Why, for the history.
        instead_of : Choice, optional
            Do so only while this one is current, which the model was judged against.

        Raises
        ------
        ModelRefused
            It is missing or damaged in any of its files, cannot read pages, or ``current.json`` is damaged.
        OutputNotWritable
            The registry cannot be written.
        UsageError
            Another model was promoted in the meantime.
        """
        with self._changing() as record:
            if instead_of is not None and record.current != instead_of:
                raise UsageError(
                    f"{record.current.name} was promoted in the meantime, against which nothing was judged",
                    remedy=f"`digitize models promote {name}` promotes it all the same.",
                )
            choice = self._choice(name)
            if choice == record.current:  # nothing to be rolled back to itself
                return Change(_now(), "promote", choice, reason)
            return self._write(record.promoted(choice, at=_now(), reason=reason))

    def roll_back(self, *, reason: str = "") -> Change:
        """Make the model current again that was so before the last promotion, in one step.

        Raises
        ------
        ModelRefused
            That one is missing or damaged by now, or cannot read pages.
        OutputNotWritable
            The registry cannot be written.
        UsageError
            Nothing was promoted that could be rolled back.
        """
        with self._changing() as record:
            if record.previous is None:
                raise UsageError("no promotion to roll back: the shipped model is current", remedy=_LIST)
            bundle, name = checked_model(self._folder_of(record.previous)), record.previous.name
            if name != SHIPPED_NAME:  # it may have been promoted by a version that asked less of a model
                check_reads(bundle, name)
            return self._write(record.rolled_back(at=_now(), reason=reason))

    @contextmanager
    def _changing(self) -> Iterator[RegistryRecord]:
        """Hold the registry between reading its record and writing another."""
        with registry_writable(self.folder):
            make_folder(self.folder)
            with folder_lock(self.folder):
                clear_left(self.folder)
                yield self.record()

    def _write(self, record: RegistryRecord) -> Change:
        write_durably(self.file, record.as_json().encode())
        return record.history[-1]

    def _choice(self, name: str) -> Choice:
        """Return a model by its name, checked in every file."""
        if name == SHIPPED_NAME:
            checked_model(shipped_bundle())
            return Choice(SHIPPED_NAME)
        if name not in self.names():
            raise ModelRefused(f"no model {name!r} in {self.folder}", remedy=_LIST)
        bundle = checked_model(self.folder / name)
        check_fitted(bundle)
        check_reads(bundle, name)
        return Choice(name, manifest_sha256(self.folder / name))

    def _folder_of(self, choice: Choice) -> Path:
        """Return the folder of what was promoted, if its manifest still is what it was then."""
        if choice.name == SHIPPED_NAME:
            return shipped_bundle()
        folder = self.folder / choice.name
        try:
            found = manifest_sha256(folder)
        except BundleInvalid as error:
            raise ModelRefused(str(error), remedy=HOW_BACK) from error
        if found != choice.manifest_sha256:
            raise ModelRefused(
                f"{folder / MANIFEST} is not the one that was promoted",
                remedy=f"If the change was meant, `digitize models promote {choice.name}`. {HOW_BACK}",
            )
        return folder

    def _id_of(self, name: str) -> str | None:
        try:
            return open_bundle(self.folder / name).id
        except BundleInvalid:
            return None


@contextmanager
def registry_writable(folder: Path) -> Iterator[None]:
    """Have whatever cannot be written here told as what it is: -o, of other commands, would not help.

    Parameters
    ----------
    folder : Path
        Of the registry.

    Raises
    ------
    OutputNotWritable
        The system refused to write in it.
    """
    try:
        yield
    except OutputNotWritable as error:
        raise OutputNotWritable(error.message, remedy=_WRITABLE) from error
    except OSError as error:
        message = f"{folder} cannot be written: {error.strerror or error}"
        raise OutputNotWritable(message, remedy=_WRITABLE) from error


def checked_model(folder: Path) -> Bundle:
    """Open a model folder of which every file is what the manifest says.

    Raises
    ------
    ModelRefused
        It is missing or damaged.
    """
    try:
        bundle = open_bundle(folder)
        check_files(bundle)
    except BundleInvalid as error:
        raise ModelRefused(str(error), remedy=_LIST) from error
    return bundle


def check_reads(bundle: Bundle, name: str) -> None:
    """Refuse a model that cannot read pages: it knows digits alone, or does not know these when tried.

    Raises
    ------
    ModelRefused
        Its recipe makes no reader, since most of what can be cut out of a page is no digit; or it
        gives no sensible answers to real digits.
    """
    if bundle.manifest.get("recipe") in DIGITS_ALONE:
        raise ModelRefused(f"{name} cannot read pages: {DIGITS_ALONE_REASON}", remedy=_LIST)
    check_works(bundle, name)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
