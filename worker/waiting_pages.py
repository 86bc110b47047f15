"""The pages that a run without a broker has still to hand out."""

from collections import deque
from collections.abc import Iterable, Sequence

from worker.jobs import PageEntry

__all__ = ["WaitingPages"]


class WaitingPages:
    """Pages that wait: those of the job, which are never all in memory, and those that were taken back."""

    def __init__(self, entries: Iterable[PageEntry]) -> None:
        self._first: deque[PageEntry] = deque()
        self._rest = iter(entries)
        self._last: deque[PageEntry] = deque()

    def __bool__(self) -> bool:
        if not self._first and (entry := next(self._rest, None)) is not None:
            self._first.append(entry)
        return bool(self._first or self._last)

    def take(self) -> PageEntry:
        """Take the next page; there has to be one."""
        return self._first.popleft() if self and self._first else self._last.popleft()

    def clear(self) -> int:
        """Forget them all, and return how many there were."""
        count = len(self._first) + len(self._last) + sum(1 for _ in self._rest)
        self._first.clear()
        self._last.clear()
        return count

    def put_first(self, entries: Sequence[PageEntry]) -> None:
        """Let pages be the next ones, in this order."""
        self._first.extendleft(reversed(entries))

    def put_last(self, entry: PageEntry) -> None:
        """Let a page wait until all others have been taken."""
        self._last.append(entry)
