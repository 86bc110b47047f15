"""Addresses of a broker: where they are found, which ones are understood, how they are shown."""

from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

__all__ = ["broker_variable", "is_redis_url", "mask_url"]

#: Variables that name a broker in many deployments, asked in this order after DIGITIZE_BROKER_URL.
FALLBACK_VARIABLES = ("CELERY_BROKER_URL", "REDIS_URL")

SCHEMES = ("redis", "rediss")


def broker_variable(environ: Mapping[str, str]) -> str | None:
    """Return the name of the first common broker variable that is set."""
    return next((name for name in FALLBACK_VARIABLES if environ.get(name)), None)


def is_redis_url(url: str) -> bool:
    """Tell whether `url` names a Redis server.

    A password with ``/``, ``#``, ``?`` or ``@`` in it has to be percent-encoded: without that
    nobody can tell where it ends, and it could be shown.

    Examples
    --------
    >>> is_redis_url("redis://localhost:6379/0"), is_redis_url("amqp://localhost")
    (True, False)
    """
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return usable and parts.scheme in SCHEMES and "@" not in parts.path + parts.query + parts.fragment


def mask_url(url: str) -> str:
    """Return `url` with the password in it replaced by ``***``.

    Examples
    --------
    >>> mask_url("redis://clerk:secret@host:6379/0")
    'redis://clerk:***@host:6379/0'
    """
    parts = urlsplit(url)
    credentials, at, host = parts.netloc.rpartition("@")
    user, colon, _ = credentials.partition(":")
    query = "***" if parts.query else ""
    return urlunsplit(parts._replace(netloc=f"{user}{colon and ':***'}{at}{host}", query=query))
