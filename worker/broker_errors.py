"""What to say of a broker that gives no answer, or one that is a refusal; never with its password."""

from redis.exceptions import AuthenticationError, RedisError, ResponseError

from worker.broker_url import lacks_password, mask_url
from worker.errors import BrokerUnreachable
from worker.shortage import out_of_files, remedy_for

__all__ = ["BrokerRefuses", "no_use_of"]

_COLON = "In DIGITIZE_BROKER_URL the password stands after a colon: redis://:PASSWORD@host"
_PASSWORD = "Correct the password in DIGITIZE_BROKER_URL; in an address it is percent-encoded."
_OTHER_KEYS = "A key below key_prefix belongs to something else: take another key_prefix, or delete it."
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
        What to do where there was no answer; a refusal has one of its own.
    then : str
        Said after the remedy of a refusal: what goes on once that is mended.
    """
    refusal = _refusal_in(cause)
    line = " ".join(str(refusal or cause).split())
    if refusal:
        remedy = " ".join(filter(None, (_remedy_for(url, refusal), then)))
        return BrokerRefuses(f"the broker {mask_url(url)} refuses: {line}", remedy=remedy)
    if isinstance(cause, BaseException) and (shortage := out_of_files(cause)):
        remedy = remedy_for(shortage)
    return BrokerUnreachable(f"the broker {mask_url(url)} does not answer: {line}", remedy=remedy)


def _refusal_in(cause: object) -> RedisError | None:
    """Return what Redis itself said no with, which the library of the queue hides in errors of its own."""
    while isinstance(cause, BaseException):
        if isinstance(cause, AuthenticationError | ResponseError):
            return cause
        cause = cause.__cause__
    return None


def _remedy_for(url: str, refusal: RedisError) -> str:
    """Return what to do about a refusal."""
    if isinstance(refusal, AuthenticationError):
        return _COLON if lacks_password(url) else _PASSWORD
    # Of many commands sent at once the answer names the one, and its words come last.
    return _OTHER_KEYS if "WRONGTYPE " in str(refusal) else _REFUSED
