"""A manifest is taken for what it says only where each entry is of the kind that it has to be.

JSON knows ``NaN`` and Python takes ``true`` for a one: what was damaged, or written by hand, would be read as
something else than stands there.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["FORMAT", "as_float", "as_floats", "checked_manifest", "parsed_manifest"]

#: Version of the manifest's layout.
FORMAT = 1
_SHA256 = re.compile(r"[0-9a-f]{64}")

#: What sections hold entries with names, where they are there. What is inside is checked by whoever uses it.
_SECTIONS = (
    "calibration",
    "drawing",
    "ink",
    "judged",
    "metrics",
    "parent",
    "runtime",
    "training",
    "versions",
)
_LISTS = ("rounds", "sources")
_TEXTS = ("data", "recipe")


def parsed_manifest(content: bytes) -> dict[str, Any]:
    """Return what a manifest holds, whose entries that every model has are of the right kind.

    Raises
    ------
    ValueError
        It is no JSON, or an entry is not what it has to be; the message names it.
    """
    return checked_manifest(
        json.loads(content, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_once)
    )


def checked_manifest(manifest: Any) -> dict[str, Any]:
    """Return a manifest, if its entries are of the right kind.

    Raises
    ------
    ValueError
        One is not; the message names it.
    """
    if not isinstance(manifest, dict) or not _is_whole(manifest.get("format"), FORMAT, FORMAT):
        raise ValueError(f"it is not a manifest of format {FORMAT}")
    # What no model can be called is the business of whoever gives it a name.
    _check(manifest, ("id",), lambda value: isinstance(value, str), "text is", needed=True)
    _check(manifest, _TEXTS, lambda value: isinstance(value, str), "text is")
    _check(manifest, _SECTIONS, lambda value: isinstance(value, dict), "entries with names are")
    _check(manifest, _LISTS, _are_sections, "a list of entries with names is")
    _check(manifest, ("files",), lambda value: isinstance(value, dict), "entries with names are", needed=True)
    for name, said in manifest["files"].items():
        _check_file(name, said)
    return manifest


def as_float(stored: Any) -> float:
    """Return a number of a manifest, which is one and nothing that Python takes for one.

    Raises
    ------
    ValueError
        It is a truth value, text, not finite, or something else.
    """
    if isinstance(stored, bool) or not isinstance(stored, int | float):
        raise ValueError(f"a number is needed; found {_shown(stored)}")
    try:
        value = float(stored)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise ValueError(f"a finite number is needed; found {_shown(stored)}")
    return value


def as_floats(stored: Any) -> tuple[float, ...]:
    """Return a list of numbers of a manifest.

    Raises
    ------
    ValueError
        It is no list, or holds something else.
    """
    if not isinstance(stored, list | tuple):
        raise ValueError(f"a list of numbers is needed; found {_shown(stored)}")
    return tuple(as_float(value) for value in stored)


def _check(
    manifest: Mapping[str, Any],
    names: tuple[str, ...],
    is_right: Callable[[Any], bool],
    kind: str,
    *,
    needed: bool = False,
) -> None:
    for name in names:
        if name not in manifest:
            if needed:
                raise ValueError(f"{name} is missing")
        elif not is_right(manifest[name]):
            raise ValueError(f"{name}: {kind} needed; found {_shown(manifest[name])}")


def _check_file(name: str, said: Any) -> None:
    """Raise ValueError unless a file is named by hash, and by its length where that stands there."""
    hashed = said.get("sha256") if isinstance(said, dict) else None
    if not isinstance(hashed, str) or not _SHA256.fullmatch(hashed):
        raise ValueError(f"files: it names no hash of {name}")
    if "bytes" in said and not _is_whole(said["bytes"], 0, None):
        raise ValueError(f"files: {name}: a count of bytes is needed; found {_shown(said['bytes'])}")


def _is_whole(value: Any, least: int, most: int | None) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole and value >= least and (most is None or value <= most)


def _are_sections(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


def _shown(value: Any) -> str:
    return f"{type(value).__name__} {str(value)[:60]!r}"


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]} is no number that can be held")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build a section, in which no name may stand twice: it could not be told which one counts."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice} stands there twice")
    return found
