"""A worker as `digitize worker` starts it, but with the fake reader, and shorter times where asked for."""

import os
import sys

import worker.app
import worker.heartbeat
import worker.held_pages
from tests.fake_readers import FACTORY
from worker.serve import run_worker
from worker.settings import load_settings

#: Set, a worker that is gone is missed after two seconds instead of ten.
QUICK = "FAKE_WORKER_QUICK"


def be_quick():
    worker.heartbeat._BEAT_EVERY_S, worker.heartbeat._EXPIRY_S = 0.2, 2.0
    worker.app._LOOK_FOR_LOST_PAGES_EVERY_S = 0.2
    worker.held_pages._REDIS_KNOWS_AFTER_S = 3 if os.environ[QUICK] == "redis restarts" else 0


if __name__ == "__main__":
    if os.environ.get(QUICK):
        be_quick()
    settings = load_settings()
    factory = os.environ.get("FAKE_READER_FACTORY", FACTORY)
    sys.exit(run_worker(settings, settings.jobs or 1, reader_factory=factory, again_after_s=0.1))
