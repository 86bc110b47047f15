"""A gate before the queue: what is no page never gets to Celery, and never comes back.

Kombu's Redis transport parses whatever lies in the queue, of any size, in the worker's parent; a word that
is no JSON would end the worker. Here each message is taken out, checked and, if it is none, dropped: the log
says why, and a counter in Redis how often. To stay in the queue, or to be given to another worker, would
keep it for ever.
"""

import functools
import logging
from collections.abc import Callable
from typing import Any

from kombu.transport import redis

from worker.messages import checked_message, why_refused

__all__ = ["DroppedMessages", "check_messages"]

log = logging.getLogger(__name__)

#: How a message is taken from the queue: waiting for one, or looking whether there is one.
_TAKING = ("BRPOP", "RPOP")

#: Called for each message that was dropped.
DroppedMessages = Callable[[], None]


def check_messages(on_dropped: DroppedMessages) -> None:
    """Have all Redis channels of this process check what they take from queues.

    Parameters
    ----------
    on_dropped : callable
        Counts.
    """
    redis.Transport.Channel = _channel_class(on_dropped)


def _channel_class(on_dropped: DroppedMessages) -> type[redis.Channel]:
    """Return a channel class whose clients check what they take."""

    def checked(raw: bytes | None) -> bytes | None:
        if raw is None:
            return None
        try:
            return checked_message(raw)
        except ValueError as error:
            log.error("message dropped, it is no page: %s", why_refused(error))
            on_dropped()
            return None

    class CheckedRedis(redis.PrefixedStrictRedis):  # type: ignore[misc] # Kombu has no types
        """Gives a message that is none as if there were none."""

        def parse_response(self, connection: Any, command_name: str, **options: Any) -> Any:
            answer = super().parse_response(connection, command_name, **options)
            if command_name not in _TAKING or not answer:
                return answer
            if command_name == "RPOP":
                return checked(answer)
            queue, raw = answer
            message = checked(raw)
            return None if message is None else (queue, message)

    class ForgettingQoS(redis.Channel.QoS):  # type: ignore[misc]
        """Does not stumble for ever over what somebody else put among the pages that are being read."""

        def restore_by_tag(self, tag: Any, client: Any = None, leftmost: bool = False) -> None:
            try:
                super().restore_by_tag(tag, client, leftmost)
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
                log.error("message dropped, it cannot be given out again: %s", type(error).__name__)
                on_dropped()
                self._remove_from_indices(tag).execute()

    class CheckedChannel(redis.Channel):  # type: ignore[misc]
        """A channel of such clients."""

        QoS = ForgettingQoS

        def _get_client(self) -> Callable[..., CheckedRedis]:
            super()._get_client()  # looks at the version
            return functools.partial(CheckedRedis, global_keyprefix=self.global_keyprefix)

    return CheckedChannel
