"""A page in headless Chromium: files are served to it, and it posts its answer back.

Nothing but the standard library and the browser is needed, and the browser is cut off from every
address but this process's own.
"""

import json
import mimetypes
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from threading import Thread
from urllib.parse import urlsplit

from model.errors import ExportFailed, RuntimeMissing

__all__ = ["BROWSERS", "answer_of_page", "find_browser"]

#: What Chromium is called, by distribution.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

#: Seconds that a page may take; a machine that trains beside it is slow.
PATIENCE_S = 180.0

_FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--mute-audio",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


def find_browser() -> str:
    """Return the path of Chromium.

    Raises
    ------
    RuntimeMissing
        It is not installed.
    """
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    raise RuntimeMissing(
        "there is no Chromium to load the export with", remedy="Install it: `apt install chromium` on Debian."
    )


def answer_of_page(
    files: Mapping[str, bytes],
    page: str,
    *,
    browser: str,
    flags: Sequence[str] = (),
    patience_s: float = PATIENCE_S,
) -> bytes:
    """Open a page and return what it posts to ``/answer``.

    Parameters
    ----------
    files : mapping of str to bytes
        By path, such as ``/index.html``.
    page : str
        Which of them to open.
    browser : str
        Path of Chromium.
    flags : sequence of str
        Further ones for it.
    patience_s : float
        Seconds to wait at most.

    Returns
    -------
    bytes
        The body.

    Raises
    ------
    ExportFailed
        The page posted to ``/error``, or nothing in that time, or the browser ended.
    """
    answers: Queue[tuple[str, bytes]] = Queue()
    with _served(files, answers) as address, _opened(browser, flags, f"{address}{page}", answers):
        try:
            path, body = answers.get(timeout=patience_s)
        except Empty:
            raise ExportFailed(f"the page gave no answer within {patience_s:g} s") from None
    if path != "/answer":
        raise ExportFailed(f"in the browser: {body.decode('utf-8', 'replace')}")
    return body


@contextmanager
def _served(files: Mapping[str, bytes], answers: "Queue[tuple[str, bytes]]") -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            path += "index.html" if path.endswith("/") else ""
            found = files.get(path)
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Type", mimetypes.guess_type(path)[0] or "application/octet-stream")
            self.send_header("Content-Length", str(len(found or b"")))
            self.end_headers()
            self.wfile.write(found or b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()
            answers.put((self.path, body))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
            """Say nothing: what goes wrong is posted."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


@contextmanager
def _opened(
    browser: str, flags: Sequence[str], address: str, answers: "Queue[tuple[str, bytes]]"
) -> Iterator[None]:
    # Root has no sandbox, and containers often are root.
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [browser, *_FLAGS, *root, f"--user-data-dir={profile}", *flags, address],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

        def tell_of_its_end() -> None:
            code = process.wait()
            answers.put(("/error", json.dumps({"the browser ended with": code}).encode()))

        Thread(target=tell_of_its_end, daemon=True).start()
        try:
            yield
        finally:
            _end_group(process)


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """End the browser and its own children: they are a group of their own."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
