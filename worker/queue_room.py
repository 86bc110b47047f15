"""Whether Redis has room for more pages.

A Redis that is full to the brim hands no page out either: to do so it has to write, and a worker that
connects takes memory, too. What had to be made shorter would stay as long as it is. So some room is left.
"""

from redis import Redis
from redis.exceptions import NoPermissionError

__all__ = ["QueueFull", "check_room"]

#: Of its memory, for workers and for what they note of pages in hand.
_LEFT_FREE = 0.05


class QueueFull(Exception):
    """Redis has room for no more pages."""


def check_room(client: Redis, wanted_bytes: int) -> None:
    """Make sure that messages may be sent.

    Parameters
    ----------
    client : Redis
        The broker.
    wanted_bytes : int
        How long the messages are, all together.

    Raises
    ------
    QueueFull
        They may not; says how full it is.
    redis.exceptions.RedisError
        No answer from Redis.
    """
    try:
        memory = client.info("memory")
    except NoPermissionError:
        return  # by an access list of an earlier version; it refuses by itself, if later
    used, most = int(memory.get("used_memory", 0)), int(memory.get("maxmemory", 0))
    if most and used + wanted_bytes > most * (1 - _LEFT_FREE):
        raise QueueFull(f"it holds {used / 2**20:.0f} MB of {most / 2**20:.0f} MB (maxmemory)")
