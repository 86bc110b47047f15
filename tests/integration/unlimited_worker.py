"""A worker with the fake reader whose first process cannot be held to a limit of memory."""

import sys
from pathlib import Path

from tests.fake_readers import FACTORY
from worker import reader_cache
from worker.serve import run_worker
from worker.settings import load_settings

limit_memory = reader_cache.limit_memory


def refused_once(megabytes: int) -> None:
    try:
        Path("refused").touch(exist_ok=False)
    except FileExistsError:
        limit_memory(megabytes)
    else:
        raise OverflowError("the system refuses the limit")


if __name__ == "__main__":
    settings = load_settings()
    reader_cache.limit_memory = refused_once
    sys.exit(run_worker(settings, 1, reader_factory=FACTORY, again_after_s=0.1))
