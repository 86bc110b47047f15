"""Lines in a file: in a temporary one that nobody else sees, or read from one that is there."""

import errno
import os
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import BinaryIO

from worker.errors import OutputNotWritable
from worker.regular_file import FileTooLong

__all__ = ["TemporaryLines", "lines_of"]

#: Bytes that are read in one go; as many places of one file as a sort has parts may be read at a time.
_BLOCK = 2**13


class TemporaryLines:
    """Lines that are written once, read as often as needed, and gone with the program or the last reference.

    Attributes
    ----------
    size_bytes : int
        Of all lines, line feeds included.
    """

    def __init__(self) -> None:
        self.size_bytes = 0
        try:
            self._file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - closed with the last reference to this
        except OSError as error:
            raise _no_space(error) from error
        weakref.finalize(self, _close, self._file)

    def write(self, lines: Iterable[bytes]) -> None:
        """Add lines, each with its line feed.

        Raises
        ------
        OutputNotWritable
            There is no space for temporary files.
        """
        try:
            for line in lines:
                self.size_bytes += self._file.write(line)
        except OSError as error:
            raise _no_space(error) from error

    def clear(self) -> None:
        """Take all lines away again.

        Raises
        ------
        OutputNotWritable
            What was written before could not be, for lack of space.
        """
        try:
            self._file.seek(0)
            self._file.truncate()
        except OSError as error:
            raise _no_space(error) from error
        self.size_bytes = 0

    def read(
        self, start: int = 0, end: int | None = None, *, most_bytes: int | None = None
    ) -> Iterator[bytes]:
        """Go through the lines between two places, as :func:`lines_of`; writing may go on meanwhile."""
        try:
            self._file.flush()
        except OSError as error:
            raise _no_space(error) from error
        end = self.size_bytes if end is None else end
        yield from lines_of(self._file, start, end, most_bytes=most_bytes)


def lines_of(
    stream: BinaryIO, start: int = 0, end: int | None = None, *, most_bytes: int | None = None
) -> Iterator[bytes]:
    """Go through the lines of a real file between two places, without line feeds.

    Where the stream stands does not matter, and does not change.

    Parameters
    ----------
    stream : BinaryIO
        The file.
    start, end : int
        The places, in bytes; by default the whole file, as long as it may grow.
    most_bytes : int, optional
        Of one line. A file that somebody else wrote may hold no line feed at all.

    Raises
    ------
    FileTooLong
        A line has more.
    """
    descriptor, rest = stream.fileno(), b""
    while block := os.pread(descriptor, _BLOCK if end is None else min(_BLOCK, end - start), start):
        start += len(block)
        *lines, rest = (rest + block).split(b"\n")
        yield from lines
        if most_bytes is not None and len(rest) > most_bytes:
            raise FileTooLong(errno.EFBIG, f"a line has more than {most_bytes} bytes")
    if rest:
        yield rest


def _close(stream: BinaryIO) -> None:
    with suppress(OSError):  # what it could not write any more was told before
        stream.close()


def _no_space(error: OSError) -> OutputNotWritable:
    return OutputNotWritable(
        f"cannot write a temporary file: {error.strerror or error}",
        remedy="Free some space, or name another folder for temporary files by the variable TMPDIR.",
    )
