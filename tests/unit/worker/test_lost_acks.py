"""A worker's places for pages, where Redis does not hear what becomes of them."""

from contextlib import contextmanager

import pytest
from redis.exceptions import ConnectionError as ConnectionLost

from worker.lost_acks import ForgivingQoS


class Channel:
    """Has lost its connection."""

    do_restore = False
    unacked_key, unacked_index_key = "unacked", "unacked_index"

    @contextmanager
    def conn_or_acquire(self, client=None):
        raise ConnectionLost("gone")
        yield


@pytest.fixture
def qos():
    """Return the places of a worker that may hold two pages and holds them."""
    qos = ForgivingQoS(Channel(), prefetch_count=2)
    for tag in ("first", "second"):
        qos._delivered[tag] = object()
    return qos


@pytest.mark.parametrize(
    "end",
    [
        lambda qos: qos.ack("first"),
        lambda qos: qos.reject("first"),
        lambda qos: qos.reject("first", requeue=True),
    ],
    ids=["acknowledged", "rejected", "given back"],
)
def test_a_page_redis_did_not_hear_of_is_not_held_any_more_and_the_loss_is_told(qos, end):
    assert not qos.can_consume()
    with pytest.raises(ConnectionLost):
        end(qos)
    assert qos.can_consume()
    assert qos.can_consume_max_estimate() == 1
