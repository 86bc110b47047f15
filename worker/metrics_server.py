"""A small server beside a worker: ``/metrics`` for Prometheus, ``/livez`` and ``/readyz`` for a supervisor.

It only tells. Who can reach it learns how many pages there are and which model reads, no names and no
numbers; it listens on this machine alone unless told otherwise.
"""

import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from worker.errors import SettingsInvalid

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

__all__ = ["MetricsServer"]

log = logging.getLogger(__name__)

Question = Callable[[], bool]


class MetricsServer:
    """Answers from threads of its own until it is closed.

    Parameters
    ----------
    host, port : str, int
        Where to listen; port 0 takes one that is free.
    registry : CollectorRegistry
        What there is to tell.
    live : callable
        Whether the worker gets on; where not, a supervisor should start it again.
    ready : callable
        Whether it takes pages now; not while its broker is away.

    Raises
    ------
    SettingsInvalid
        Nobody can listen there.
    """

    def __init__(
        self, host: str, port: int, registry: "CollectorRegistry", *, live: Question, ready: Question
    ) -> None:
        answers = {"/livez": live, "/readyz": ready}

        class Handler(_Answer):
            told = registry
            questions = answers

        try:
            family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            kind = type("_FamilyServer", (_Server,), {"address_family": family})
            self._server: ThreadingHTTPServer = kind(address[:2], Handler)
        except OSError as error:
            raise SettingsInvalid(
                f"metrics cannot be served on {host}, port {port}: {error.strerror or error}",
                remedy="Choose another --metrics-port or --metrics-host, or end what listens there.",
            ) from error
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def leave_to_parent(self, **_: Any) -> None:
        """Let go of the port in a child, which was forked with it."""
        self._server.socket.close()

    def close(self) -> None:
        """Answer no longer."""
        if self._thread.ident is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    """Answers each question in a thread of its own."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of who hung up; a fault is one line, or object, of the log as any other."""
        if not isinstance(sys.exception(), ConnectionError):
            log.exception("a question for metrics was not answered")


class _Answer(BaseHTTPRequestHandler):
    """One question."""

    told: "CollectorRegistry"
    questions: dict[str, Question]
    timeout = 10  # of a client that says nothing

    def do_GET(self) -> None:
        """Answer."""
        path = self.path.partition("?")[0]
        if path == "/metrics":
            from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

            self._send(200, CONTENT_TYPE_LATEST, [generate_latest(self.told)])
        elif path in self.questions:
            good = self.questions[path]()
            self._send(200 if good else 503, "text/plain; charset=utf-8", [b"yes\n" if good else b"no\n"])
        else:
            self._send(404, "text/plain; charset=utf-8", [b"/metrics, /livez, /readyz\n"])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named so by the class above it
        """Log nothing: whoever watches asks every few seconds."""

    def _send(self, code: int, kind: str, parts: Iterable[bytes]) -> None:
        body = b"".join(parts)
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
