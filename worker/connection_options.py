"""How soon a connection to Redis is missed that says nothing any more.

A cable that is pulled out, a machine that vanishes, a firewall that forgets: no packet tells either end that
the connection is gone. Whoever sends has to give up waiting for an answer, and whoever waits has to ask the
system to look whether the other end is still there.
"""

import socket
from typing import Any

__all__ = ["connection_options"]

#: An address where nobody answers is given up after this.
_CONNECT_TIMEOUT_S = 2
#: A broker that stops answering on an open connection is given up after this: it answers in milliseconds,
#: and a disk that it waits for holds it up for a second or two.
_SOCKET_TIMEOUT_S = 5
#: A connection that was silent for so long is tried before it is used, and one on which a page is waited
#: for, to which Redis answers each second, is given up when it was silent for a second more.
_TRIED_EVERY_S = 5

#: The system asks the other end of a silent connection after so long,
_KEEPALIVE_AFTER_S = 5
#: so often again,
_KEEPALIVE_EVERY_S = 2
#: and takes it for gone after so many questions without an answer.
_KEEPALIVE_QUESTIONS = 3
#: What was sent and is not acknowledged by the system at the other end is waited for no longer.
_UNHEARD_MS = 10_000


def connection_options() -> dict[str, Any]:
    """Return what Kombu's Redis transport is to be told of its connections."""
    return {
        "socket_connect_timeout": _CONNECT_TIMEOUT_S,
        "socket_timeout": _SOCKET_TIMEOUT_S,
        "health_check_interval": _TRIED_EVERY_S,
        "socket_keepalive": True,
        "socket_keepalive_options": _keepalive(),
    }


def _keepalive() -> dict[int, int]:
    """Return the options of TCP that this system knows."""
    wanted = {
        "TCP_KEEPIDLE": _KEEPALIVE_AFTER_S,
        "TCP_KEEPINTVL": _KEEPALIVE_EVERY_S,
        "TCP_KEEPCNT": _KEEPALIVE_QUESTIONS,
        "TCP_USER_TIMEOUT": _UNHEARD_MS,
    }
    return {getattr(socket, name): value for name, value in wanted.items() if hasattr(socket, name)}
