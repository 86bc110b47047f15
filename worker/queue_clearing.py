"""A flood of what is no page, cleared from the queue by the hundred.

To hand out one message takes three answers of Redis and a turn of Celery's loop. Where a message was none,
those that come next are looked at together: they are moved into a place of the worker's own, what is a page
goes back to where it was, and the rest is dropped. Whenever the worker is killed, what it had moved lies in
that place, and is given back as every page is that was on its way to it (:mod:`worker.held_pages`).
"""

import logging

from redis import Redis
from redis.exceptions import RedisError

from worker.held_pages import PLACES, place_of_worker
from worker.message_gate import MessageGate
from worker.messages import MOST_MESSAGE_BYTES

__all__ = ["QueueClearing"]

log = logging.getLogger(__name__)

#: So many are looked at first, and twice as many each time that none of them was a page,
_AT_FIRST = 2
#: up to this: for some milliseconds nothing else is done.
_AT_MOST = 128

#: Gives back what an earlier try left, then moves messages from the end that is read next. One that is too
#: long to be a page is left where it is: a hundred of those would take all the memory that there is.
_TAKE = """
local queue, place, places = KEYS[1], KEYS[2], KEYS[3]
redis.call('SADD', places, ARGV[1])
while redis.call('LMOVE', place, queue, 'LEFT', 'RIGHT') do end
local taken = {}
for number = 1, tonumber(ARGV[2]) do
    local message = redis.call('LINDEX', queue, -1)
    if not message or #message > tonumber(ARGV[3]) then break end
    redis.call('LMOVE', queue, place, 'RIGHT', 'LEFT')
    taken[number] = message
end
return taken
"""


class QueueClearing:
    """Clears one queue for one worker.

    Parameters
    ----------
    client : Redis
        Not that of the transport, which waits for a page on its own connection.
    prefix : str
        Put before each key.
    queue : str
        Name of the queue.
    worker : str
        As :attr:`worker.heartbeat.Heartbeat.worker`.
    gate : MessageGate
        Tells what is a page; says and counts what is none.
    """

    def __init__(self, client: Redis, prefix: str, queue: str, worker: str, gate: MessageGate) -> None:
        self._client = client
        self._gate = gate
        self._place = place_of_worker(worker, "clearing")
        self._queue_key, self._place_key = f"{prefix}{queue}", f"{prefix}{self._place}"
        self._places_key = f"{prefix}{PLACES}"
        self._take = client.register_script(_TAKE)
        self._many = _AT_FIRST

    def clear(self) -> None:
        """Drop what is no page of the messages that come next; pages stay, in their order.

        Where Redis does not answer nothing is lost: the messages are given back, and dropped one by one.
        """
        keys = [self._queue_key, self._place_key, self._places_key]
        try:
            taken = self._take(keys=keys, args=[self._place, self._many, MOST_MESSAGE_BYTES])
            pages = self._gate.pages_among(taken)
            self._put_back(pages)
        except RedisError as error:
            log.debug("messages that are no page are dropped one by one: %s", error)
            return
        self._many = _AT_FIRST if pages else min(2 * self._many, _AT_MOST)

    def _put_back(self, pages: list[bytes]) -> None:
        """Have only pages in the queue, and nothing in the place, in one step."""
        with self._client.pipeline(transaction=True) as pipe:
            if pages:
                pipe.rpush(self._queue_key, *reversed(pages))
            pipe.delete(self._place_key)
            pipe.execute()
