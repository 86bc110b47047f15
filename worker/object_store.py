"""What is asked of an object store: read, look, list, write, write once, copy, remove.

Through s3fs, the S3 of fsspec, which is an extra: this module is imported where a URL is given, and nowhere
else. What is asked goes through :mod:`worker.store_connection`.

An object is there as a whole or not at all, and durable once the store has answered. What concerns one
object is an ``OSError``, as with files; what concerns all of them is a :class:`StoreUnreachable`.
"""

import errno
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO

from worker.object_body import fetch_body
from worker.object_parts import put_in_parts
from worker.object_path import ObjectPath
from worker.store_connection import asked_of, forget_connection

if TYPE_CHECKING:
    from s3fs import S3FileSystem

__all__ = [
    "ObjectState",
    "check_putting_once",
    "copy",
    "fetch",
    "forget",
    "listing",
    "look",
    "prefixes",
    "put",
    "put_once",
    "read",
    "remove",
    "upload",
]

#: What is larger goes up in parts of this size, which become an object with the last of them.
_IN_ONE_PUT_BYTES = 50 * 2**20


@dataclass(frozen=True, slots=True)
class ObjectState:
    """What a store tells of an object without giving it away.

    Attributes
    ----------
    place : ObjectPath
        The object.
    size_bytes : int
    etag : str
        Tells one version from another; no hash of the content that could be relied on.
    modified_s : float
        Since the epoch, by the store's clock.
    """

    place: ObjectPath
    size_bytes: int
    etag: str
    modified_s: float


def read(place: ObjectPath, *, most_bytes: int | None = None) -> bytes:
    """Return what an object holds.

    Parameters
    ----------
    place : ObjectPath
        The object.
    most_bytes : int, optional
        No more is fetched, whatever the store says of the object's length.

    Raises
    ------
    FileTooLong
        There is more in it.
    FileNotFoundError, OSError
        There is no such object, or it may not be read.
    StoreUnreachable
    """
    data = bytearray()

    def begin() -> Callable[[bytes], None]:
        data.clear()
        return data.extend

    fetch(place, begin, most_bytes=most_bytes)
    return bytes(data)


def fetch(
    place: ObjectPath, begin: Callable[[], Callable[[bytes], object]], *, most_bytes: int | None = None
) -> None:
    """Hand on what an object holds, a piece after the other; parameters and errors as for :func:`read`.

    Parameters
    ----------
    begin : callable
        Called before the first piece, and again where the answer broke off and is asked for anew; returns
        what takes the pieces. What either raises, if it is no ``OSError``, ends the fetching.
    """
    from fsspec.asyn import sync

    asked_of(place, lambda store: sync(store.loop, fetch_body, store, place, begin, most_bytes))


def look(place: ObjectPath) -> ObjectState:
    """Tell what an object is like.

    Raises
    ------
    FileNotFoundError, OSError
        There is no such object, or it may not be looked at.
    StoreUnreachable
    """
    if not place.key:
        raise FileNotFoundError(errno.ENOENT, "no such object", str(place))
    told = asked_of(place, lambda store: store.call_s3("head_object", Bucket=place.bucket, Key=place.key))
    return ObjectState(place, told["ContentLength"], told["ETag"], told["LastModified"].timestamp())


def listing(folder: ObjectPath, *, deep: bool = False) -> Iterator[ObjectState | str]:
    """List what lies below a place, by name, some thousand at a time.

    Parameters
    ----------
    folder : ObjectPath
        Or a whole bucket.
    deep : bool
        Everything below; otherwise only what lies in it, and names of what lies there and has more below.

    Yields
    ------
    ObjectState or str
        An object; a key that ends in ``/`` and stands for all below it; or a key that no
        :class:`ObjectPath` can have.

    Raises
    ------
    FileNotFoundError, OSError
        There is no such bucket, or it may not be listed.
    StoreUnreachable
    """
    prefix = f"{folder.key}/" if folder.key else ""
    asked: dict[str, Any] = {
        "Bucket": folder.bucket,
        "Prefix": prefix,
        **({} if deep else {"Delimiter": "/"}),
    }
    more = True
    while more:
        told = asked_of(folder, lambda store: store.call_s3("list_objects_v2", **asked))
        for found in told.get("Contents", ()):
            if found["Key"].endswith("/"):  # how some programs show an empty folder
                continue
            try:
                place = ObjectPath(folder.bucket, found["Key"])
            except ValueError:
                yield found["Key"]
                continue
            yield ObjectState(place, found["Size"], found["ETag"], found["LastModified"].timestamp())
        yield from (found["Prefix"] for found in told.get("CommonPrefixes", ()))
        more = bool(told.get("IsTruncated"))
        asked["ContinuationToken"] = told.get("NextContinuationToken")


def prefixes(folder: ObjectPath) -> list[ObjectPath]:
    """Return what lies in a place and has more below, as folders do."""
    found = (each for each in listing(folder) if isinstance(each, str) and each.endswith("/"))
    return [ObjectPath(folder.bucket, each.removesuffix("/")) for each in found]


def put(place: ObjectPath, data: bytes) -> None:
    """Write an object, in place of what had its name.

    Raises
    ------
    OSError
        It may not be written.
    StoreUnreachable
    """
    asked_of(place, lambda store: store.call_s3("put_object", Bucket=place.bucket, Key=place.key, Body=data))


def put_once(place: ObjectPath, data: bytes) -> bool:
    """Write an object if nothing has that name yet; of two that do so at one moment one succeeds.

    Whether the store can do that is tried before, once a process and bucket, on an object of a name that
    nobody else has: some take the condition and do not heed it.

    Returns
    -------
    bool
        False if the name was taken; what has it is untouched.

    Raises
    ------
    OSError
        It may not be written, or the store cannot do that.
    StoreUnreachable
    """
    check_putting_once(place)
    return _put_if_free(place, data)


def _put_if_free(place: ObjectPath, data: bytes) -> bool:
    def ask(store: "S3FileSystem") -> bool:
        store.call_s3("put_object", Bucket=place.bucket, Key=place.key, Body=data, IfNoneMatch="*")
        return True

    try:
        return asked_of(place, ask)
    except FileExistsError:
        return False


_heeding: set[str] = set()


def check_putting_once(place: ObjectPath) -> None:
    """Try on an object of another name, once a process and bucket, whether :func:`put_once` holds there.

    Raises
    ------
    OSError
        Nothing may be written there, or the store does not heed the condition.
    StoreUnreachable
    """
    if place.bucket in _heeding:
        return
    trial = place.with_name(f".{place.name}.{os.urandom(8).hex()}.tmp")
    cannot = OSError(
        errno.ENOTSUP,
        "the store does not heed `If-None-Match: *`, without which two programs could make one job at a time",
        str(trial.parent),
    )
    try:
        heeds = _put_if_free(trial, b"") and not _put_if_free(trial, b"")
    except OSError as error:
        if error.errno == errno.ENOSYS:
            raise cannot from error
        raise
    finally:
        try:
            remove(trial)
        except OSError:
            logging.getLogger(__name__).debug("%s was left behind", trial)
    if not heeds:
        raise cannot
    _heeding.add(place.bucket)


def upload(place: ObjectPath, stream: BinaryIO) -> None:
    """Write a file's content, from where it stands, as an object, which is there once all of it is.

    Raises
    ------
    OSError
        It may not be written.
    StoreUnreachable
    """
    first = stream.read(_IN_ONE_PUT_BYTES)
    if len(first) < _IN_ONE_PUT_BYTES:
        put(place, first)
        return
    parts = chain([first], iter(lambda: stream.read(_IN_ONE_PUT_BYTES), b""))
    asked_of(place, lambda store: put_in_parts(store, place, parts))


def copy(place: ObjectPath, target: ObjectPath) -> None:
    """Give an object a second name, in place of what has that.

    Raises
    ------
    FileNotFoundError, OSError
        It is not there, or may not be copied.
    StoreUnreachable
    """
    source = {"Bucket": place.bucket, "Key": place.key}
    asked_of(
        place,
        lambda store: store.call_s3("copy_object", Bucket=target.bucket, Key=target.key, CopySource=source),
    )


def remove(place: ObjectPath) -> None:
    """Take an object away; one that is not there is none the less.

    Raises
    ------
    OSError
        It may not be taken away.
    StoreUnreachable
    """
    asked_of(place, lambda store: store.call_s3("delete_object", Bucket=place.bucket, Key=place.key))


def forget() -> None:
    """Take credentials and endpoint anew from the environment with the next question."""
    forget_connection()
    _heeding.clear()
