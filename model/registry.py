"""The record of a registry: which model reads, and every change of that. Values in, values out; no files.

A registry is a folder with one model folder each, and ``current.json``, which this module knows
how to read, to change and to write as text. The model that is shipped needs no folder: it is
current where nothing else was ever promoted, and can be promoted again by its name.
"""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from model.bundle import MANIFEST, MOST_MODEL_BYTES, Bundle, manifest_bytes, regular_sha256
from model.errors import BundleInvalid

__all__ = [
    "CURRENT_FILE",
    "CURRENT_NAME",
    "MOST_RECORD_BYTES",
    "SHIPPED_NAME",
    "Change",
    "Choice",
    "RegistryRecord",
    "check_files",
    "is_model_name",
    "manifest_sha256",
]

#: File of a registry that says which model reads.
CURRENT_FILE = "current.json"
#: Name of whatever model is current, and of the one that comes with the program.
CURRENT_NAME, SHIPPED_NAME = "current", "shipped"
#: Version of the file's layout.
FORMAT = 1
#: No record that is longer is read; a change takes 300 bytes.
MOST_RECORD_BYTES = 4 * 2**20

#: What a model may be called: a plain name of a folder, which is nobody's way out of the registry.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_SHA256 = re.compile(r"[0-9a-f]{64}")

Action = Literal["promote", "rollback"]


def is_model_name(text: str) -> bool:
    """Tell whether a model of a registry can have this name."""
    return bool(_NAME.fullmatch(text)) and text not in (CURRENT_FILE, CURRENT_NAME, SHIPPED_NAME)


@dataclass(frozen=True, slots=True)
class Choice:
    """A model that was made current.

    Attributes
    ----------
    name : str
        Of its folder, or ``shipped``.
    manifest_sha256 : str or None
        Of its manifest when it was promoted, which in turn vouches for every file beside it;
        None for the shipped model, which changes with the program.
    """

    name: str
    manifest_sha256: str | None = None


SHIPPED = Choice(SHIPPED_NAME)


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history.

    Attributes
    ----------
    at : str
        When, ISO 8601 in UTC.
    action : {"promote", "rollback"}
        Whether a model came, or the last one went.
    model : Choice
        What was current from then on.
    reason : str
        Why, for people.
    """

    at: str
    action: Action
    model: Choice
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RegistryRecord:
    """What ``current.json`` holds.

    Attributes
    ----------
    history : tuple of Change
        Every change, the first one first.
    """

    history: tuple[Change, ...] = ()

    @property
    def stack(self) -> tuple[Choice, ...]:
        """The models that a rollback would go back to, one after the other; the last one is current."""
        models = [SHIPPED]
        for change in self.history:
            if change.action == "promote":
                models.append(change.model)
            elif len(models) > 1:
                models.pop()
        return tuple(models)

    @property
    def current(self) -> Choice:
        """The model that reads."""
        return self.stack[-1]

    @property
    def previous(self) -> Choice | None:
        """The model that a rollback brings back; None where there was no other."""
        return self.stack[-2] if len(self.stack) > 1 else None

    def promoted(self, model: Choice, *, at: str, reason: str = "") -> "RegistryRecord":
        """Return the record with another model current."""
        return RegistryRecord((*self.history, Change(at, "promote", model, reason)))

    def rolled_back(self, *, at: str, reason: str = "") -> "RegistryRecord":
        """Return the record with the model current that was so before the last promotion.

        Raises
        ------
        ValueError
            There was no other.
        """
        if self.previous is None:
            raise ValueError("no model was promoted that could be rolled back")
        return RegistryRecord((*self.history, Change(at, "rollback", self.previous, reason)))

    def as_json(self) -> str:
        """Return the text of the file."""
        content = {
            "format": FORMAT,
            "current": self.current.name,
            "manifest_sha256": self.current.manifest_sha256,
            "history": [asdict(change) for change in self.history],
        }
        return json.dumps(content, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "RegistryRecord":
        """Return what the text of a file says.

        Raises
        ------
        BundleInvalid
            It is damaged, contradicts itself, or is of another layout.
        """
        try:
            content = json.loads(text)
            if content["format"] != FORMAT:
                raise ValueError(f"its format is {content['format']}, not {FORMAT}")
            record = cls(tuple(_change(entry) for entry in content["history"]))
            named = Choice(content["current"], content["manifest_sha256"])
        except (KeyError, TypeError) as error:
            raise BundleInvalid(f"it lacks what such a file holds ({error})") from error
        except (ValueError, RecursionError) as error:
            raise BundleInvalid(str(error)) from error
        if named != record.current:
            raise BundleInvalid(f"it names {named.name}, but its history ends with {record.current.name}")
        return record


def _change(entry: dict[str, Any]) -> Change:
    """Return one line of the history, checked."""
    model = Choice(entry["model"]["name"], entry["model"]["manifest_sha256"])
    if entry["action"] not in ("promote", "rollback"):
        raise ValueError(f"its history holds an action {entry['action']!r}")
    if model.name == SHIPPED_NAME:
        if model.manifest_sha256 is not None:
            raise ValueError("it gives a hash to the model that is shipped")
    elif not is_model_name(model.name) or not _SHA256.fullmatch(model.manifest_sha256 or ""):
        raise ValueError(f"its history names no model: {model.name!r}")
    return Change(str(entry["at"]), entry["action"], model, str(entry["reason"]))


def manifest_sha256(folder: Path) -> str:
    """Return the hash of a model's manifest.

    Raises
    ------
    BundleInvalid
        It cannot be read, or is longer than any manifest.
    """
    try:
        return hashlib.sha256(manifest_bytes(folder)).hexdigest()
    except OSError as error:
        raise BundleInvalid(f"{folder / MANIFEST} cannot be read: {error.strerror}") from error


def check_files(bundle: Bundle) -> None:
    """Check every file that a model's manifest names, not only the one that reads.

    Raises
    ------
    BundleInvalid
        One is missing, or is not what the manifest says.
    """
    for name, said in bundle.manifest["files"].items():
        if Path(name).name != name:
            raise BundleInvalid(f"{bundle.folder / MANIFEST} names a file outside of its folder: {name!r}")
        path = bundle.folder / name
        try:
            found = regular_sha256(path, most_bytes=MOST_MODEL_BYTES)
            expected = said["sha256"]
        except OSError as error:
            raise BundleInvalid(f"{path} cannot be read: {error.strerror}") from error
        except ValueError as error:  # a name that no file can have
            raise BundleInvalid(f"{bundle.folder / MANIFEST} names {name!r}: {error}") from error
        except (KeyError, TypeError):
            raise BundleInvalid(f"{bundle.folder / MANIFEST} names no hash of {name}") from None
        if found != expected:
            raise BundleInvalid(f"{path} is damaged: its sha256 is not the one in {MANIFEST}")
