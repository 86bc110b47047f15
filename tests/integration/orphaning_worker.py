"""A worker that its first child kills, before that one has asked the system to end it with its parent."""

import os
import signal
import sys
from typing import Any

from celery import platforms

from tests.fake_readers import FACTORY, wait_until
from worker.serve import run_worker
from worker.settings import load_settings

ask_the_system = platforms.set_pdeathsig
parent = os.getpid()


def be_late(*args: Any) -> None:
    os.kill(parent, signal.SIGKILL)
    wait_until(lambda: os.getppid() != parent, "the parent is gone")
    ask_the_system(*args)


if __name__ == "__main__":
    settings = load_settings()
    platforms.set_pdeathsig = be_late
    sys.exit(run_worker(settings, settings.jobs or 1, reader_factory=FACTORY))
