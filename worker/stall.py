"""Whether a worker still gets on: it takes pages when there are any, or reads one.

A worker can be there, turn over its event loop and answer nothing but signs of life, and yet never take a
page again. What counts is progress: pages begun and done, as the processes tell that read them.
"""

from dataclasses import dataclass, field

from worker.page_events import PageEvent

__all__ = ["Progress", "stall_message"]

#: A page that was begun is believed to be read for as long as the hard limit allows, and so much longer:
#: for the time that it takes to be killed and recorded.
_MARGIN_S = 30.0

#: What ends the reading of a page, for better or worse.
_ENDS = frozenset(("done", "found-done", "put-off", "given-up", "lost"))

#: Among the pages in hand: the start of the processes.
_STARTING = ""


@dataclass(slots=True)
class Progress:
    """What a worker was seen doing, and since when it does nothing although pages wait.

    Times are those of a clock that only goes forward, given by the caller.

    Attributes
    ----------
    task_time_limit_s : float
        After which a page is killed.
    in_hand : dict of str to float
        Pages being read, and when each was begun; the start of the processes counts, too.
    idle_since_s : float or None
        Since when pages wait and none is in hand; None while that is not so.
    """

    task_time_limit_s: float
    in_hand: dict[str, float] = field(default_factory=dict)
    idle_since_s: float | None = None

    def begin(self, now_s: float) -> None:
        """Take note that processes are being started: until one has loaded the model none takes a page."""
        self.in_hand[_STARTING] = now_s

    def note(self, event: PageEvent, now_s: float) -> None:
        """Take note of what happened to a page: that is progress, whatever it was."""
        if event.kind == "ready":
            # Only of the first: processes that come and go are no progress.
            self.in_hand.pop(_STARTING, None)
            return
        self.idle_since_s = None
        if event.kind == "begun":
            self.in_hand[event.page] = now_s
        elif event.kind in _ENDS:
            self.in_hand.pop(event.page, None)

    def reading(self) -> int:
        """Return how many pages are being read."""
        return len(self.in_hand) - (_STARTING in self.in_hand)

    def idle_s(self, waiting: int | None, now_s: float) -> float:
        """Return for how long pages have been waiting without any being taken; 0 where all is well.

        Parameters
        ----------
        waiting : int or None
            Pages in the queue; None while the broker gives no answer, which is waited for.
        now_s : float
            Now.
        """
        longest_s = self.task_time_limit_s + _MARGIN_S
        self.in_hand = {page: begun for page, begun in self.in_hand.items() if now_s - begun < longest_s}
        if not waiting or self.in_hand:
            self.idle_since_s = None
            return 0.0
        if self.idle_since_s is None:
            self.idle_since_s = now_s
        return now_s - self.idle_since_s


def stall_message(waiting: int, limit_s: float) -> str:
    """Return what to say of a worker that stands still."""
    pages = "a page waits" if waiting == 1 else f"{waiting:,} pages wait"
    return (
        f"the worker stands still: it took no page for {limit_s:g} s, although {pages} and the broker answers"
    )
