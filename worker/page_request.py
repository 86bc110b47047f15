"""A message in the parent of a worker, as Celery handles it: it knows which page it is about.

Celery's lines name a message by a random number, and some are about pages whose process is gone and can
say nothing any more.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from weakref import WeakValueDictionary

from billiard.exceptions import WorkerLostError
from celery.worker.request import Request

from worker.log_lines import PageInHand, about_page
from worker.page_events import page_id

__all__ = ["PageRequest", "held_page", "page_of"]

#: Messages that this process holds.
_held: "WeakValueDictionary[str, PageRequest]" = WeakValueDictionary()


def page_of(payload: object) -> PageInHand | None:
    """Return which page a message is about; None for what is no page, which is refused elsewhere."""
    entry = _entry_of(payload)
    if not entry or not isinstance(payload, Mapping):
        return None
    return PageInHand(str(payload.get("job")), str(entry.get("name")), _number(entry.get("page")))


def _id_of(payload: object) -> str:
    job = payload.get("job") if isinstance(payload, Mapping) else None
    return page_id(job, _entry_of(payload).get("key"))


def _entry_of(payload: object) -> Mapping[str, Any]:
    entry = payload.get("entry") if isinstance(payload, Mapping) else None
    return entry if isinstance(entry, Mapping) else {}


def _number(value: object) -> int:
    return value if isinstance(value, int) else 1


def held_page(number: str) -> PageInHand | None:
    """Return the page of a message that this process holds, by the number that Celery's lines name it by."""
    request = _held.get(number)
    return None if request is None else request.page()


class PageRequest(Request):  # type: ignore[misc] # Celery has no types
    """A message in the parent of a worker: what Celery logs of it says which page it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _held[self.id] = self

    def on_accepted(self, *args: Any, **kwargs: Any) -> None:
        """Note that a process has begun with it."""
        with self._said():
            super().on_accepted(*args, **kwargs)

    def on_timeout(self, soft: bool, timeout: float) -> None:
        """Log and record that its time is up."""
        with self._said():
            super().on_timeout(soft, timeout)

    def on_success(self, *args: Any, **kwargs: Any) -> None:
        """Acknowledge it."""
        with self._said():
            super().on_success(*args, **kwargs)

    def on_retry(self, *args: Any, **kwargs: Any) -> None:
        """Acknowledge one that was put off, and queued once more."""
        with self._said():
            super().on_retry(*args, **kwargs)

    def on_failure(self, exc_info: Any, *args: Any, **kwargs: Any) -> None:
        """Log that its process was lost, and give it to another."""
        with self._said():
            super().on_failure(exc_info, *args, **kwargs)
        error = exc_info.exception
        if isinstance(getattr(error, "exc", error), WorkerLostError):  # it may be wrapped with its traceback
            self.task.events.tell("lost", _id_of(self.kwargs))

    def page(self) -> PageInHand | None:
        """Return which page it is."""
        return page_of(self.kwargs)

    @contextmanager
    def _said(self) -> Iterator[None]:
        page = self.page()
        if page is None:
            yield
        else:
            with about_page(*page):
                yield
