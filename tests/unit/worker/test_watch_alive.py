"""What a watch says of its worker before, while and after it watches."""

from tests.job_builders import plain_settings
from worker.page_events import PageEvents
from worker.watch import Watch


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
