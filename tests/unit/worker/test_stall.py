"""When a worker stands still, and when it only looks like that."""

import pytest

from tests.job_builders import plain_settings
from worker.page_events import PageEvent, PageEvents
from worker.stall import Progress, stall_message
from worker.worker_watch import Watch

LIMIT_S = 90


@pytest.fixture
def progress():
    return Progress(LIMIT_S)


def test_pages_that_wait_while_none_is_taken_are_idle_time(progress):
    assert [progress.idle_s(3, now_s) for now_s in (10, 11, 40)] == [0, 1, 30]


@pytest.mark.parametrize("waiting", [0, None])
def test_an_empty_queue_and_a_broker_that_is_away_are_none(progress, waiting):
    progress.idle_s(3, 0)
    assert progress.idle_s(waiting, 100) == 0
    assert progress.idle_s(3, 200) == 0
    assert progress.idle_s(3, 205) == 5


def test_a_page_in_hand_is_none_for_as_long_as_it_may_take(progress):
    progress.note(PageEvent("begun", "a"), 0)
    assert progress.idle_s(3, LIMIT_S) == 0
    assert progress.idle_s(3, LIMIT_S + 31) == 0  # it should have been killed; from now on it counts
    assert progress.idle_s(3, LIMIT_S + 41) == 10


@pytest.mark.parametrize("end", ["done", "found-done", "put-off", "given-up", "lost"])
def test_however_a_page_ends_the_time_begins_anew(progress, end):
    progress.note(PageEvent("begun", "a"), 0)
    progress.note(PageEvent(end, "a"), 50)
    assert progress.in_hand == {}
    assert progress.idle_s(3, 51) == 0
    assert progress.idle_s(3, 60) == 9


def test_several_pages_are_in_hand_at_once(progress):
    for page in "ab":
        progress.note(PageEvent("begun", page), 0)
    progress.note(PageEvent("done", "a"), 1)
    assert progress.idle_s(3, 60) == 0


def test_processes_that_are_being_started_need_not_take_pages_yet(progress):
    progress.begin(0)
    assert (progress.idle_s(3, 60), progress.reading()) == (0, 0)
    progress.note(PageEvent("ready", ""), 60)
    assert progress.idle_s(3, 61) == 0
    progress.note(PageEvent("ready", ""), 65)  # another one: that is no progress
    assert progress.idle_s(3, 71) == 10


def test_processes_that_never_start_are_a_stall(progress):
    progress.begin(0)
    assert progress.idle_s(3, LIMIT_S + 31) == 0
    assert progress.idle_s(3, LIMIT_S + 91) == 60


@pytest.mark.parametrize(("waiting", "said"), [(1, "a page waits"), (1200, "1,200 pages wait")])
def test_the_message_says_how_much_waits(waiting, said):
    assert said in stall_message(waiting, 120)


class Witness:
    def __init__(self):
        self.looks, self.events = [], []

    def saw(self, event, in_hand):
        self.events.append(event)

    def looked(self, waiting, in_hand):
        self.looks.append((waiting, in_hand))


def test_a_broker_that_does_not_answer_is_told_and_never_a_stall():
    events, witness = PageEvents(), Witness()
    watch = Watch(plain_settings(broker_url="redis://127.0.0.1:1/0", stall_timeout_s=1), events, [witness])
    watch._look()
    assert witness.looks == [(None, 0)]
    assert watch.stalled == ""
    watch.join()
    events.close()


def test_what_is_told_through_the_pipe_comes_out_whole_and_in_order():
    events = PageEvents()
    for number in range(200):
        events.tell("begun", f"page-{number}", seconds={"total": 0.125})
    taken = []
    while found := events.take(0):
        taken += found
    assert [event.page for event in taken] == [f"page-{number}" for number in range(200)]
    assert taken[0].seconds == {"total": 0.125}
    events.close()


def test_what_does_not_fit_is_dropped_and_nobody_waits():
    events = PageEvents()
    for _ in range(5000):
        events.tell("begun", "page")
    assert 0 < len(events.take(0)) < 5000
    events.close()


def test_a_long_line_is_told_without_its_details():
    events = PageEvents()
    events.tell("done", "page", seconds={f"step-{number}": 1 / 3 for number in range(500)})
    assert events.take(0) == [PageEvent("done", "page")]
    events.close()
