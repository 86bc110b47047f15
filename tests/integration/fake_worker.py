"""A worker as `digitize worker` starts it, but with the fake reader."""

import os
import sys

from tests.fake_readers import FACTORY
from worker.serve import run_worker
from worker.settings import load_settings

if __name__ == "__main__":
    settings = load_settings()
    factory = os.environ.get("FAKE_READER_FACTORY", FACTORY)
    level = os.environ.get("FAKE_WORKER_LOG_LEVEL", "INFO")
    code = run_worker(
        settings, settings.jobs or 1, reader_factory=factory, log_level=level, again_after_s=0.1
    )
    sys.exit(code)
