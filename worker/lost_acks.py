"""A worker that goes on after it could not acknowledge a page.

A worker fetches another page only when one it holds is acknowledged. Kombu's Redis transport
keeps counting a page as held when the acknowledgement does not reach Redis. If Redis is back
before anything else notices, as after a quick restart, the worker would wait for ever beside a
queue full of pages. Here the place is free again: the page has its record, and should Redis
hand it out once more, it is found done.
"""

import logging

from kombu.transport import redis, virtual
from redis.exceptions import RedisError, ResponseError

__all__ = ["ForgivingQoS"]

log = logging.getLogger(__name__)


class ForgivingQoS(redis.QoS):  # type: ignore[misc] # Kombu has no types
    """Counts a page as held no longer, whether or not Redis heard of it."""

    def ack(self, delivery_tag: str) -> None:
        """Acknowledge a page."""
        try:
            super().ack(delivery_tag)
        except ResponseError as error:  # nobody above expects that, and there is no connection to be mended
            virtual.QoS.ack(self, delivery_tag)
            log.warning("the broker refused to hear that a page is done, it will be found done: %s", error)
        except (RedisError, OSError):
            virtual.QoS.ack(self, delivery_tag)
            raise

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Give a page back."""
        try:
            super().reject(delivery_tag, requeue=requeue)
        except ResponseError as error:
            virtual.QoS.ack(self, delivery_tag)
            log.warning("the broker refused to take a page back, it is given out again later: %s", error)
        except (RedisError, OSError):
            virtual.QoS.ack(self, delivery_tag)
            raise
