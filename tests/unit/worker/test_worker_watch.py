"""What a watch says of its worker before, while and after it watches, also where something in it fails."""

import threading

from tests.fake_readers import PATIENCE_S
from tests.job_builders import plain_settings
from worker.page_events import PageEvents
from worker.worker_watch import Watch


def test_a_worker_is_alive_until_it_is_seen_to_stand_still():
    events = PageEvents()
    watch = Watch(plain_settings(broker_url="redis://127.0.0.1:1/0"), events)
    said = [watch.alive()]
    watch.start()
    watch.start()  # as after a reconnection
    said.append(watch.alive())
    watch.stop()
    watch.join()
    said.append(watch.alive())
    watch.stalled = "it stands still"
    said.append(watch.alive())
    events.close()
    assert said == [True, True, True, False]


class FailsOnce:
    """A witness that fails at the first event and at the first look."""

    def __init__(self):
        self.fails = {"saw", "looked"}
        self.has_seen_the_last = threading.Event()

    def saw(self, event, in_hand):
        self._fail("saw")
        if event.page == "last":
            self.has_seen_the_last.set()

    def looked(self, waiting, in_hand):
        self._fail("looked")

    def _fail(self, what):
        if what in self.fails:
            self.fails.remove(what)
            raise ZeroDivisionError(what)


def test_a_watch_in_which_something_fails_says_so_and_goes_on(caplog, monkeypatch):
    events, witness, ended = PageEvents(), FailsOnce(), threading.Event()
    settings = plain_settings(broker_url="redis://127.0.0.1:1/0", stall_timeout_s=1)
    watch = Watch(settings, events, [witness])
    fails = ["the first question"]

    def waiting():
        if fails:
            raise ZeroDivisionError(fails.pop())
        return 3

    monkeypatch.setattr(watch, "_waiting", waiting)
    monkeypatch.setattr(watch, "_end", lambda _message: ended.set())
    for told in (("ready", ""), ("begun", "first"), ("done", "first"), ("done", "last")):
        events.tell(*told)
    watch.start()
    assert witness.has_seen_the_last.wait(PATIENCE_S)
    assert ended.wait(PATIENCE_S), "a worker that stands still is ended all the same"
    assert watch.alive()
    watch.join()
    events.close()
    assert (witness.fails, fails) == (set(), [])
    assert caplog.text.count("the watch over this worker failed, and goes on") == 1
    assert caplog.text.count("was not taken down") == 2
