"""Trying again for a broker that is away, and not where the worker itself can open no connection."""

import errno

import pytest
from celery import Celery
from redis.exceptions import ConnectionError as RedisAway

from worker.reconnecting import reconnect_soon


@pytest.fixture
def connection(monkeypatch):
    """Give a connection that fails three times, for one reason after the other."""
    app = Celery(broker="redis://127.0.0.1:1/0", set_as_current=False)
    reconnect_soon(app, on_shortage=lambda _: None)
    connection = app.connection_for_read()
    causes = []

    def fail():
        cause = causes.pop(0)
        try:
            raise cause
        except OSError as error:
            raise RedisAway(f"Error {error.errno}") from None  # as this library does: with no cause

    monkeypatch.setattr(connection, "_connection_factory", fail)
    with connection:
        yield connection, causes


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE])
def test_where_no_file_can_be_opened_it_is_not_tried_again(connection, number):
    connection, causes = connection
    causes += [ConnectionRefusedError(errno.ECONNREFUSED, "refused"), OSError(number, "Too many"), None]
    heard = []

    with pytest.raises(Exception, match=f"Error {number}"):
        connection.ensure_connection(
            lambda error, _: heard.append(str(error)), interval_start=0, interval_step=0
        )

    assert heard == [f"Error {errno.ECONNREFUSED}"]
    assert causes == [None]
