"""A worker as `digitize worker` starts it, but with the fake reader, and shorter times where asked for."""

import os
import sys

from tests.fake_readers import FACTORY
from worker.liveness import Liveness
from worker.serve import run_worker
from worker.settings import load_settings

#: Set, a worker that is gone is missed after two seconds instead of ten.
QUICK = "FAKE_WORKER_QUICK"
TIMES = {
    "": Liveness(),
    "yes": Liveness(0.2, 2.0, 0.2, 0.0),
    "redis restarts": Liveness(0.2, 2.0, 0.2, 3.0),
}

if __name__ == "__main__":
    settings = load_settings()
    factory = os.environ.get("FAKE_READER_FACTORY", FACTORY)
    level = os.environ.get("FAKE_WORKER_LOG_LEVEL", "INFO")
    liveness = TIMES[os.environ.get(QUICK, "")]
    code = run_worker(
        settings,
        settings.jobs or 1,
        reader_factory=factory,
        log_level=level,
        liveness=liveness,
        again_after_s=float(os.environ.get("FAKE_WORKER_AGAIN_S", "0.1")),
    )
    sys.exit(code)
