"""What a program that waits for workers leaves in Redis, to find out whether Redis lost what was queued.

An empty queue tells that only where nobody else has queued anything. The mark is written after the pages, and
Redis forgets in one piece or from the end: where the mark is, the pages were not lost, but taken by workers.
"""

import logging
from uuid import uuid4

from redis import Redis
from redis.exceptions import ResponseError

__all__ = ["WaitingMark"]

log = logging.getLogger(__name__)

#: Written anew with each look; of a program that was killed it is gone after this: a day.
_EXPIRY_S = 24 * 3600


class WaitingMark:
    """The mark of one program that waits.

    Parameters
    ----------
    prefix : str
        Put before each key.
    """

    def __init__(self, prefix: str) -> None:
        self._key = f"{prefix}waiting:{uuid4().hex}"
        self._is_set = False

    def put(self, client: Redis) -> None:
        """Leave it, once the pages are queued; a Redis that takes nothing just now has none.

        Raises
        ------
        redis.exceptions.RedisError
            No answer from Redis.
        """
        try:
            client.set(self._key, "", ex=_EXPIRY_S)
        except ResponseError as error:
            log.debug("not noted in Redis that somebody waits: %s", error)
            self._is_set = False
        else:
            self._is_set = True

    def is_lost(self, client: Redis) -> bool:
        """Tell whether Redis lost it; where it could not be left before, that is tried again.

        Raises
        ------
        redis.exceptions.RedisError
            No answer from Redis.
        """
        if not self._is_set:
            self.put(client)
            return False
        try:
            return not client.expire(self._key, _EXPIRY_S)
        except ResponseError as error:
            log.debug("not known whether Redis lost anything: %s", error)
            return False

    def take_away(self, client: Redis) -> None:
        """Leave nothing.

        Raises
        ------
        redis.exceptions.RedisError
            No answer from Redis, or a refusal: it expires.
        """
        client.delete(self._key)
