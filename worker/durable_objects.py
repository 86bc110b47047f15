"""What :mod:`worker.durable` does with files, done with objects, which need neither rename nor fsync.

A PUT is whole or not there, and durable once it is answered.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import BinaryIO

from worker import object_store
from worker.errors import OutputNotWritable
from worker.object_path import ObjectPath

__all__ = ["check_creating", "create", "uploaded", "write"]


@contextmanager
def uploaded(place: ObjectPath) -> Iterator[BinaryIO]:
    """Give a temporary file to write to; what is in it goes up as a whole when all of it was written.

    Raises
    ------
    OutputNotWritable
        The object cannot be written, or there is no space for temporary files.
    StoreUnreachable
        The store gives no answer.
    """
    try:
        # Without a name: of a program that is killed nothing is left.
        with TemporaryFile("w+b") as stream:
            yield stream
            stream.seek(0)
            object_store.upload(place, stream)
    except OSError as error:
        raise _not_writable(place, error) from error


def write(place: ObjectPath, data: bytes) -> None:
    """Write an object, all or nothing.

    Raises
    ------
    OutputNotWritable
        It cannot be written.
    StoreUnreachable
        The store gives no answer.
    """
    try:
        object_store.put(place, data)
    except OSError as error:
        raise _not_writable(place, error) from error


def check_creating(place: ObjectPath) -> None:
    """Find out early whether :func:`create` could write here.

    Raises
    ------
    OutputNotWritable
        It could not.
    StoreUnreachable
        The store gives no answer.
    """
    try:
        object_store.check_putting_once(place)
    except OSError as error:
        raise _not_writable(place, error) from error


def create(place: ObjectPath, data: bytes) -> bool:
    """Write an object if nothing has that name yet; False if something has.

    Raises
    ------
    OutputNotWritable
        It cannot be written; or the store cannot do that, so that two programs could both think they did.
    StoreUnreachable
        The store gives no answer.
    """
    try:
        return object_store.put_once(place, data)
    except OSError as error:
        raise _not_writable(place, error) from error


def _not_writable(place: ObjectPath, error: OSError) -> OutputNotWritable:
    return OutputNotWritable(
        f"cannot write {place}: {error.strerror or error}",
        remedy="Name another place with -o, or have the store allow it; a local folder will do, too.",
    )
