"""An S3 server on this machine, as a process of its own: moto's, with what a test needs around it.

``python tests/moto_store.py PORT CARELESS_PORT``; it ends with its standard input, so that nothing is left
of it whatever becomes of the test. Both ports lead to the same objects; who comes by the second finds a
store that takes conditions and does not heed them, as older ones do.
"""

import sys
import threading

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

#: Whoever has this key is a stranger to the store.
UNKNOWN_KEY = "AKIAUNKNOWN"
#: Nothing below such a folder may be read.
FORBIDDEN = "/forbidden/"

_ERROR = '<?xml version="1.0"?><Error><Code>{code}</Code><Message>{code}</Message></Error>'


class Around:
    """What is asked of moto passes through here.

    Parameters
    ----------
    app : callable
        moto's own.
    heeds : bool
        Whether conditions of writing get to it.
    """

    #: S3 writes whole objects one after the other; moto looks and writes in two steps.
    _writing = threading.Lock()

    def __init__(self, app, *, heeds):
        self._app = app
        self._heeds = heeds

    def __call__(self, environ, start_response):
        if f"Credential={UNKNOWN_KEY}/" in environ.get("HTTP_AUTHORIZATION", ""):
            return _refused("InvalidAccessKeyId", start_response)
        if FORBIDDEN in environ["PATH_INFO"]:
            return _refused("AccessDenied", start_response)
        if environ["REQUEST_METHOD"] != "PUT":
            return self._app(environ, start_response)
        if not self._heeds:
            environ.pop("HTTP_IF_NONE_MATCH", None)
        with self._writing:
            return self._app(environ, start_response)


def _refused(code, start_response):
    start_response("403 Forbidden", [("Content-Type", "application/xml")])
    return [_ERROR.format(code=code).encode()]


def main(port, careless_port):
    app = DomainDispatcherApplication(create_backend_app)
    for number, heeds in ((port, True), (careless_port, False)):
        server = make_server("127.0.0.1", number, Around(app, heeds=heeds), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", flush=True)  # noqa: T201
    sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
