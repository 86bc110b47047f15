"""``FILE:PAGE:NUMBER`` as people type it: which page of a job is meant, and which number on it."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from worker.errors import UsageError
from worker.jobs import PageEntry
from worker.records import NumberRecord

__all__ = ["Asked", "find_asked", "ordinal_of"]

_HOW = (
    "FILE:PAGE:NUMBER, as scan.png:1:3; NUMBER is also LINE.NUMBER (2.1) or a point of the page (@640,210)."
)
_NUMBER = re.compile(
    r"(?P<ordinal>\d{1,9})|(?P<line>\d{1,9})\.(?P<place>\d{1,9})|@(?P<x>\d{1,9}),(?P<y>\d{1,9})"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be explained.

    Attributes
    ----------
    entry : PageEntry
        The page.
    ordinal : int, optional
        A number of the page, counted from 1 in reading order.
    line, place : int, optional
        A number by its line and its place there, each from 1.
    point : (int, int), optional
        Column and row of a point of the page, in px.

    Without any of these the whole page is meant.
    """

    entry: PageEntry
    ordinal: int | None = None
    line: int | None = None
    place: int | None = None
    point: tuple[int, int] | None = None

    @property
    def whole_page(self) -> bool:
        """Tell whether no single number is meant."""
        return self.ordinal is None and self.line is None and self.point is None


def find_asked(text: str, entries: Collection[PageEntry]) -> Asked:
    """Find what is meant among the pages of a job.

    Parameters
    ----------
    text : str
        ``FILE:PAGE:NUMBER``, ``FILE:PAGE``, or ``FILE`` of a file with one page. A file is named as
        it was submitted, by its path, or by the last part of its name; it may hold colons.
    entries : collection of PageEntry
        Of the job.

    Raises
    ------
    UsageError
        No page, or more than one, is called so, or the number is none.
    """
    for file, page, number in _readings(text):
        named = _called(file, entries)
        if not named:
            continue
        if len({entry.path for entry in named}) > 1:
            raise UsageError(
                f"several files of the job are called {file}",
                remedy=f"Name one as it was submitted: {', '.join(sorted({e.name for e in named})[:3])}",
            )
        return _asked(file, page, number, named)
    names = sorted({entry.name for entry in entries})
    known = f"The job has: {', '.join(names[:3])}{' …' if len(names) > 3 else ''}" if names else _HOW
    raise UsageError(f"no file of the job is called {text.split(':')[0] or text!r}", remedy=known)


def ordinal_of(asked: Asked, numbers: Sequence[NumberRecord]) -> int:
    """Return which of a page's numbers is meant, counted from 1.

    Raises
    ------
    UsageError
        The page has no such number.
    """
    where = f"page {asked.entry.page} of {asked.entry.name}"
    if asked.line is not None:
        for ordinal, number in enumerate(numbers, start=1):
            if (number.line, number.number) == (asked.line, asked.place):
                return ordinal
        lines = max((number.line for number in numbers), default=0)
        raise UsageError(
            f"{where} has no number {asked.place} in line {asked.line}",
            remedy=f"Numbers were read in {lines} lines. Leave out NUMBER for a map of the page.",
        )
    ordinal = asked.ordinal or 0
    if not 1 <= ordinal <= len(numbers):
        raise UsageError(
            f"{where} has no number {ordinal}: it has {len(numbers)}",
            remedy="Leave out NUMBER for a map of the page; @X,Y explains what was not read there.",
        )
    return ordinal


def _readings(text: str) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield what may be file, page and number, the fullest first: names of files may hold colons."""
    parts = text.split(":")
    if len(parts) > 2:
        yield ":".join(parts[:-2]), parts[-2], parts[-1]
    if len(parts) > 1:
        yield ":".join(parts[:-1]), parts[-1], None
    yield text, None, None


def _called(file: str, entries: Collection[PageEntry]) -> list[PageEntry]:
    """Return the pages of the files of that name: whole names come before their last parts."""
    whole = [entry for entry in entries if file in (entry.name, entry.path)]
    return whole or [entry for entry in entries if PurePath(entry.name).name == file]


def _asked(file: str, page: str | None, number: str | None, named: Sequence[PageEntry]) -> Asked:
    pages = {entry.page: entry for entry in named}
    if not page:
        if len(pages) > 1:
            raise UsageError(f"{file} has {len(pages)} pages: say which", remedy=_HOW)
        return _numbered(next(iter(pages.values())), number)
    if not page.isascii() or not page.isdigit() or int(page[:9]) not in pages:
        raise UsageError(
            f"{file} has no page {page}", remedy=f"It has {min(pages)} to {max(pages)} in this job. {_HOW}"
        )
    return _numbered(pages[int(page[:9])], number)


def _numbered(entry: PageEntry, number: str | None) -> Asked:
    if not number:
        return Asked(entry)
    found = _NUMBER.fullmatch(number) if number.isascii() else None
    if found is None:
        raise UsageError(f"{number} is no number of a page", remedy=_HOW)
    given = {name: int(value) for name, value in found.groupdict().items() if value is not None}
    point = (given["x"], given["y"]) if "x" in given else None
    return Asked(entry, given.get("ordinal"), given.get("line"), given.get("place"), point)
