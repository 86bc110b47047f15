"""What to say of a broker that gives no answer, or one that is a refusal; never with its password."""

from urllib.parse import urlsplit

from redis.exceptions import AuthenticationError, RedisError, ResponseError

from worker.broker_url import lacks_password, mask_url, secret_of
from worker.errors import BrokerUnreachable
from worker.shortage import out_of_files, remedy_for

__all__ = ["BrokerRefuses", "no_use_of"]

_COLON = "In DIGITIZE_BROKER_URL the password stands after a colon: redis://:PASSWORD@host"
_NO_PASSWORD = "It wants a password, and DIGITIZE_BROKER_URL has none: redis://:PASSWORD@host"
_PASSWORD = "Correct the password in DIGITIZE_BROKER_URL; in an address it is percent-encoded."
_OTHER_KEYS = "A key below key_prefix belongs to something else: take another key_prefix, or delete it."
_CERTIFICATE = (
    "Name its authority in DIGITIZE_BROKER_URL, rediss://host:6380/0?ssl_ca_certs=FILE, "
    "and the host as its certificate does; or have that certificate renewed."
)
_NO_FILE = "Correct the path after ssl_ca_certs, ssl_certfile or ssl_keyfile in DIGITIZE_BROKER_URL."
_MAYBE_TLS = "If that port speaks TLS, write rediss:// in DIGITIZE_BROKER_URL; else start Redis again."
_REFUSED = "Redis is there: mend what it says of itself, or correct DIGITIZE_BROKER_URL."


class BrokerRefuses(BrokerUnreachable):
    """It is there, and says no; its remedy is about what it says."""


def no_use_of(url: str, cause: object, remedy: str | None = None, *, then: str = "") -> BrokerUnreachable:
    """Name the broker without its password, and the cause in one line.

    Parameters
    ----------
    url : str
        The broker's address.
    cause : object
        What went wrong, an exception as a rule.
    remedy : str, optional
        What to do where there was no answer; a refusal has one of its own, and so has TLS that fails.
    then : str
        Said after a remedy of these: what goes on once that is mended.
    """
    refusal = _refusal_in(cause)
    line = " ".join(str(refusal or cause).split())
    if refusal:
        remedy = " ".join(filter(None, (_remedy_for(url, refusal), then)))
        return BrokerRefuses(f"the broker {mask_url(url)} refuses: {line}", remedy=remedy)
    if isinstance(cause, BaseException) and (shortage := out_of_files(cause)):
        remedy = remedy_for(shortage)
    elif about_tls := _remedy_for_tls(url, line):
        remedy = " ".join(filter(None, (about_tls, then)))
    elif remedy is None and _is_cut_off_without_tls(url, line):
        remedy = _MAYBE_TLS
    return BrokerUnreachable(f"the broker {mask_url(url)} does not answer: {line}", remedy=remedy)


def _refusal_in(cause: object) -> RedisError | None:
    """Return what Redis itself said no with, which the library of the queue hides in errors of its own."""
    while isinstance(cause, BaseException):
        if isinstance(cause, AuthenticationError | ResponseError):
            return cause
        cause = cause.__cause__
    return None


def _remedy_for_tls(url: str, line: str) -> str:
    """Return what to do where no connection with TLS comes about; empty where that is not it."""
    if urlsplit(url).scheme != "rediss":
        return ""
    if "certificate verify failed" in line:
        return _CERTIFICATE
    return _NO_FILE if "No such file or directory" in line else ""


def _is_cut_off_without_tls(url: str, line: str) -> bool:
    """Tell whether the other end hung up on somebody who does not speak TLS, as one does that speaks it."""
    cut_off = "Connection reset by peer" in line or "Connection closed by server" in line
    return cut_off and urlsplit(url).scheme == "redis"


def _remedy_for(url: str, refusal: RedisError) -> str:
    """Return what to do about a refusal."""
    if isinstance(refusal, AuthenticationError):
        if not secret_of(url):
            return _NO_PASSWORD
        return _COLON if lacks_password(url) else _PASSWORD
    # Of many commands sent at once the answer names the one, and its words come last.
    return _OTHER_KEYS if "WRONGTYPE " in str(refusal) else _REFUSED
