"""The content of an object, fetched in bounds, whatever the store says of its length."""

import errno
from collections.abc import Callable
from typing import TYPE_CHECKING

from worker.object_path import ObjectPath
from worker.regular_file import FileTooLong
from worker.store_connection import ATTEMPTS, broken_body

if TYPE_CHECKING:
    from s3fs import S3FileSystem

__all__ = ["fetch_body"]

_PIECE_BYTES = 2**20


async def fetch_body(
    store: "S3FileSystem",
    place: ObjectPath,
    begin: Callable[[], Callable[[bytes], object]],
    most_bytes: int | None,
) -> None:
    """Hand on what an object holds as it comes, stop where it is too long; what breaks off is tried again.

    Parameters
    ----------
    store : S3FileSystem
        Speaks to the store; this runs in its loop.
    place : ObjectPath
        The object.
    begin : callable
        Called before each try; returns what takes the pieces of it.
    most_bytes : int or None
        No more is fetched, whatever the store says of the object's length.

    Raises
    ------
    FileTooLong
        There is more in it.
    OSError
        It breaks off each time.
    """
    from botocore.exceptions import HTTPClientError, ResponseStreamingError

    for left in reversed(range(ATTEMPTS)):
        answer = await store._call_s3("get_object", Bucket=place.bucket, Key=place.key)
        take, taken_bytes = begin(), 0
        try:
            async with answer["Body"] as body:
                size_bytes = answer.get("ContentLength")
                if most_bytes is not None and (size_bytes or 0) > most_bytes:
                    raise _too_long(place, most_bytes)
                while piece := await body.read(_PIECE_BYTES):
                    taken_bytes += len(piece)
                    if most_bytes is not None and taken_bytes > most_bytes:
                        raise _too_long(place, most_bytes)
                    take(piece)
            if size_bytes in (None, taken_bytes):
                return
        except (HTTPClientError, ResponseStreamingError, TimeoutError, *broken_body()):
            if not left:
                raise
    raise OSError(errno.EIO, "the store ended its answer too early", str(place))


def _too_long(place: ObjectPath, most_bytes: int) -> FileTooLong:
    return FileTooLong(errno.EFBIG, f"it has more than {most_bytes} bytes", str(place))
