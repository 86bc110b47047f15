"""Which worker holds which page, noted in Redis, so that pages of a dead worker are given out again soon.

Kombu gives a page out again when its visibility timeout has passed, which has to be longer than the
longest page: minutes. Here each page that is handed out is noted under the name of its worker, and
whoever finds that a worker gives no sign of life any more gives its pages out again at once. Should
that worker live after all, a page is read twice, and written once.

Between the moment in which Redis hands a page out and the one in which the worker has noted it, the
page would be nowhere, and gone with a worker that is killed just then. So Redis is asked to put the
page into a place of the worker's own in the same step, from where it can be taken back.
"""

import functools
import logging
from itertools import count
from time import monotonic, sleep
from typing import Any, cast

from celery.worker import state
from kombu.transport import redis as transport
from redis import Redis
from redis.exceptions import OutOfMemoryError, RedisError

from worker.heartbeat import Heartbeat, living
from worker.liveness import Liveness
from worker.lost_acks import ForgivingQoS
from worker.message_gate import MessageGate

__all__ = ["HeldPages", "hold_pages_by_name", "workers_with_a_place"]

log = logging.getLogger(__name__)

#: A hash: of each page that is handed out, by the tag of its message, the worker that holds it.
_HELD = "held"

#: After this a Redis that was full is asked again for a page.
_FULL_PAUSE_S = 1.0

#: A set: the places of all workers.
_PLACES = "places"


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
        """
        self._place = f"place:{self._heartbeat.worker}:{next(self._numbers)}"
        self._client.sadd(f"{self._prefix}{_PLACES}", self._place)
        return f"{self._prefix}{self._place}"

    def note(self, tag: str) -> None:
        """Note that this worker is to hold a page, before Redis is told that it is handed out.

        Raises
        ------
        redis.exceptions.RedisError
            No answer from Redis. The page lies in the worker's place.
        """
        self._client.hset(f"{self._prefix}{_HELD}", tag, self._heartbeat.worker)

    def arrived(self, place: str) -> None:
        """Take a page out of the worker's place, where it need not lie any longer."""
        try:
            self._client.delete(place)
        except RedisError as error:
            log.debug("a page will come twice, and be found done: %s", error)

    def refused(self) -> None:
        """Take what is no page out of the worker's place: it is not to come back."""
        self.arrived(f"{self._prefix}{self._place}")

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
                self._client.srem(f"{self._prefix}{_PLACES}", place)
            elif _worker_of(place) == mine and place != self._place:
                self._empty(place)
        if self._place and self._place not in places:  # taken for dead, as after a machine stood still
            self._client.sadd(f"{self._prefix}{_PLACES}", self._place)
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
                    self._client.srem(f"{self._prefix}{_PLACES}", place)
        except RedisError as error:
            log.debug("the places are left, another worker empties them: %s", error)

    def _note_when_redis_was_heard(self) -> None:
        """Note when this worker was cut off from Redis for so long that it would be taken for dead itself."""
        now_s = monotonic()
        if self._heard_s is not None and now_s - self._heard_s > self._liveness.expiry_s:
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
            pipe.hgetall(f"{self._prefix}{_HELD}")
            pipe.smembers(f"{self._prefix}{_PLACES}")
            held, places = pipe.execute()
        texts = {tag.decode(): worker.decode() for tag, worker in held.items()}
        return texts, sorted(place.decode() for place in places)

    def _empty(self, place: str) -> None:
        """Give back, as the next to be read, what was handed out and did not arrive."""
        while self._client.lmove(f"{self._prefix}{place}", self._queue, "LEFT", "RIGHT") is not None:
            log.warning("a page that was lost on its way to %s is given out again", _worker_of(place))


def _in_hand() -> set[str]:
    """Return the tags of the pages that this process reads, or is about to read."""
    return {request.message.delivery_tag for request in tuple(state.requests.values())}


def workers_with_a_place(client: Redis, prefix: str) -> set[str]:
    """Return the workers, dead or alive, that pages may be on their way to, as :attr:`Heartbeat.worker`.

    Raises
    ------
    redis.exceptions.RedisError
        No answer from Redis.
    """
    return {_worker_of(place.decode()) for place in cast(set[bytes], client.smembers(f"{prefix}{_PLACES}"))}


def _worker_of(place: str) -> str:
    return place.removeprefix("place:").rpartition(":")[0]


class _HoldingQoS(ForgivingQoS):
    """Notes who holds a page, and gives out again what the dead held."""

    pages: HeldPages
    gate: MessageGate

    def restore_by_tag(self, tag: Any, client: Any = None, leftmost: bool = False) -> None:
        """Give a page out again; what somebody else put among these is dropped, not tried for ever."""
        try:
            super().restore_by_tag(tag, client, leftmost)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            self.gate.drop(f"it cannot be given out again: {type(error).__name__}")
            self._remove_from_indices(tag).execute()

    def append(self, message: Any, delivery_tag: str) -> None:
        """Note a page that was handed out."""
        self.pages.note(delivery_tag)
        super().append(message, delivery_tag)
        self.pages.arrived(self.channel.place)

    def restore_visible(self, *args: Any, **kwargs: Any) -> None:
        """Give pages out again whose time is up, and those that nobody is reading."""
        super().restore_visible(*args, **kwargs)
        try:
            tags = self.pages.read_by_nobody()
        except RedisError as error:
            log.debug("not looked for pages that nobody reads: %s", error)
            return
        for tag in tags:
            self.restore_by_tag(tag)
        if tags:
            log.warning("pages that nobody was reading any more are given out again: %d", len(tags))

    def _remove_from_indices(self, delivery_tag: str, pipe: Any = None) -> Any:
        return super()._remove_from_indices(delivery_tag, pipe).hdel(_HELD, delivery_tag)


class _PlacingClient(transport.PrefixedStrictRedis):  # type: ignore[misc] # Kombu has no types
    """Takes the answer to BLMOVE for one to BRPOP, which Kombu asks for, and lets only pages through."""

    pages: HeldPages
    gate: MessageGate
    queue = b""

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
            log.warning("Redis is full and hands out no page: maxmemory is too low for what is queued")
            sleep(_FULL_PAUSE_S)
            return None
        if taken is None:
            return None
        page = self.gate.checked(taken)
        if page is None:
            self.pages.refused()
            return None
        return self.queue, page


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


def hold_pages_by_name(pages: HeldPages, gate: MessageGate) -> None:
    """Have all Redis channels of this process note what they hold, and let only pages through."""
    both = {"pages": pages, "gate": gate}
    own = {
        "pages": pages,
        "QoS": type("HoldingQoS", (_HoldingQoS,), both),
        "client_class": type("PlacingClient", (_PlacingClient,), both),
    }
    transport.Transport.Channel = type("PlacingChannel", (_PlacingChannel,), own)
