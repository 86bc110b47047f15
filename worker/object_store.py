"""What is asked of an object store: read, look, list, write, write once, copy, remove.

Through s3fs, the S3 of fsspec, which is an extra: this module is imported where a URL is given, and nowhere
else. Credentials and endpoint come from where AWS' own programs take them, the environment above all, and
from no argument and no setting of this program.

An object is there as a whole or not at all, and durable once the store has answered. What concerns one
object is an ``OSError``, as with files; what concerns all of them is a :class:`StoreUnreachable`.
"""

import errno
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from worker.broker_url import mask_url
from worker.errors import StoreUnreachable
from worker.object_path import ObjectPath
from worker.regular_file import FileTooLong

if TYPE_CHECKING:
    from s3fs import S3FileSystem

__all__ = [
    "ObjectState",
    "check_putting_once",
    "copy",
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

_CONNECT_WITHIN_S, _ANSWER_WITHIN_S = 3, 10
#: Tries of a request, the first included.
_ATTEMPTS = 3
#: Requests that are under way at one time, from all threads of a process.
_AT_ONCE = 64

_PIECE_BYTES = 2**20
#: Larger files go up in parts, which become an object with the last of them.
_IN_ONE_PUT_BYTES = 50 * 2**20

#: What a store says to somebody whom it does not know, about whatever object.
_NOBODY = {
    "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "RequestTimeTooSkewed",
    "AuthorizationHeaderMalformed", "TokenRefreshRequired",
}  # fmt: skip
_MISSING = {"NoSuchKey", "NoSuchBucket", "404"}
_TAKEN = {"PreconditionFailed", "412", "ConditionalRequestConflict", "409"}

Answer = TypeVar("Answer")


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
    from fsspec.asyn import sync

    def fetch(store: "S3FileSystem") -> bytes:
        return bytes(sync(store.loop, _fetch, store, place, most_bytes))

    return _asked(place, fetch)


async def _fetch(store: "S3FileSystem", place: ObjectPath, most_bytes: int | None) -> bytearray:
    """Read the body as it comes, and stop where it is too long; a connection that breaks is tried again."""
    from botocore.exceptions import HTTPClientError, ResponseStreamingError

    for left in reversed(range(_ATTEMPTS)):
        answer = await store._call_s3("get_object", Bucket=place.bucket, Key=place.key)
        data = bytearray()
        try:
            async with answer["Body"] as body:
                size_bytes = answer.get("ContentLength")
                if most_bytes is not None and (size_bytes or 0) > most_bytes:
                    raise _too_long(place, most_bytes)
                while piece := await body.read(_PIECE_BYTES):
                    data += piece
                    if most_bytes is not None and len(data) > most_bytes:
                        raise _too_long(place, most_bytes)
            if size_bytes in (None, len(data)):
                return data
        except (HTTPClientError, ResponseStreamingError, TimeoutError, *_broken_body()):
            if not left:
                raise
    raise OSError(errno.EIO, "the store ended its answer too early", str(place))


def _broken_body() -> tuple[type[Exception], ...]:
    from aiohttp import ClientError

    return (ClientError,)


def _too_long(place: ObjectPath, most_bytes: int) -> FileTooLong:
    return FileTooLong(errno.EFBIG, f"it has more than {most_bytes} bytes", str(place))


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
    told = _asked(place, lambda store: store.call_s3("head_object", Bucket=place.bucket, Key=place.key))
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
        told = _asked(folder, lambda store: store.call_s3("list_objects_v2", **asked))
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
    _asked(place, lambda store: store.call_s3("put_object", Bucket=place.bucket, Key=place.key, Body=data))


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
        return _asked(place, ask)
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


def upload(place: ObjectPath, file: Path) -> None:
    """Write a file's content as an object, which is there once all of it is.

    Raises
    ------
    OSError
        It may not be written.
    StoreUnreachable
    """
    if file.stat().st_size <= _IN_ONE_PUT_BYTES:
        put(place, file.read_bytes())
        return
    _asked(place, lambda store: store.put_file(str(file), f"{place.bucket}/{place.key}"))


def copy(place: ObjectPath, target: ObjectPath) -> None:
    """Give an object a second name, in place of what has that.

    Raises
    ------
    FileNotFoundError, OSError
        It is not there, or may not be copied.
    StoreUnreachable
    """
    source = {"Bucket": place.bucket, "Key": place.key}
    _asked(
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
    _asked(place, lambda store: store.call_s3("delete_object", Bucket=place.bucket, Key=place.key))


def _asked(place: ObjectPath, question: "Callable[[S3FileSystem], Answer]") -> Answer:
    """Ask the store, and say in this program's own words what went wrong; no library's text gets out."""
    store = _store(os.getpid())
    from botocore.exceptions import BotoCoreError, NoCredentialsError, PartialCredentialsError

    try:
        return question(store)
    except FileTooLong:
        raise
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise StoreUnreachable(
            f"no credentials for {_named(place)}",
            remedy="Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or whatever else your store wants.",
        ) from error
    except (BotoCoreError, *_broken_body(), TimeoutError) as error:
        raise StoreUnreachable(f"{_named(place)} does not answer: {type(error).__name__}") from error
    except OSError as error:
        raise _in_own_words(place, error) from error


def _in_own_words(place: ObjectPath, error: OSError) -> Exception:
    """Tell what is wrong with one object from what is wrong with all."""
    response = getattr(error.__cause__, "response", None) or {}
    code = str(response.get("Error", {}).get("Code", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _NOBODY:
        return StoreUnreachable(
            f"{_named(place)} refuses the credentials: {code}",
            remedy="Correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or renew what they came from.",
        )
    if code in _MISSING or isinstance(error, FileNotFoundError):
        what = "bucket" if code == "NoSuchBucket" else "object"
        return FileNotFoundError(errno.ENOENT, f"no such {what}", str(place))
    if code in _TAKEN or isinstance(error, FileExistsError):
        return FileExistsError(errno.EEXIST, "something has this name", str(place))
    if isinstance(error, PermissionError):
        return PermissionError(errno.EACCES, "the store refuses access", str(place))
    if code in ("NotImplemented", "501"):
        return OSError(errno.ENOSYS, "the store cannot do that", str(place))
    if status >= 500 or code == "SlowDown" or not response:
        return StoreUnreachable(f"{_named(place)} does not answer: {code or type(error).__name__}")
    return OSError(errno.EIO, f"the store refuses: {code}", str(place))


def _named(place: ObjectPath) -> str:
    """Name a bucket, and where it is asked for."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    return f"s3://{place.bucket}" + (f" at {mask_url(endpoint)}" if endpoint else "")


def forget() -> None:
    """Take credentials and endpoint anew from the environment with the next question."""
    _store.cache_clear()
    _heeding.clear()


@lru_cache(maxsize=1)
def _store(process: int) -> "S3FileSystem":
    """Return what speaks to the store, made once a process; it may be asked from any thread."""
    for name in ("aiobotocore", "botocore", "fsspec", "s3fs", "asyncio", "urllib3"):
        # What these say of their requests holds tokens, and what can be signed with keys.
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        from s3fs import S3FileSystem
    except ImportError as error:
        raise StoreUnreachable(
            "s3:// needs s3fs, which is not installed here",
            remedy="Install the extra: pip install 'digitize[objects]', on each machine that reads.",
        ) from error
    store = S3FileSystem(
        skip_instance_cache=True,
        use_listings_cache=False,
        config_kwargs={
            "connect_timeout": _CONNECT_WITHIN_S,
            "read_timeout": _ANSWER_WITHIN_S,
            "retries": {"total_max_attempts": _ATTEMPTS, "mode": "standard"},
            "max_pool_connections": _AT_ONCE,
        },
    )
    store.retries = 1  # botocore has tried by then
    return store
