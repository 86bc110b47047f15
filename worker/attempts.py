"""How often a page was begun, counted in Redis, so that a page that kills workers is stopped.

The counter stands on the page's own key, and tells its messages apart: a page may be asked for by several at
once, as by a `resume` while it is read, and that one was begun does not mean that another was lost.

A page that has used up its attempts and whose record cannot be written is noted here too: the job folder,
where such a thing belongs, is what cannot be written.
"""

import hashlib
import logging
import os
import re
from collections.abc import Sequence
from typing import cast

from redis import Redis
from redis.exceptions import RedisError

from worker.identity import KEY_PATTERN
from worker.object_path import Place

__all__ = ["AttemptCounter"]

log = logging.getLogger(__name__)

#: A page that nobody touched for this long starts anew: a week.
_EXPIRY_S = 7 * 24 * 3600

_KEYS_PER_COMMAND = 1000

_KEY = re.compile(KEY_PATTERN)
#: Of a reason why a page was given up, no more is shown.
_SHOWN_BYTES = 1000


class AttemptCounter:
    """Counts how often pages are begun.

    Parameters
    ----------
    client : Redis
        Connects when first used; may be shared with forked children.
    prefix : str
        Put before each key.
    """

    def __init__(self, client: Redis, prefix: str) -> None:
        self._client = client
        self._prefix = prefix
        self._forgotten: list[str] = []

    def begin(self, job: Place, key: str, message: str) -> int:
        """Count and return the attempt that begins now, from 1: one more than there were losses.

        A message that is begun once more was lost before, or put off. Without an answer from Redis it is 1:
        the page is read rather than held up.

        Parameters
        ----------
        job : Path or ObjectPath
            The job's folder.
        key : str
            The page's.
        message : str
            The id of the message that asks for it, which it keeps when it is delivered again.
        """
        name = self._name(job, key)
        try:
            with self._client.pipeline(transaction=True) as pipe:
                pipe.hincrby(name, message, 1)
                pipe.hvals(name)
                pipe.expire(name, _EXPIRY_S)
                _, begun, _ = pipe.execute()
        except RedisError as error:
            log.warning("attempt not counted: %s", error)
            return 1
        return 1 + sum(int(often) - 1 for often in begun)

    def done(self, job: Place, key: str) -> None:
        """Forget the page: it has its record. What Redis does not hear is told with the next page."""
        self._forgotten.append(self._name(job, key))
        try:
            self._client.delete(*self._forgotten)
        except RedisError as error:
            log.debug("attempts not forgotten yet, at last they expire: %s", error)
            del self._forgotten[:-_KEYS_PER_COMMAND]
        else:
            self._forgotten.clear()

    def give_up(self, job: Place, key: str, reason: str) -> None:
        """Note that nobody will try the page again, and why; its attempts begin anew when it is queued."""
        name = self._given_up_name(job)
        try:
            with self._client.pipeline(transaction=True) as pipe:
                pipe.delete(self._name(job, key))
                pipe.hset(name, key, reason)
                pipe.expire(name, _EXPIRY_S)
                pipe.execute()
        except RedisError as error:
            log.warning("not noted that a page was given up: %s", error)

    def count_dropped(self, many: int = 1, counter: str = "dropped") -> None:
        """Count messages that were none; or, by another counter, pages that their job does not ask for."""
        try:
            self._client.incrby(f"{self._prefix}{counter}", many)
        except RedisError as error:
            log.warning("dropped messages not counted, %d: %s", many, error)

    def given_up(self, job: Place) -> dict[str, str]:
        """Return the pages that nobody will try again, each with the reason.

        Raises
        ------
        redis.exceptions.RedisError
            No answer from Redis.
        """
        found = cast(dict[bytes, bytes], self._client.hgetall(self._given_up_name(job)))
        shown = {key.decode("utf-8", "replace"): reason[:_SHOWN_BYTES] for key, reason in found.items()}
        # Whoever can write there can write anything: what is no page's key is nobody's.
        return {key: said.decode("utf-8", "replace") for key, said in shown.items() if _KEY.fullmatch(key)}

    def reset(self, job: Place, keys: Sequence[str]) -> None:
        """Give pages all their attempts again, because somebody asked for them again.

        Raises
        ------
        redis.exceptions.RedisError
            No answer from Redis.
        """
        start_of_names = self._name(job, "")
        for start in range(0, len(keys), _KEYS_PER_COMMAND):
            some = keys[start : start + _KEYS_PER_COMMAND]
            self._client.delete(*(f"{start_of_names}{key}" for key in some))
            self._client.hdel(self._given_up_name(job), *some)

    def _name(self, job: Place, key: str) -> str:
        """Return the counter's key; two jobs may hold one page.

        Under ``attempts:`` versions before this one count in another way, also beside it.
        """
        return f"{self._prefix}begun:{_hash(job)}:{key}"

    def _given_up_name(self, job: Place) -> str:
        """Return the key of the pages of a job that were given up."""
        return f"{self._prefix}given-up:{_hash(job)}"


def _hash(job: Place) -> str:
    """Return a job's folder as it stands in keys."""
    return hashlib.sha256(os.fsencode(str(job))).hexdigest()[:16]
