"""Whether a job asked for a page: a message may name no other.

Without this, whoever can write to the broker could have any picture read into any job. All that a job asks
for is read once a process, and sixteen bytes of each page are kept, sorted, to be looked up: a job may have a
million pages, and a worker must read through none of the others for each.
"""

import hashlib
import json
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache

from pydantic import BaseModel, ValidationError

from worker.asked_options import MOST_JOB_BYTES
from worker.job_folder import JobFolder
from worker.jobs import PageEntry
from worker.list_file import ListBeside, ListFile
from worker.no_job import no_job
from worker.object_path import Place
from worker.page_entry import ENTRY_LINES
from worker.places import Version, read_place

__all__ = ["asks_for"]

#: Bytes that are kept of a page.
_KEPT = 16

#: They are kept in parts, by their first byte, so that never all are sorted at once.
_PARTS = 256


class _AskedPage(BaseModel):
    """As much of a page as tells it from all others, in any job."""

    key: str
    path: str
    page: int
    sha256: str | None = None


class _AskedPages(BaseModel):
    inputs: tuple[_AskedPage, ...] = ()
    inputs_file: ListBeside | None = None


def asks_for(folder: JobFolder, entry: PageEntry) -> bool:
    """Tell whether a job's file, or the list beside it, names this very page, with this content.

    Parameters
    ----------
    folder : JobFolder
        The job. Its file is read once a process.
    entry : PageEntry
        The page.

    Raises
    ------
    UsageError
        The folder is no job, or its file or list is damaged.
    """
    try:
        asked = _fingerprints(folder.job_file, folder.version())
    except (OSError, ValidationError) as error:
        raise no_job(folder.path, error) from error
    wanted = _fingerprint(entry.key, entry.path, entry.page, entry.sha256)
    part = asked[wanted[0]]
    place = bisect_left(range(len(part) // _KEPT), wanted, key=lambda at: part[at * _KEPT : (at + 1) * _KEPT])
    return part[place * _KEPT : (place + 1) * _KEPT] == wanted


@lru_cache(maxsize=4)
def _fingerprints(job_file: Place, version: Version) -> tuple[bytes, ...]:
    """Return those of all pages, in parts; `version` tells two jobs of one name apart."""
    asked = _AskedPages.model_validate_json(read_place(job_file, most_bytes=MOST_JOB_BYTES))
    if asked.inputs_file is None:
        return _sorted(_fingerprint(page.key, page.path, page.page, page.sha256) for page in asked.inputs)
    listed = ListFile(job_file.parent, asked.inputs_file, ENTRY_LINES)
    return _sorted(map(_fingerprint_of, listed.checked_lines()))


def _fingerprint_of(line: bytes) -> bytes:
    """Return that of a line of a list, which the job file vouches for and which so need not be checked."""
    try:
        told = json.loads(line)
        return _fingerprint(told["key"], told["path"], told["page"], told.get("sha256"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return bytes(_KEPT)  # whoever opens the list says what is wrong with it


def _fingerprint(key: str, path: str, page: int, sha256: str | None) -> bytes:
    told = "\0".join((key, path, str(page), sha256 or ""))
    return hashlib.sha256(told.encode(errors="surrogatepass")).digest()[:_KEPT]


def _sorted(fingerprints: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return them in parts by their first byte, each sorted."""
    parts = [bytearray() for _ in range(_PARTS)]
    for fingerprint in fingerprints:
        parts[fingerprint[0]] += fingerprint
    return tuple(
        b"".join(sorted(bytes(part[at : at + _KEPT]) for at in range(0, len(part), _KEPT))) for part in parts
    )
