"""Lists that stand beside a job file where they are long: a JSON line an item, vouched for by the job file.

Their names hold what is in them, so that two programs that make a job at one moment never write over each
other's list, and one that is left over is in nobody's way.
"""

import errno
import hashlib
import os
from collections.abc import Callable, Collection, Iterator
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from worker.durable import durable_file
from worker.errors import UsageError
from worker.line_file import TemporaryLines, lines_of
from worker.object_path import ObjectPath, Place
from worker.pile import Lines, Pile
from worker.regular_file import FileTooLong, open_regular

__all__ = ["LIST_NAME", "ListBeside", "ListFile", "write_list"]

#: What such a list is called.
LIST_NAME = r"^(inputs|failures)-[0-9a-f]{12}\.jsonl$"

#: No list that is longer is read: that would be one of twenty million pages.
MOST_LIST_BYTES = 8 * 2**30
#: Nor any line: two paths of the length that systems allow, in the longest form of JSON, take half.
MOST_LINE_BYTES = 128 * 2**10

#: Hexadecimal digits of the hash that stand in the name.
_DIGITS = 12

Item = TypeVar("Item")


class ListBeside(BaseModel):
    """What a job file says of a list beside it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=LIST_NAME)]
    count: Annotated[int, Field(ge=1)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ListFile(Collection[Item]):
    """A list beside a job file, read anew each time it is gone through.

    Parameters
    ----------
    folder : Place
        Of the job.
    beside : ListBeside
        What the job file says of it.
    lines : Lines
        How an item is a line.
    """

    def __init__(self, folder: Place, beside: ListBeside, lines: Lines[Item]) -> None:
        self.path = folder / beside.name
        self.beside = beside
        self._lines = lines
        self._fetched: TemporaryLines | None = None

    def check(self) -> None:
        """Make sure that it is what the job file vouches for.

        Raises
        ------
        UsageError
            It is missing, cannot be read, or is another list.
        """
        for _ in self.checked_lines():
            pass

    def checked_lines(self) -> Iterator[bytes]:
        """Go through the lines; whoever comes to the end has seen what the job file vouches for.

        Raises
        ------
        UsageError
            As for :meth:`check`; by then lines of another list may have been given.
        """
        digest, count = hashlib.sha256(), 0
        for line in self._raw():
            digest.update(line + b"\n")
            count += 1
            if count > self.beside.count:
                break
            yield line
        if (count, digest.hexdigest()) != (self.beside.count, self.beside.sha256):
            raise _unusable(self.path, "it is not what the job file says it is")

    def chosen(self, choose: Callable[[int], object]) -> Iterator[tuple[int, Item]]:
        """Go through some of the items, each with its place from 0; others are not looked into.

        Raises
        ------
        UsageError
            The list cannot be read, or an item is damaged.
        """
        for place, line in enumerate(self._raw()):
            if choose(place):
                yield place, self._item(line)

    def __len__(self) -> int:
        return self.beside.count

    def __iter__(self) -> Iterator[Item]:
        return map(self._item, self._raw())

    def __contains__(self, item: object) -> bool:
        return any(each == item for each in self)

    def _raw(self) -> Iterator[bytes]:
        try:
            if isinstance(self.path, ObjectPath):
                self._fetched = self._fetched or _fetched(self.path)
                yield from self._fetched.read(most_bytes=MOST_LINE_BYTES)
                return
            with open_regular(self.path) as stream:
                size_bytes = os.fstat(stream.fileno()).st_size
                if size_bytes > MOST_LIST_BYTES:
                    raise FileTooLong(
                        errno.EFBIG, f"it has more than {MOST_LIST_BYTES} bytes", str(self.path)
                    )
                yield from lines_of(stream, 0, size_bytes, most_bytes=MOST_LINE_BYTES)
        except OSError as error:
            raise _unusable(self.path, error.strerror or str(error)) from error

    def _item(self, line: bytes) -> Item:
        try:
            return self._lines.decode(line)
        except ValueError as error:
            raise _unusable(self.path, "it is damaged") from error


def write_list(folder: Place, kind: Literal["inputs", "failures"], items: Pile[Item]) -> ListBeside:
    """Write a list beside where the job file will be, all or nothing.

    Raises
    ------
    OutputNotWritable
        The folder cannot be written.
    """
    sha256 = items.sha256()
    beside = ListBeside(name=f"{kind}-{sha256[:_DIGITS]}.jsonl", count=len(items), sha256=sha256)
    with durable_file(folder / beside.name) as stream:
        stream.writelines(line + b"\n" for line in items.raw())
    return beside


def _fetched(place: ObjectPath) -> TemporaryLines:
    """Fetch a list, which never changes under its name, into a temporary file, never all of it in memory."""
    from worker import object_store

    lines = TemporaryLines()

    def begin() -> Callable[[bytes], None]:
        lines.clear()
        return lambda piece: lines.write([piece])

    object_store.fetch(place, begin, most_bytes=MOST_LIST_BYTES)
    return lines


def _unusable(path: Place, why: str) -> UsageError:
    return UsageError(f"cannot use {path}: {why}", remedy="Submit the pages again to another folder.")
