"""Files read one after the other, and objects fetched while others are still looked at.

A store takes some tens of milliseconds for each object, whatever its size: asked for one at a time, a
million would take a day.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from worker.input_order import FoundFile
from worker.object_path import ObjectPath

__all__ = ["fetched_ahead", "side_by_side"]

#: Objects that may lie in memory at a time, before they are looked at: each may be as large as a file may be.
_AHEAD = 4

#: Small answers that are waited for at a time.
_AT_ONCE = 32

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def fetched_ahead(
    files: Iterable[FoundFile], read: Callable[[FoundFile], bytes]
) -> Iterator[tuple[FoundFile, Callable[[], bytes]]]:
    """Go through files in their order, each with what gives its content, or raises what `read` does.

    Parameters
    ----------
    files : iterable of FoundFile
        A file is read when its content is asked for, an object is fetched some places earlier.
    read : callable
        Called with each file; with objects in threads.
    """
    waiting: deque[tuple[FoundFile, Callable[[], bytes]]] = deque()
    # No thread is started before there is something for it to do.
    pool = ThreadPoolExecutor(_AHEAD, thread_name_prefix="fetch")
    try:
        for file in files:
            is_object = isinstance(file.path, ObjectPath)
            waiting.append((file, pool.submit(read, file).result if is_object else partial(read, file)))
            if len(waiting) >= _AHEAD:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
    finally:
        pool.shutdown(cancel_futures=True)


def side_by_side(ask: Callable[[Item], Answer], items: Iterable[Item]) -> Iterator[tuple[Item, Answer]]:
    """Go through items in their order, each with its answer, while further ones are asked about.

    Raises
    ------
    Exception
        What `ask` raises, when it is that item's turn.
    """
    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="ask")
    waiting: deque[tuple[Item, Callable[[], Answer]]] = deque()
    try:
        for item in items:
            waiting.append((item, pool.submit(ask, item).result))
            if len(waiting) > 2 * _AT_ONCE:
                item, answer = waiting.popleft()
                yield item, answer()
        while waiting:
            item, answer = waiting.popleft()
            yield item, answer()
    finally:
        pool.shutdown(cancel_futures=True)
