"""What the log says of a broker that went away: once, then once a minute, and once that it is back."""

import logging

import pytest
from celery.worker.consumer import connection, consumer
from redis.exceptions import ResponseError

from worker.broker_log import BrokerLines

BROKER = "redis://:***@queue-host:6379/0"


@pytest.fixture
def now():
    return [100.0]


@pytest.fixture
def said(now):
    """Take down what comes through the filter, from Celery's own loggers."""
    lines = []

    class Handler(logging.Handler):
        def emit(self, record):
            lines.append((record.levelname, record.getMessage()))

    handler = Handler()
    handler.addFilter(BrokerLines(BROKER, clock=lambda: now[0]))
    loggers = (consumer.logger, connection.logger, logging.getLogger("celery.worker.request"))
    before = [each.level for each in loggers]
    for each in loggers:
        each.addHandler(handler)
        each.setLevel(logging.INFO)
    yield lines
    for each, level in zip(loggers, before, strict=True):
        each.removeHandler(handler)
        each.setLevel(level)


def lose():
    consumer.warn("%s (%r)", consumer.CONNECTION_RETRY, OSError("network:TimeoutError"))


def try_again():
    what_next = consumer.CONNECTION_RETRY_STEP.format(when="in 4.00 seconds", retries=2, max_retries=None)
    consumer.error(consumer.CONNECTION_ERROR, "redis://:**@queue-host:6379/0", OSError("no route"), what_next)


def connect():
    connection.info("Connected to %s", "redis://:**@queue-host:6379/0")


def test_a_loss_and_a_return_are_a_line_each(said, now):
    lose()
    for _ in range(10):
        now[0] += 4
        try_again()
    now[0] += 2
    connect()
    assert [level for level, _ in said] == ["ERROR", "WARNING"]
    assert said[0][1].startswith(f"the broker {BROKER} is away (network:TimeoutError); pages in hand")
    assert said[1][1] == f"the broker {BROKER} is there again after 42 s; pages are taken again"


def test_while_it_is_away_that_is_said_each_minute(said, now):
    try_again()
    for _ in range(31):
        now[0] += 4
        try_again()
    assert [message for _, message in said[1:]] == [
        f"the broker {BROKER} is still away, for {seconds} s now (no route)" for seconds in (60, 120)
    ]


def test_the_next_loss_is_said_again(said):
    for _ in range(2):
        lose()
        try_again()
        connect()
    assert [level for level, _ in said] == ["ERROR", "WARNING"] * 2


def test_the_first_connection_is_no_return(said, monkeypatch):
    monkeypatch.setattr(logging.getLogger(), "level", logging.INFO)
    connect()
    assert said == [("INFO", "Connected to redis://:**@queue-host:6379/0")]


def test_a_broker_that_refuses_is_no_broker_that_is_away(said, now):
    for passed_s in (0, 1, 58, 2):
        now[0] += passed_s
        consumer.warn(
            "%s (%r)", consumer.CONNECTION_RETRY, ResponseError("NOREPLICAS Not enough good replicas")
        )
        connect()
    lines = [line for level, line in said if level == "ERROR"]
    assert len(lines) == 2
    assert "refuses what is written to it (NOREPLICAS Not enough good replicas); " in lines[0]
    assert not [line for _, line in said if "there again" in line]


def test_what_could_not_be_acknowledged_is_said_in_a_line(said):
    try:
        raise OSError("timed out")
    except OSError as error:
        logging.getLogger("celery.worker.request").critical(
            "Couldn't ack %r, reason:%r", "some-tag", error, exc_info=True
        )
    assert said == [
        ("WARNING", "the broker did not hear that a page is done; should it come again, it is found done")
    ]


def test_what_celery_says_of_other_things_is_left_as_it_is(said):
    consumer.error("Frequent restarts detected: %r", "five")
    assert said == [("ERROR", "Frequent restarts detected: 'five'")]
