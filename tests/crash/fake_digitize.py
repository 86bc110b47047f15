"""The command line with the fake reader; it can be killed at the moment of queueing the nth page."""

import functools
import os
import signal

import worker.embedded
import worker.waiting
from tests.fake_readers import FACTORY

KILLED_AT = "KILLED_WHEN_QUEUEING_PAGE"


def be_killed_when_queueing(number):
    import worker.queue

    write, written = worker.queue.PageMessages.message, []

    def write_or_die(*args):
        written.append(args)
        if len(written) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return write(*args)

    worker.queue.PageMessages.message = write_or_die
    worker.queue._BATCH = 1  # what was sent lies in Redis


if __name__ == "__main__":
    worker.embedded.run_embedded = functools.partial(worker.embedded.run_embedded, reader_factory=FACTORY)
    worker.waiting._ASK_EVERY_S = 0.2
    if KILLED_AT in os.environ:
        be_killed_when_queueing(int(os.environ[KILLED_AT]))
    from cli.main import main

    main()
