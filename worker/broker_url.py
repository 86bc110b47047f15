"""Addresses of a broker: where they are found, which ones are understood, how they are shown."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit, urlunsplit

__all__ = ["broker_variable", "lacks_password", "mask_url", "problem_with", "secret_of", "verifying"]

#: Variables that name a broker in many deployments, asked in this order after DIGITIZE_BROKER_URL.
FALLBACK_VARIABLES = ("CELERY_BROKER_URL", "REDIS_URL")

SCHEMES = ("redis", "rediss")

#: What may follow the host: nothing, or a database. Redis counts them with 32 bits, so nine digits will do.
_DATABASE = re.compile(r"/?|/[0-9]{1,9}")

#: What both the library of the queue and that of Redis understand after the question mark.
_TLS_OPTIONS = ("ssl_ca_certs", "ssl_cert_reqs", "ssl_certfile", "ssl_check_hostname", "ssl_keyfile")
_CERTIFICATE = ("none", "optional", "required")

_LOOKS_LIKE = "a broker looks like redis://host:6379/0 or rediss://host:6380/0"


def broker_variable(environ: Mapping[str, str]) -> str | None:
    """Return the name of the first common broker variable that is set."""
    return next((name for name in FALLBACK_VARIABLES if environ.get(name)), None)


def problem_with(url: str) -> str:
    """Say why `url` names no Redis server that a queue can use; empty where it does.

    A password with ``/``, ``#``, ``?`` or ``@`` in it has to be percent-encoded: without that
    nobody can tell where it ends, and it could be shown.

    Examples
    --------
    >>> problem_with("redis://localhost:6379/0")
    ''
    >>> problem_with("redis://localhost:6379/jobs")
    'the database after the host has to be a number, as in redis://host:6379/0'
    """
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return _LOOKS_LIKE
    if not usable or parts.scheme not in SCHEMES or "@" in parts.path + parts.query + parts.fragment:
        return _LOOKS_LIKE
    if not _DATABASE.fullmatch(parts.path):
        return "the database after the host has to be a number, as in redis://host:6379/0"
    return _problem_with_options(parts.query, of_tls=parts.scheme == "rediss")


def _problem_with_options(query: str, *, of_tls: bool) -> str:
    """Say what of an address after its ``?`` would be refused by one of the libraries that are given it."""
    for name, value in parse_qsl(query, keep_blank_values=True):
        if not of_tls or name not in _TLS_OPTIONS:
            return f"after ? only rediss:// may have options, and these: {', '.join(_TLS_OPTIONS)}"
        if name == "ssl_cert_reqs" and value not in _CERTIFICATE:
            return f"ssl_cert_reqs has to be one of {', '.join(_CERTIFICATE)}"
    return ""


def mask_url(url: str) -> str:
    """Return `url` with the password in it replaced by ``***``.

    What stands alone before the ``@`` is mostly a password that was meant, without its colon.

    Examples
    --------
    >>> mask_url("redis://clerk:secret@host:6379/0")
    'redis://clerk:***@host:6379/0'
    >>> mask_url("redis://secret@host:6379/0")
    'redis://***@host:6379/0'
    """
    parts = urlsplit(url)
    credentials, at, host = parts.netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    shown = f"{user}:***" if password else credentials and "***"
    query = "***" if parts.query else ""
    return urlunsplit(parts._replace(netloc=f"{shown}{at}{host}", query=query))


def secret_of(url: str) -> str:
    """Return what of an address is not shown, as it stands there: the password, or what has its place."""
    parts = urlsplit(url)
    return parts.password or parts.username or ""


def lacks_password(url: str) -> bool:
    """Tell whether an address names a user and no password, which Redis takes for nobody's."""
    parts = urlsplit(url)
    return bool(parts.username) and not parts.password


def verifying(url: str) -> str:
    """Return `url` so that everybody who connects by it checks the broker's certificate.

    The library of Redis does so unless told otherwise; that of the queue does not where no option says
    anything about TLS, and would hand the password to whoever stands in between.

    Examples
    --------
    >>> verifying("rediss://host:6380/0")
    'rediss://host:6380/0?ssl_cert_reqs=required'
    >>> verifying("rediss://host:6380/0?ssl_cert_reqs=none")
    'rediss://host:6380/0?ssl_cert_reqs=none'
    """
    parts = urlsplit(url)
    named = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if parts.scheme != "rediss" or "ssl_cert_reqs" in named:
        return url
    query = f"{parts.query}&ssl_cert_reqs=required" if parts.query else "ssl_cert_reqs=required"
    return urlunsplit(parts._replace(query=query))
