"""Which page files a job in an object store has, asked for by listing, a thousand a request.

A file that is not there costs microseconds to look for, an object tens of milliseconds: so the store is
asked what there is, and only that is fetched, many at a time.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from worker import object_store
from worker.errors import OutputNotWritable
from worker.fetching import side_by_side
from worker.identity import KEY_PATTERN
from worker.object_path import ObjectPath

if TYPE_CHECKING:
    from worker.job_folder import JobFolder

__all__ = ["RecordListing"]

#: A page file, and that of a failure which waits to be read again.
_RECORD = re.compile(rf"{KEY_PATTERN.removeprefix('^').removesuffix('$')}\.json(\.failed)?")


class RecordListing:
    """The page files of a job, as they were when this was made.

    Parameters
    ----------
    job : JobFolder
        In an object store.

    Raises
    ------
    OutputNotWritable
        They cannot be listed.
    StoreUnreachable
        The store gives no answer.
    """

    def __init__(self, job: "JobFolder") -> None:
        self._modified_s: dict[str, float] = {}
        self._earlier: set[str] = set()
        if not isinstance(job.pages, ObjectPath):
            raise TypeError("a folder is looked into")
        try:
            for state in _all_in(job.pages, on_shelves=bool(job.shelf_digits)):
                self._add(state)
        except FileNotFoundError:
            pass  # nor is there a bucket
        except OSError as error:
            raise OutputNotWritable(f"cannot look into {job.pages}: {error.strerror or error}") from error

    def _add(self, state: object_store.ObjectState) -> None:
        found = _RECORD.fullmatch(state.place.name)
        if found is None:
            return
        key = state.place.name.partition(".")[0]
        if found[1]:
            self._earlier.add(key)
        else:
            self._modified_s[key] = state.modified_s

    def __contains__(self, key: str) -> bool:
        """Tell whether a page has a file."""
        return key in self._modified_s

    def waits(self, key: str) -> bool:
        """Tell whether a page waits to be read again, its failure put aside."""
        return key in self._earlier

    def changed_ns(self, key: str) -> int:
        """Return when a page's file was written, by the store's clock.

        Raises
        ------
        FileNotFoundError
            It has none.
        """
        if key not in self:
            raise FileNotFoundError(key)
        return round(self._modified_s[key] * 1e9)


def _all_in(pages: ObjectPath, *, on_shelves: bool) -> Iterator[object_store.ObjectState]:
    """Go through all page files; shelves are listed side by side."""
    if not on_shelves:
        yield from _objects(pages)
        return
    for _, states in side_by_side(lambda shelf: [*_objects(shelf)], object_store.prefixes(pages)):
        yield from states


def _objects(folder: ObjectPath) -> Iterator[object_store.ObjectState]:
    return (each for each in object_store.listing(folder) if not isinstance(each, str))
