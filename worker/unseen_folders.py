"""Pages whose folder is not mounted on this machine: another one may see it, so they are put off for it.

To find that a file is missing takes no time, so that a worker without the folder would be the quickest of all
to take pages from the queue, and spoil those of a whole night. Such a worker waits before it gives a page
back, as long as there is another machine that may see the folder. Where none is left that may, nobody waits.
"""

import errno
import hashlib
import logging
import os
import socket
import time
from pathlib import Path
from typing import cast

from redis import Redis
from redis.exceptions import RedisError

from worker.errors import DigitizeError
from worker.heartbeat import workers_alive
from worker.object_path import Place

__all__ = ["FolderElsewhere", "UnseenFolders", "why_not_here"]

log = logging.getLogger(__name__)

_REMEDY = "Mount the folder there under the same path."

#: So long a process takes over a page that others may see; reading one mostly takes less.
_WAIT_S = 10

#: A machine that did not see a folder may see it by then: a minute.
_EXPIRY_S = 60

#: What the system says of a mount that was there and answers no more.
_GONE_STALE = {errno.ESTALE, errno.ENOTCONN, errno.EHOSTDOWN, errno.ETIMEDOUT}


def why_not_here(file: Place) -> str | None:
    """Say why a page's file may lie where this machine does not see it; None where it is here, or gone alone.

    Parameters
    ----------
    file : Place
        Of the page. Objects are the same for everybody.
    """
    if not isinstance(file, Path):
        return None
    try:
        file.stat()
    except (FileNotFoundError, NotADirectoryError):
        # Where nothing is mounted the folder is missing, or is the empty one that waits for the mount.
        return None if _holds_anything(file.parent) else f"{file.parent} is missing or empty on this machine"
    except OSError as error:
        return f"{file.parent}: {error.strerror}" if error.errno in _GONE_STALE else None
    return None


def _holds_anything(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return False


class FolderElsewhere(DigitizeError):
    """The folder of a page is not here, and may be on another machine: no fault of the page."""


class UnseenFolders:
    """Which machines do not see which folders, noted in Redis.

    Parameters
    ----------
    client : Redis
        Connects when first used; may be shared with forked children.
    prefix : str
        Put before each key.
    soft_time_limit_s : float
        Of a page: one that waits is not to run out of time.
    """

    def __init__(self, client: Redis, prefix: str, soft_time_limit_s: float) -> None:
        self._client = client
        self._prefix = prefix
        self._wait_s = min(_WAIT_S, soft_time_limit_s / 2)

    def check(self, file: Place, *, last: bool) -> None:
        """Return if a page is to be read on this machine, or recorded as missing.

        Where another machine may see its folder, that takes a while, so that the others take the pages.

        Parameters
        ----------
        file : Place
            Of the page, or the job's.
        last : bool
            Whether the page has no attempt left.

        Raises
        ------
        FolderElsewhere
            Its folder is not here, and another machine may see it.
        DigitizeError
            Its folder is not here, and no living worker is known to be better off, as yet.
        """
        why = why_not_here(file)
        if why is None:
            return
        if self.is_left_to_others(str(file.parent)):
            raise FolderElsewhere(why, remedy=_REMEDY)
        if not last:
            raise DigitizeError(why, remedy=_REMEDY)

    def is_left_to_others(self, folder: str) -> bool:
        """Note that this machine does not see a folder, or gets no answer from its store.

        Parameters
        ----------
        folder : str
            The path, or the URL.

        Returns
        -------
        bool
            Another machine may see it. Then that took a while, so that the others take the pages.
        """
        if not self._others_may_see(folder):
            return False
        time.sleep(self._wait_s)
        return True

    def _others_may_see(self, folder: str) -> bool:
        """Note that this machine does not see a folder, and tell whether another one that is alive may."""
        name = f"{self._prefix}unseen:{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"
        try:
            with self._client.pipeline(transaction=True) as pipe:
                pipe.sadd(name, socket.gethostname())
                pipe.expire(name, _EXPIRY_S)
                pipe.smembers(name)
                blind = {os.fsdecode(host) for host in cast(set[bytes], pipe.execute()[-1])}
            alive = {worker.rpartition(":")[0] for worker in workers_alive(self._client, self._prefix)}
        except RedisError as error:
            log.debug("not known whether others see %s: %s", folder, error)
            return False
        return bool(alive - blind)
