"""Where settings come from beside the command line and the environment: files, and the broker's common names.

A file is read strictly: an unknown key or a value of another type is refused, naming the file and the key.
"""

import json
import os
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from worker.broker_url import broker_variable
from worker.errors import SettingsInvalid
from worker.regular_file import read_regular
from worker.wording import in_plain_words

__all__ = ["BrokerSource", "TomlSource", "config_files", "read_settings_file", "reason_of"]

#: No settings file that is longer is read.
_MOST_BYTES = 2**20


class _DictSource(PydanticBaseSettingsSource):
    """A source whose values are known as a whole."""

    def values(self) -> dict[str, Any]:
        raise NotImplementedError

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return self.values().get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        return self.values()


class BrokerSource(_DictSource):
    """The broker under the names that other programs give it."""

    def values(self) -> dict[str, Any]:
        """Return the address, where one of those names is set."""
        name = broker_variable(os.environ)
        return {} if name is None else {"broker_url": os.environ[name]}


class TomlSource(_DictSource):
    """One settings file, refused as a whole when a key or a value in it is wrong."""

    def __init__(self, settings_cls: type[BaseSettings], path: Path) -> None:
        super().__init__(settings_cls)
        self.path = path

    def values(self) -> dict[str, Any]:
        """Return what the file sets.

        Raises
        ------
        SettingsInvalid
            A key or a value is wrong, or the file cannot be read.
        """
        values = read_settings_file(self.path)
        for key, value in values.items():
            field = self.settings_cls.model_fields.get(key)
            if field is None:
                raise SettingsInvalid(
                    f"{self.path}: unknown key {key!r}",
                    remedy=_known_keys(key, self.settings_cls.model_fields),
                )
            _check_value(self.path, key, value, field)
        return values


def config_files() -> tuple[Path, ...]:
    """Return the settings files that there are, the one that decides first.

    Also what bears the name and is none, as a link to nowhere: it is refused when it is read. Settings
    that nobody heeds, ``roots`` among them, are worse than none.

    ``digitize.toml`` in the current folder, then ``digitize/config.toml`` in the user's
    configuration folder (``$XDG_CONFIG_HOME``, else ``~/.config``).
    """
    home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    candidates = (Path("digitize.toml"), Path(home).expanduser() / "digitize" / "config.toml")
    return tuple(path for path in candidates if _is_there(path))


def _is_there(path: Path) -> bool:
    """Tell whether anything bears the name; what may not be looked at does, and is refused when read."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def read_settings_file(path: Path) -> dict[str, Any]:
    """Parse a settings file.

    Raises
    ------
    SettingsInvalid
        It is no TOML, cannot be read, or is no file.
    """
    try:
        return tomllib.loads(read_regular(path, most_bytes=_MOST_BYTES).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsInvalid(f"{path}: not valid TOML: {error}", remedy=f"Correct {path}.") from None
    except (ValueError, RecursionError):
        message = f"{path}: not valid TOML: a number is too long, or lists lie too deep within each other"
        raise SettingsInvalid(message, remedy=f"Correct {path}.") from None
    except PermissionError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise SettingsInvalid(message, remedy=f"Give yourself the right to read {path}.") from None
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror}"
        raise SettingsInvalid(message, remedy=f"Put a settings file there, or take {path} away.") from None


def _check_value(path: Path, key: str, value: object, field: FieldInfo) -> None:
    """Refuse a value of another type than the setting's: a file can say ``60``, not ``"60"``."""
    hint: Any = Annotated[field.annotation, field]
    try:
        # JSON is the strict form in which a path may still be a string.
        TypeAdapter(hint).validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        raise SettingsInvalid(
            f"{path}: {key}: {reason_of(error)}", remedy=f"Correct {key} in {path}."
        ) from None
    except TypeError:
        message = f"{path}: {key}: no setting holds a date or a time"
        raise SettingsInvalid(message, remedy=f"Correct {key} in {path}.") from None


def _known_keys(key: str, known: Iterable[str]) -> str:
    """Return a remedy that names the keys, the nearest one first."""
    from difflib import get_close_matches  # only ever needed on the way out

    near = get_close_matches(key, known, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(known)}."


def reason_of(error: ValidationError) -> str:
    """Return what is wrong, in one line and without the value, which may be a secret."""
    return in_plain_words(error.errors(include_url=False, include_input=False)[0]["msg"])
