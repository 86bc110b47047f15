"""Kombu's Redis transport, made to note who holds a page, and to let nothing through but pages.

What is noted, and what comes of it, is in :mod:`worker.held_pages`.
"""

import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

from kombu.transport import redis as transport
from kombu.utils.encoding import bytes_to_str
from redis.exceptions import NoPermissionError, OutOfMemoryError, RedisError, ResponseError

from worker.held_pages import HELD, HeldPages
from worker.lost_acks import ForgivingQoS
from worker.message_gate import MessageGate

__all__ = ["hold_pages_by_name"]

log = logging.getLogger(__name__)

#: After this a Redis that was full is asked again for a page.
_FULL_PAUSE_S = 1.0
#: Between two lines that it is still full.
_FULL_SAID_EVERY_S = 60.0


_FORBIDDEN = (
    "pages of workers that are killed wait for the visibility timeout, because the broker's access list does "
    "not let them be missed: %s; give this user the rights that docs/operations.md names (+info)"
)


class _HoldingQoS(ForgivingQoS):
    """Notes who holds a page, and gives out again what the dead held."""

    pages: HeldPages
    gate: MessageGate
    #: Of all connections of this process, one after the other.
    said_forbidden = False
    _by_the_clock = False
    _arriving: str | None = None

    def restore_by_tag(self, tag: Any, client: Any = None, leftmost: bool = False) -> None:
        """Give a page out again; what somebody else put among these is dropped, not tried for ever."""
        # By a clock that is ahead of that of its worker, the time of each page is up at once.
        if self._by_the_clock and self.pages.is_held(bytes_to_str(tag)):
            return
        try:
            super().restore_by_tag(tag, client, leftmost)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            self.gate.drop(f"it cannot be given out again: {type(error).__name__}")
            self._remove_from_indices(tag).execute()

    def append(self, message: Any, delivery_tag: str) -> None:
        """Note a page that was handed out."""
        self._arriving = delivery_tag
        try:
            super().append(message, delivery_tag)
        finally:
            self._arriving = None

    @contextmanager
    def pipe_or_acquire(self, pipe: Any = None, client: Any = None) -> Iterator[Any]:
        """Give what is asked of Redis at once; of a page that is handed out, with who holds it."""
        with super().pipe_or_acquire(pipe, client) as exchange:
            if self._arriving is not None:
                self.pages.note(exchange, self._arriving, self.channel.place)
            yield exchange

    def restore_visible(self, *args: Any, **kwargs: Any) -> None:
        """Give pages out again whose time is up, and those that nobody is reading."""
        try:
            self._by_the_clock = True
            try:
                super().restore_visible(*args, **kwargs)
            finally:
                self._by_the_clock = False
            tags = self._read_by_nobody()
            for tag in tags:
                self.restore_by_tag(tag)
        except ResponseError as error:
            log.debug("Redis lets nothing be given out again: %s", error)
            return
        if tags:
            log.warning("pages that nobody was reading any more are given out again: %d", len(tags))

    def _read_by_nobody(self) -> list[str]:
        try:
            tags = self.pages.read_by_nobody()
        except NoPermissionError as error:
            if not _HoldingQoS.said_forbidden:
                log.warning(_FORBIDDEN, error)
            _HoldingQoS.said_forbidden = True
            return []
        except RedisError as error:
            log.debug("not looked for pages that nobody reads: %s", error)
            return []
        _HoldingQoS.said_forbidden = False
        return [tag for tag in tags if not self._is_still_to_be_answered(tag)]

    def _is_still_to_be_answered(self, tag: str) -> bool:
        """Tell whether Celery has yet to say what becomes of a page that came by this connection.

        It counts a page as read no more some time before it acknowledges it or gives it back: it does that
        later, by the event loop. What is dirty has been answered, whether or not Redis heard of it.
        """
        return tag in self._delivered and tag not in self._dirty

    def _remove_from_indices(self, delivery_tag: str, pipe: Any = None) -> Any:
        return super()._remove_from_indices(delivery_tag, pipe).hdel(HELD, delivery_tag)


class _PlacingClient(transport.PrefixedStrictRedis):  # type: ignore[misc] # Kombu has no types
    """Takes the answer to BLMOVE for one to BRPOP, which Kombu asks for, and lets only pages through."""

    pages: HeldPages
    gate: MessageGate
    clear: Callable[[], None]
    queue = b""
    _said_full_s: float | None = None

    def parse_response(self, connection: Any, command_name: str, **options: Any) -> Any:
        """Read an answer; a message that is none is as good as no message."""
        if command_name == "RPOP":
            return self.gate.checked(super().parse_response(connection, command_name, **options))
        if command_name != "BRPOP":
            return super().parse_response(connection, command_name, **options)
        try:
            taken = super().parse_response(connection, "BLMOVE", **options)
        except OutOfMemoryError:
            # A full Redis refuses whatever writes, for as long as it is full; it is asked again.
            self._say_that_it_is_full()
            sleep(_FULL_PAUSE_S)
            return None
        if taken is None:
            return None
        page = self.gate.checked(taken)
        if page is None:
            self.pages.refused()
            self.clear()  # where one lies there are mostly more
            return None
        return self.queue, page

    def _say_that_it_is_full(self) -> None:
        if self._said_full_s is None or monotonic() - self._said_full_s >= _FULL_SAID_EVERY_S:
            self._said_full_s = monotonic()
            log.warning("Redis is full and hands out no page: maxmemory is too low for what is queued")


class _PlacingChannel(transport.Channel):  # type: ignore[misc] # Kombu has no types
    """Has Redis put what it hands out into the worker's place."""

    pages: HeldPages
    client_class: type[_PlacingClient]
    place = ""
    _socket: Any = None

    def _get_client(self) -> Any:
        super()._get_client()  # looks at the version
        return functools.partial(self.client_class, global_keyprefix=self.global_keyprefix)

    def _brpop_start(self, timeout: float | None = None) -> None:
        queues = self._queue_cycle.consume(len(self.active_queues))
        if not queues:
            return
        connection = self.client.connection
        if self._socket is None or connection._sock is not self._socket:
            # What the one before may still be sent is nobody's, and lies in a place of its own.
            self.place, self._socket = self.pages.new_place(), connection._sock
        self.client.queue = queues[0].encode()
        self._in_poll, self._brpop_sent_at = connection, monotonic()
        source = f"{self.global_keyprefix}{queues[0]}"
        wait_s = self.brpop_timeout if timeout is None else timeout
        connection.send_command("BLMOVE", source, self.place, "RIGHT", "LEFT", wait_s or 0)


def hold_pages_by_name(pages: HeldPages, gate: MessageGate, clear: Callable[[], None]) -> None:
    """Have all Redis channels of this process note what they hold, and let only pages through.

    Parameters
    ----------
    pages : HeldPages
        What is noted.
    gate : MessageGate
        Tells what is a page.
    clear : callable
        Called when a message was none, to look at those behind it: :meth:`QueueClearing.clear`.
    """
    both = {"pages": pages, "gate": gate}
    own = {
        "pages": pages,
        "QoS": type("HoldingQoS", (_HoldingQoS,), both),
        "client_class": type("PlacingClient", (_PlacingClient,), {**both, "clear": staticmethod(clear)}),
    }
    transport.Transport.Channel = type("PlacingChannel", (_PlacingChannel,), own)
