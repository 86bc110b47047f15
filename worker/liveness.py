"""How soon a worker that is gone is missed, and its pages are given to others."""

from dataclasses import dataclass

__all__ = ["Liveness"]


@dataclass(frozen=True)
class Liveness:
    """Times of a worker's signs of life; the same for all workers of a queue.

    A page of a worker that was killed whole is given out again after `expiry_s` and `look_every_s` at the
    latest.

    Attributes
    ----------
    beat_every_s : float
        Between two signs of life.
    expiry_s : float
        A worker that gave none for so long is taken for gone. Four beats may be missed, as on a machine
        that is busy.
    look_every_s : float
        Between two looks for pages of workers that are gone.
    redis_knows_after_s : float
        After a restart of Redis all signs of life are gone, and workers take some seconds to connect again.
    """

    beat_every_s: float = 2.0
    expiry_s: float = 10.0
    look_every_s: float = 2.0
    redis_knows_after_s: float = 15.0
