"""What a worker's log says of its broker: that it is away, each minute that it still is, and that it is back.

Celery says so of each try, every few seconds for as long as it takes, in words about its own inside. Here
these lines are said anew, and most of them not at all.
"""

import logging
import time
from collections.abc import Callable

from celery.worker.consumer import consumer
from redis.exceptions import ResponseError

__all__ = ["TELLS_OF_A_CONNECTION", "BrokerLines"]

#: Between two lines about a broker that is still away.
_STILL_AWAY_EVERY_S = 60.0

_CONSUMER = "celery.worker.consumer.consumer"
#: The logger that tells, at INFO, of a connection that was made: it has to be heard at every level.
TELLS_OF_A_CONNECTION = "celery.worker.consumer.connection"

#: What Celery says of each try, of what it does then, and of what it could not say to the broker; each is
#: the beginning of what stands in the program, before anything is filled in.
_NOT_CONNECTED = consumer.CONNECTION_ERROR
_LOST = consumer.CONNECTION_RETRY
_CONNECTED = "Connected to "
_UNHEARD = {
    "Couldn't ack": "the broker did not hear that a page is done; should it come again, it is found done",
    "Couldn't reject": "the broker did not hear that a page was given back; it is given out again",
}
_OF_NO_USE = (
    "Skipping prefetch count reduction",
    "Temporarily reducing the prefetch count",
    "Redis BRPOP got",
)


class BrokerLines:
    """Changes lines of a log before they are formatted; a filter of its handler, in the worker's parent.

    Parameters
    ----------
    broker : str
        Its address as it is shown.
    clock : callable
        Seconds that only go forward.
    """

    def __init__(self, broker: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._broker = broker
        self._clock = clock
        self._away_since_s: float | None = None
        self._said_s = 0.0
        self._refusal_said_s: float | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a line is to be written, and change what it says."""
        said = str(record.msg)
        if record.name == _CONSUMER and said == _NOT_CONNECTED:
            return self._is_away(record, cause=_nth(record, 1))
        if record.name == _CONSUMER and _nth(record, 0) == _LOST:
            cause = _nth(record, 1)
            if isinstance(cause, ResponseError):
                return self._refuses(record, cause)
            return self._is_away(record, cause)
        if record.name == TELLS_OF_A_CONNECTION and said.startswith(_CONNECTED):
            return self._is_there(record)
        for start, anew in _UNHEARD.items():
            if said.startswith(start):
                return _changed(record, logging.WARNING, anew)
        return not said.startswith(_OF_NO_USE)

    def _is_away(self, record: logging.LogRecord, cause: object) -> bool:
        now_s = self._clock()
        if self._away_since_s is None:
            self._away_since_s = self._said_s = now_s
            return _changed(
                record,
                logging.ERROR,
                f"the broker {self._broker} is away ({_in_a_line(cause)}); "
                "pages in hand are finished, and it is tried again every few seconds",
            )
        if now_s - self._said_s < _STILL_AWAY_EVERY_S:
            return False
        self._said_s = now_s
        away_s = now_s - self._away_since_s
        return _changed(
            record,
            logging.ERROR,
            f"the broker {self._broker} is still away, for {away_s:.0f} s now ({_in_a_line(cause)})",
        )

    def _refuses(self, record: logging.LogRecord, cause: object) -> bool:
        """Say so once a minute: it is there, and what it says of itself is what has to be mended."""
        now_s = self._clock()
        if self._refusal_said_s is not None and now_s - self._refusal_said_s < _STILL_AWAY_EVERY_S:
            return False
        self._refusal_said_s = now_s
        return _changed(
            record,
            logging.ERROR,
            f"the broker {self._broker} refuses what is written to it ({_in_a_line(cause)}); "
            "pages in hand are finished, and it is tried again every few seconds",
        )

    def _is_there(self, record: logging.LogRecord) -> bool:
        if self._away_since_s is None:
            return logging.getLogger().isEnabledFor(record.levelno)
        away_s, self._away_since_s = self._clock() - self._away_since_s, None
        # As loud as what said that it was away: who heard that wants to hear this, too.
        return _changed(
            record,
            logging.WARNING,
            f"the broker {self._broker} is there again after {away_s:.0f} s; pages are taken again",
        )


def _nth(record: logging.LogRecord, number: int) -> object:
    """Return what is to be filled into a line at some place, None where there is nothing."""
    filled = record.args if isinstance(record.args, tuple) else (record.args,)
    return filled[number] if number < len(filled) else None


def _in_a_line(cause: object) -> str:
    return " ".join(str(cause).split()).rstrip(".") or type(cause).__name__


def _changed(record: logging.LogRecord, level: int, message: str) -> bool:
    record.levelno, record.levelname = level, logging.getLevelName(level)
    record.msg, record.args, record.exc_info, record.exc_text = message, (), None, None
    return True
