"""A gate before the queue: what is no page never gets to Celery, and never comes back.

Kombu's Redis transport parses whatever lies in the queue, of any size, in the worker's parent; a word that
is no JSON would end the worker. Here each message is checked when it was taken out and, if it is none,
dropped: the log says why, and a counter in Redis how often. To stay in the queue, or to be given to another
worker, would keep it for ever.
"""

from collections.abc import Callable, Iterable

from worker.dropped_messages import DroppedMessages
from worker.messages import checked_message, why_refused

__all__ = ["MessageGate"]


class MessageGate:
    """Lets pages through, and drops and counts everything else.

    Parameters
    ----------
    on_dropped : callable
        Counts; called with the number of messages that were dropped.
    said : DroppedMessages, optional
        Says so in the log.
    """

    def __init__(self, on_dropped: Callable[[int], None], said: DroppedMessages | None = None) -> None:
        self._on_dropped = on_dropped
        self._said = said or DroppedMessages()

    def checked(self, raw: bytes | None) -> bytes | None:
        """Return a message as it may be parsed, None where there is none or it was dropped."""
        if raw is None:
            return None
        try:
            return checked_message(raw)
        except ValueError as error:
            self.drop(f"it is no page: {why_refused(error)}")
            return None

    def pages_among(self, messages: Iterable[bytes]) -> list[bytes]:
        """Return those messages that are pages, as they lay in the queue; the others are dropped.

        They are said one by one, and counted all at once.
        """
        pages, dropped = [], 0
        for raw in messages:
            try:
                checked_message(raw)
            except ValueError as error:
                self._said.add(f"it is no page: {why_refused(error)}")
                dropped += 1
            else:
                pages.append(raw)
        if dropped:
            self._on_dropped(dropped)
        return pages

    def drop(self, why: str) -> None:
        """Say and count that a message was dropped."""
        self._said.add(why)
        self._on_dropped(1)
