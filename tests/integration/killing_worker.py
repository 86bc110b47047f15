"""A worker with the fake reader that loses all its processes at the very moment when it is ready."""

import os
import signal
import sys
from typing import Any

from billiard.process import active_children
from celery import signals

from tests.fake_readers import FACTORY
from worker.serve import run_worker
from worker.settings import load_settings


def lose_all_children(**_: Any) -> None:
    children = active_children()
    for child in children:
        os.kill(child.pid, signal.SIGKILL)
        # Gone, and not yet taken note of by the pool.
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    sys.stdout.write(f"killed {len(children)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    settings = load_settings()
    signals.worker_ready.connect(lose_all_children)
    sys.exit(run_worker(settings, settings.jobs or 1, reader_factory=FACTORY, again_after_s=0.1))
