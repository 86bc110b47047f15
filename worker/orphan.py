"""A process that reads for another one ends with it: nobody else would stop what it is doing."""

import multiprocessing
import os
import threading
from multiprocessing.connection import wait

__all__ = ["end_with_parent"]


def end_with_parent() -> None:
    """Have this child end at once when the process that started it is gone, however that ended.

    A page that never ends would go on for ever, because its time limit is the parent's to keep.
    """
    threading.Thread(target=_wait_for_its_end, name="end-with-parent", daemon=True).start()


def _wait_for_its_end() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
