"""A worker with the fake reader that never takes a page, although it is there and beats: its consumer stalls.

The first argument says how: ``deaf``, its loop turns and asks for nothing; ``hanging``, its loop stands.
"""

import sys
import threading
from typing import Any

from celery import signals

import worker.worker_watch
from tests.fake_readers import FACTORY
from worker.errors import DigitizeError
from worker.serve import run_worker
from worker.settings import load_settings


def go_deaf(sender: Any, **_: Any) -> None:
    sender.task_consumer.cancel()


def hang(sender: Any, **_: Any) -> None:
    sender.timer.call_after(0, threading.Event().wait)


if __name__ == "__main__":
    worker.worker_watch._ORDERLY_WITHIN_S = 1.0 if "hanging" in sys.argv else 60.0
    signals.worker_ready.connect(hang if "hanging" in sys.argv else go_deaf)
    settings = load_settings()
    try:
        code = run_worker(settings, 1, reader_factory=FACTORY)
    except DigitizeError as error:
        sys.stderr.write(f"error: {error.message}\nhint: {error.remedy}\n")
        code = error.exit_code
    sys.exit(code)
