"""A truth written as JSON: a list of pages as ``digitize synth`` writes it, or a ``results.json``."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from model.bundle import regular_bytes
from worker.truth_page import TruthPage, checked_number, truth_error

__all__ = ["load_truth_json"]

_FLAGS = ("extra_ok", "join", "any_order")


def load_truth_json(path: Path) -> list[TruthPage]:
    """Load a list of pages, each with `file` and `rows`, or results whose texts are right.

    Parameters
    ----------
    path : Path
        UTF-8. Of a page `page`, `kind`, `extra_ok`, `join` and `any_order` are taken where they are
        there; other keys are passed over. Of results the pages that could not be read are left out.

    Raises
    ------
    NoUsableInput
        It is no such file, or a page of it is wrong; the message names it.
    """
    try:
        found = json.loads(regular_bytes(path).decode("utf-8-sig"))
    except OSError as error:
        raise truth_error(f"{path} cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise truth_error(f"{path} is no JSON: {error}") from error
    if isinstance(found, dict) and isinstance(found.get("pages"), list):
        results = enumerate(found["pages"], start=1)
        pages = [_of_result(result, f"{path}, page {k} of its list") for k, result in results]
        return [page for page in pages if page is not None]
    if not isinstance(found, list):
        raise truth_error(f"{path} is neither a list of pages nor a results.json")
    return [_of_entry(entry, f"{path}, page {k} of its list") for k, entry in enumerate(found, start=1)]


def _of_entry(entry: Any, place: str) -> TruthPage:
    if not isinstance(entry, dict):
        raise truth_error(f"{place}: a page has `file` and `rows`. Received: {_shown(entry)}")
    rows = _needed(entry, "rows", list, place)
    for flag in _FLAGS:
        if not isinstance(entry.get(flag, False), bool):
            raise truth_error(f"{place}: {flag} is true or false. Received: {_shown(entry[flag])}")
    kind = entry.get("kind")
    return TruthPage(
        tuple(_row(row, f"{place}, row {k}") for k, row in enumerate(rows, start=1)),
        _needed(entry, "file", str, place),
        None if entry.get("page") is None else _ordinal(entry["page"], "page", place),
        kind if isinstance(kind, str) else "",
        place=place,
        **{flag: entry.get(flag, False) for flag in _FLAGS},
    )


def _row(row: Any, place: str) -> tuple[str, ...]:
    """Return the numbers of a row, without cells that are empty."""
    if not isinstance(row, list) or not all(isinstance(text, str) for text in row):
        raise truth_error(
            f'{place}: a row is a list of texts, such as ["007", "12"]. Received: {_shown(row)}'
        )
    texts = (checked_number(text, place) for text in row)
    return tuple(text for text in texts if text)


def _of_result(result: Any, place: str) -> TruthPage | None:
    """Return a page of results; None where it could not be read, so that nothing is known of it."""
    if not isinstance(result, dict):
        raise truth_error(f"{place}: a page of results has `file` and `record`. Received: {_shown(result)}")
    record = _needed(result, "record", dict, place)
    if record.get("outcome") != "read":
        return None
    lines: dict[int, list[tuple[int, str]]] = {}
    for k, number in enumerate(_needed(record, "numbers", list, place), start=1):
        where = f"{place}, number {k}"
        if not isinstance(number, dict):
            raise truth_error(
                f"{where}: a number has `line`, `number` and `text`. Received: {_shown(number)}"
            )
        text = checked_number(_needed(number, "text", str, where), where)
        if text:
            line, order = (_ordinal(number.get(name), name, where) for name in ("line", "number"))
            lines.setdefault(line, []).append((order, text))
    source = _needed(record, "source", dict, place)
    rows = tuple(tuple(text for _, text in sorted(lines[line], key=lambda n: n[0])) for line in sorted(lines))
    page = _ordinal(source.get("page"), "page", place)
    return TruthPage(rows, _needed(result, "file", str, place), page, place=place)


#: What JSON calls them.
_KINDS = {"list": "a list", "dict": "an object", "str": "a text"}


def _needed(holder: Mapping[str, Any], name: str, kind: type, place: str) -> Any:
    value = holder.get(name)
    if not isinstance(value, kind) or (kind is str and not value and name == "file"):
        words = _KINDS[kind.__name__]
        raise truth_error(f"{place}: {name} is needed, and is {words}. Received: {_shown(value)}")
    return value


def _ordinal(value: Any, name: str, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise truth_error(f"{place}: {name} is a whole number from 1. Received: {_shown(value)}")
    return value


def _shown(value: Any) -> str:
    """Return a value as JSON, no longer than a line takes."""
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= 60 else f"{text[:57]}..."
