"""A worker with the fake reader that is killed at the moment when Redis has handed it its first page."""

import os
import signal
import sys
from typing import Any

from tests.fake_readers import FACTORY
from worker.lost_acks import ForgivingQoS
from worker.serve import run_worker
from worker.settings import load_settings


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    settings = load_settings()
    ForgivingQoS.append = die
    sys.exit(run_worker(settings, settings.jobs or 1, reader_factory=FACTORY))
