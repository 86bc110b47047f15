"""Pages that are asked for: each with its identity, and where it lies."""

import json
from collections.abc import Iterable, Iterator
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from worker.errors import UsageError
from worker.identity import (
    KEY_PATTERN,
    display_name,
    key_of_text,
    path_from_text,
    path_to_text,
)
from worker.object_path import Place
from worker.outer_sort import OuterSort
from worker.pile import FEW, ModelLines, Pile

__all__ = ["ENTRY_LINES", "PageEntry", "each_once"]


class PageEntry(BaseModel):
    """One page that was asked for: its identity and where it lies.

    ``name`` is the file as it was submitted; ``path`` is absolute, a ``file:`` URI in
    the rare case that it is no UTF-8, or the URL of an object; ``sha256`` is that of the file when it
    was submitted.
    """

    # Paths and keys of very many pages never come again: remembering them costs, and gains nothing.
    model_config = ConfigDict(frozen=True, extra="forbid", cache_strings="keys")

    key: Annotated[str, Field(pattern=KEY_PATTERN)]
    name: str
    path: str
    page: Annotated[int, Field(ge=1)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None

    @classmethod
    def of(cls, path: Place, *, name: str, page: int = 1, sha256: str | None = None) -> Self:
        """Return the entry of a page, with the key that belongs to it."""
        text = path_to_text(path.absolute())
        return cls(
            key=key_of_text(text, page),
            name=display_name(name),
            path=text,
            page=page,
            sha256=sha256,
        )

    @model_validator(mode="after")
    def _key_is_its_own(self) -> Self:
        if self.key != key_of_text(self.path, self.page):
            raise ValueError("the key is not that of this page")
        return self

    @property
    def file(self) -> Place:
        """Where the page's file lies."""
        return path_from_text(self.path)


#: How a page is a line of a list.
ENTRY_LINES = ModelLines(PageEntry)


def each_once(entries: Iterable[PageEntry]) -> Pile[PageEntry]:
    """Return pages in their order; one that is named twice counts once.

    Raises
    ------
    UsageError
        Two pages among very many have one key.
    """
    pile = entries if isinstance(entries, Pile) else Pile(ENTRY_LINES, entries)
    if len(pile) <= FEW:
        return Pile(ENTRY_LINES, {entry.key: entry for entry in pile}.values())
    again = set(_keys_that_come_again(pile))
    return Pile(ENTRY_LINES, _without(pile, again)) if again else pile


def _keys_that_come_again(pile: Pile[PageEntry]) -> Iterator[str]:
    keys = OuterSort(key=str)
    for line in pile.raw():
        keys.add(json.loads(line)["key"])
    last = None
    for key in keys:
        if key == last:
            yield key
        last = key


def _without(pile: Pile[PageEntry], again: set[str]) -> Iterator[PageEntry]:
    """Leave out what comes again."""
    first: dict[str, PageEntry] = {}
    for entry in pile:
        if entry.key not in again:
            yield entry
        elif entry.key not in first:
            first[entry.key] = entry
            yield entry
        elif (entry.path, entry.page) != (first[entry.key].path, first[entry.key].page):
            raise UsageError(
                f"page {entry.page} of {entry.name} and page {first[entry.key].page} of "
                f"{first[entry.key].name} would have one name in the job folder",
                remedy="Submit one of the two files in a job of its own.",
            )
