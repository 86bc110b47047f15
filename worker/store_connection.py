"""The connection to an object store, and what to say when a question to it fails.

Credentials and endpoint come from where AWS' own programs take them, the environment above all, and
from no argument and no setting of this program.
"""

import errno
import logging
import os
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from worker.broker_url import mask_url
from worker.errors import StoreUnreachable
from worker.object_path import ObjectPath
from worker.regular_file import FileTooLong

if TYPE_CHECKING:
    from s3fs import S3FileSystem

__all__ = ["ATTEMPTS", "asked_of", "broken_body", "forget_connection"]

_CONNECT_WITHIN_S, _ANSWER_WITHIN_S = 3, 10
#: Tries of a request, the first included.
ATTEMPTS = 3
#: Requests that are under way at one time, from all threads of a process.
_AT_ONCE = 64

#: What a store says to somebody whom it does not know, about whatever object.
_NOBODY = {
    "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "RequestTimeTooSkewed",
    "AuthorizationHeaderMalformed", "TokenRefreshRequired",
}  # fmt: skip
_MISSING = {"NoSuchKey", "NoSuchBucket", "404"}
_TAKEN = {"PreconditionFailed", "412", "ConditionalRequestConflict", "409"}

Answer = TypeVar("Answer")


def asked_of(place: ObjectPath, question: "Callable[[S3FileSystem], Answer]") -> Answer:
    """Ask the store, and say in this program's own words what went wrong; no library's text gets out.

    Parameters
    ----------
    place : ObjectPath
        What is asked about.
    question : callable
        Given what speaks to the store, returns its answer.

    Raises
    ------
    FileTooLong, FileNotFoundError, FileExistsError, OSError
        Something is wrong with this object.
    StoreUnreachable
        Something is wrong with all of them.
    """
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
    except (BotoCoreError, *broken_body(), TimeoutError) as error:
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


def broken_body() -> tuple[type[Exception], ...]:
    """Return the errors of an answer that breaks off in its middle."""
    from aiohttp import ClientError

    return (ClientError,)


def forget_connection() -> None:
    """Take credentials and endpoint anew from the environment with the next question."""
    _store.cache_clear()


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
            "retries": {"total_max_attempts": ATTEMPTS, "mode": "standard"},
            "max_pool_connections": _AT_ONCE,
        },
    )
    store.retries = 1  # botocore has tried by then
    return store
