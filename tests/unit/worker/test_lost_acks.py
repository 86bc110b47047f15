"""A worker's places for pages, where Redis does not hear what becomes of them."""

from contextlib import contextmanager

import pytest
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import ReadOnlyError

from worker.lost_acks import ForgivingQoS


class Channel:
    """Has lost its connection."""

    do_restore = False
    unacked_key, unacked_index_key = "unacked", "unacked_index"

    def __init__(self, error):
        self.error = error

    @contextmanager
    def conn_or_acquire(self, client=None):
        raise self.error
        yield


def places(error):
    """Return the places of a worker that may hold two pages and holds them."""
    qos = ForgivingQoS(Channel(error), prefetch_count=2)
    for tag in ("first", "second"):
        qos._delivered[tag] = object()
    return qos


ENDS = pytest.mark.parametrize(
    "end",
    [
        lambda qos: qos.ack("first"),
        lambda qos: qos.reject("first"),
        lambda qos: qos.reject("first", requeue=True),
    ],
    ids=["acknowledged", "rejected", "given back"],
)


@ENDS
def test_a_page_redis_did_not_hear_of_is_not_held_any_more_and_the_loss_is_told(end):
    qos = places(ConnectionLost("gone"))
    assert not qos.can_consume()
    with pytest.raises(ConnectionLost):
        end(qos)
    assert qos.can_consume()
    assert qos.can_consume_max_estimate() == 1


@ENDS
def test_a_redis_that_refuses_to_hear_of_it_disturbs_nobody(end, caplog):
    qos = places(ReadOnlyError("You can't write against a read only replica."))
    end(qos)
    assert qos.can_consume()
    assert "the broker refused to" in caplog.text
