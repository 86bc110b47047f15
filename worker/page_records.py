"""Page files: the record of a page as bytes, and back if it can be relied on."""

import os
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from worker.identity import page_key, path_from_text
from worker.object_path import Place
from worker.places import read_place
from worker.records import PageRecord

__all__ = ["Outcome", "encode_record", "outcome_of", "record_in"]

#: No page file that is longer is read; one of a thousand numbers has a megabyte.
_MOST_PAGE_BYTES = 64 * 2**20

#: What became of a page; a blank one was read and holds no number.
Outcome = Literal["read", "blank", "failed"]

_RECORD: TypeAdapter[PageRecord] = TypeAdapter(PageRecord)

#: How every page file ends.
_TAIL = b"}\n"


def encode_record(record: PageRecord) -> bytes:
    """Return the record as the bytes of a page file.

    Raises
    ------
    pydantic.ValidationError
        What was written would not be read back, as with a number that is not finite.
    """
    data = record.model_dump_json().encode() + b"\n"
    _RECORD.validate_json(data)
    return data


def outcome_of(record: PageRecord) -> Outcome:
    """Tell what became of a page that has a record."""
    return "blank" if record.outcome == "read" and not record.numbers else record.outcome


def record_in(path: Place, key: str, sha256: str | None = None) -> PageRecord | None:
    """Return what a file holds if it is a record of this very page; None for everything else.

    Parameters
    ----------
    path : Place
        The file, which need not be there.
    key : str
        The page's key.
    sha256 : str, optional
        Of the page's file when it was submitted.
    """
    if isinstance(path, Path) and not os.path.lexists(path):  # of pages that wait there are many
        return None
    try:
        data = read_place(path, most_bytes=_MOST_PAGE_BYTES)
        if not data.endswith(_TAIL):
            return None
        record = _RECORD.validate_json(data)
        source = record.source
        same_page = page_key(path_from_text(source.path), source.page) == key
    except (OSError, ValueError):
        return None
    same_content = sha256 is None or source.sha256 in (None, sha256)
    return record if same_page and same_content else None
