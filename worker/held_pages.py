"""Which worker holds which page, noted in Redis, so that pages of a dead worker are given out again soon.

Kombu gives a page out again when its visibility timeout has passed, which has to be longer than the
longest page: minutes. Here each page that is handed out is noted under the name of its worker, and
whoever finds that a worker gives no sign of life any more gives its pages out again at once. Should
that worker live after all, a page is read twice, and stands in the results once.

Between the moment in which Redis hands a page out and the one in which the worker has noted it, the
page would be nowhere, and gone with a worker that is killed just then. So Redis is asked to put the
page into a place of the worker's own in the same step, from where it can be taken back, and it is
taken out of there by the exchange that notes it.
"""

import logging
from itertools import count
from time import monotonic
from typing import Any, cast

from celery.worker import state
from redis import Redis
from redis.exceptions import RedisError, ResponseError

from worker.heartbeat import Heartbeat, living
from worker.liveness import Liveness

__all__ = ["HELD", "PLACES", "HeldPages", "place_of_worker", "workers_with_a_place"]

log = logging.getLogger(__name__)

#: A hash: of each page that is handed out, by the tag of its message, the worker that holds it.
HELD = "held"

#: A set: the places of all workers.
PLACES = "places"


class HeldPages:
    """What the workers of one queue hold, as Redis knows it.

    Parameters
    ----------
    client : Redis
        Connects when first used; not that of the transport, which puts prefixes before some keys itself.
    prefix : str
        Put before each key.
    queue : str
        Where pages are taken from and given back to.
    heartbeat : Heartbeat
        Of this worker, whose name it holds pages under.
    liveness : Liveness
        How long Redis has to be there before what it does not know of means anything.
    """

    def __init__(
        self, client: Redis, prefix: str, queue: str, heartbeat: Heartbeat, liveness: Liveness
    ) -> None:
        self._client = client
        self._prefix, self._queue = prefix, f"{prefix}{queue}"
        self._heartbeat = heartbeat
        self._liveness = liveness
        self._heard_s: float | None = None
        self._away_until_s: float | None = None
        self._numbers = count(1)
        self._place = ""

    def new_place(self) -> str:
        """Return the key of a list, and note it, into which Redis is to put what it hands out from now on.

        Each connection has one of its own: what an older one still gets is not mixed up with it.

        Raises
        ------
        redis.exceptions.RedisError
            No answer from Redis, or a refusal.
        """
        self._place = place_of_worker(self._heartbeat.worker, next(self._numbers))
        try:
            self._client.sadd(f"{self._prefix}{PLACES}", self._place)
        except ResponseError:
            # By the next try another Redis may answer under that name, as when this one became a replica.
            self._client.connection_pool.disconnect()
            raise
        return f"{self._prefix}{self._place}"

    def note(self, pipe: Any, tag: str, place: str = "") -> None:
        """Have an exchange note that this worker holds a page, and take the page out of the worker's place.

        One exchange with that which says that the page is handed out: there is no moment in which half of
        it is known, and a page costs one answer of Redis in place of three.

        Parameters
        ----------
        pipe : kombu.transport.redis.PrefixedRedisPipeline
            What is asked of Redis at once, all or nothing; it puts the prefix before each key itself.
        tag : str
            Of the page's message.
        place : str
            Where the page lies, as :meth:`new_place` returned it; nowhere when empty.
        """
        pipe.hset(HELD, tag, self._heartbeat.worker)
        if place:
            pipe.delete(place.removeprefix(self._prefix))

    def is_held(self, tag: str) -> bool:
        """Tell whether a living worker holds a page: that one records it, or gives it back.

        Raises
        ------
        redis.exceptions.RedisError
            No answer from Redis.
        """
        holder = cast(bytes | None, self._client.hget(f"{self._prefix}{HELD}", tag))
        if holder is None:
            return False
        worker = holder.decode()
        return worker == self._heartbeat.worker or bool(living(self._client, self._prefix, {worker}))

    def refused(self) -> None:
        """Take what is no page out of the worker's place: it is not to come back."""
        try:
            self._client.delete(f"{self._prefix}{self._place}")
        except RedisError as error:
            log.debug("what is no page will come back, and be refused again: %s", error)

    def read_by_nobody(self) -> list[str]:
        """Return the tags of pages that are handed out and read by nobody; empty the places of dead workers.

        Those are the pages of workers that give no sign of life, and those of this worker that it knows
        nothing of: Redis did not hear what became of them, or they were forgotten when it went away.

        Raises
        ------
        redis.exceptions.RedisError
            No answer from Redis.
        """
        held, places = self._known()
        self._note_when_redis_was_heard()
        mine = self._heartbeat.worker
        workers = {*held.values(), *(_worker_of(place) for place in places)} - {mine}
        dead = workers - living(self._client, self._prefix, workers)
        if dead and not self._redis_knows():
            dead = set()
        for place in places:
            if _worker_of(place) in dead:
                self._empty(place)
                self._client.srem(f"{self._prefix}{PLACES}", place)
            elif _worker_of(place) == mine and place != self._place:
                self._empty(place)
        if self._place and self._place not in places:  # taken for dead, as after a machine stood still
            self._client.sadd(f"{self._prefix}{PLACES}", self._place)
        in_hand = _in_hand()
        return [
            tag for tag, worker in held.items() if worker in dead or (worker == mine and tag not in in_hand)
        ]

    def leave(self) -> None:
        """Give back what lies in this worker's places, and take them away: the worker ends in order."""
        try:
            for place in self._known()[1]:
                if _worker_of(place) == self._heartbeat.worker:
                    self._empty(place)
                    self._client.srem(f"{self._prefix}{PLACES}", place)
        except RedisError as error:
            log.debug("the places are left, another worker empties them: %s", error)

    def _note_when_redis_was_heard(self) -> None:
        """Note when Redis did not hear this worker for so long that it would be taken for dead itself."""
        now_s = monotonic()
        silent = self._heard_s is not None and now_s - self._heard_s > self._liveness.expiry_s
        if silent or self._heartbeat.refused:
            self._away_until_s = now_s
        self._heard_s = now_s

    def _redis_knows(self) -> bool:
        """Tell whether Redis has been there for long enough to have heard of every living worker.

        Where this worker could not reach it, the others may not have been able to, either.
        """
        enough_s = self._liveness.redis_knows_after_s
        if self._away_until_s is not None and monotonic() - self._away_until_s < enough_s:
            return False
        server = self._client.info("server")
        return int(server.get("uptime_in_seconds", 0)) >= enough_s

    def _known(self) -> tuple[dict[str, str], list[str]]:
        with self._client.pipeline(transaction=False) as pipe:
            pipe.hgetall(f"{self._prefix}{HELD}")
            pipe.smembers(f"{self._prefix}{PLACES}")
            held, places = pipe.execute()
        texts = {tag.decode(): worker.decode() for tag, worker in held.items()}
        return texts, sorted(place.decode() for place in places)

    def _empty(self, place: str) -> None:
        """Give back, as the next to be read, what was handed out and did not arrive."""
        while self._client.lmove(f"{self._prefix}{place}", self._queue, "LEFT", "RIGHT") is not None:
            log.warning("a page that was lost on its way to %s is given out again", _worker_of(place))


def _in_hand() -> set[str]:
    """Return the tags of the pages that this process reads, is about to read, or has put off.

    Not by the numbers of their messages: one that is put off is queued anew under its own number, and may
    be here again before the process that put it off has been heard.
    """
    held = (state.reserved_requests, state.active_requests, state.scheduled_requests)
    return {request.message.delivery_tag for some in held for request in tuple(some)}


def workers_with_a_place(client: Redis, prefix: str) -> set[str]:
    """Return the workers, dead or alive, that pages may be on their way to, as :attr:`Heartbeat.worker`.

    Raises
    ------
    redis.exceptions.RedisError
        No answer from Redis.
    """
    return {_worker_of(place.decode()) for place in cast(set[bytes], client.smembers(f"{prefix}{PLACES}"))}


def place_of_worker(worker: str, name: object) -> str:
    """Return the key, without prefix, of a place of a worker: its name holds no colon."""
    return f"place:{worker}:{name}"


def _worker_of(place: str) -> str:
    return place.removeprefix("place:").rpartition(":")[0]
