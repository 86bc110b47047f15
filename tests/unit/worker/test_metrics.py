"""What a worker counts, and the little server that tells it."""

import logging
import socket
import struct
import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import ThreadingHTTPServer

import pytest

from tests.fake_readers import PATIENCE_S, number_record
from tests.job_builders import page_file, read_record
from worker.errors import DigitizeError, SettingsInvalid
from worker.metrics import WorkerMetrics
from worker.metrics_server import MetricsServer
from worker.page_events import PageEvent, PageEvents
from worker.presence import presence_step
from worker.printed import printed_step
from worker.records import Status


@pytest.fixture
def metrics():
    return WorkerMetrics(2)


def value(metrics, name, **labels):
    return metrics.registry.get_sample_value(name, labels)


def test_what_is_alerted_on_is_served_before_it_happens(metrics):
    quarantined = [
        value(metrics, "digitize_pages_quarantined_total", reason=r) for r in ("worker-lost", "unwritable")
    ]
    pages = [value(metrics, "digitize_pages_total", outcome=o, code="") for o in ("put-off", "given-up")]

    assert quarantined == pages == [0, 0]
    assert value(metrics, "digitize_processes_lost_total") == 0


def test_pages_are_counted_once_by_what_became_of_them(metrics):
    events = [
        PageEvent("begun", "a"),
        PageEvent("done", "a", outcome="blank", model="m1", seconds={"total": 0.3}),
        PageEvent("done", "b", outcome="failed", code="worker-lost"),
        PageEvent("put-off", "c"),
        PageEvent("given-up", "c"),
        PageEvent("found-done", "d"),
    ]
    for event in events:
        metrics.saw(event, 1)

    pages = {
        (outcome, code): value(metrics, "digitize_pages_total", outcome=outcome, code=code)
        for outcome, code in (("blank", ""), ("failed", "worker-lost"), ("put-off", ""), ("given-up", ""))
    }
    assert set(pages.values()) == {1}
    assert value(metrics, "digitize_pages_total", outcome="found-done", code="") is None
    assert value(metrics, "digitize_page_attempts_total") == 1
    for reason in ("worker-lost", "unwritable"):
        assert value(metrics, "digitize_pages_quarantined_total", reason=reason) == 1
    assert value(metrics, "digitize_stage_seconds_bucket", stage="total", le="0.25") == 0
    assert value(metrics, "digitize_stage_seconds_bucket", stage="total", le="0.5") == 1


def test_numbers_are_counted_also_those_that_stand_in_no_table(metrics, tmp_path):
    entry = page_file(tmp_path, 31)
    numbers = [number_record("12", number=1), number_record("7", number=2, status=Status.REVIEW)]
    steps = (presence_step(3, 0.3), printed_step(2))
    events = PageEvents()
    events.tell_done("a", read_record(entry, numbers).model_copy(update={"processing": steps}))
    events.tell_done("b", read_record(entry, numbers))
    for event in events.take(0):
        metrics.saw(event, 0)
    events.close()

    counted = {
        outcome: value(metrics, "digitize_numbers_total", outcome=outcome)
        for outcome in ("accepted", "review", "rejected", "passed_over", "printed_left_out")
    }
    assert counted == {
        "accepted": 2,
        "review": 2,
        "rejected": None,
        "passed_over": 3,
        "printed_left_out": 2,
    }


def test_only_the_model_in_use_is_named(metrics):
    started = value(metrics, "digitize_last_progress_timestamp_seconds")
    metrics.saw(PageEvent("ready", "", model="old"), 0)
    assert value(metrics, "digitize_last_progress_timestamp_seconds") == started  # nothing was done to a page
    metrics.saw(PageEvent("done", "a", outcome="read", model="new"), 0)

    assert value(metrics, "digitize_model", model="old") is None
    assert value(metrics, "digitize_model", model="new") == 1


def test_a_queue_that_nobody_can_look_into_is_not_empty(metrics):
    assert value(metrics, "digitize_queue_pages") != 0
    metrics.looked(7, 1)
    assert value(metrics, "digitize_queue_pages") == 7
    metrics.looked(None, 1)
    assert value(metrics, "digitize_queue_pages") != 7
    assert value(metrics, "digitize_broker_up") == 0


def test_without_what_serves_them_metrics_are_refused_with_a_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "prometheus_client", None)

    with pytest.raises(DigitizeError) as caught:
        WorkerMetrics(1)

    assert "--metrics-port" in caught.value.remedy


def test_the_server_says_no_where_the_answer_is_no(metrics):
    server = MetricsServer("127.0.0.1", 0, metrics.registry, live=lambda: True, ready=lambda: False)
    server.start()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/livez") as answer:
            assert answer.read() == b"yes\n"
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"http://127.0.0.1:{server.port}/readyz")
        assert caught.value.code == 503
        caught.value.close()
    finally:
        server.close()


def test_a_port_that_is_taken_is_a_setting_that_is_wrong(metrics):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsInvalid, match=f"127.0.0.1, port {port}") as caught:
            MetricsServer("127.0.0.1", port, metrics.registry, live=bool, ready=bool)
    assert "--metrics-port" in caught.value.remedy


def test_an_address_that_is_none_is_a_setting_that_is_wrong(metrics):
    with pytest.raises(SettingsInvalid, match="cannot be served on"):
        MetricsServer("no such host", 9, metrics.registry, live=bool, ready=bool)


@pytest.fixture
def asked(metrics, monkeypatch):
    """Serve, and give the server with a question that is answered as a test says."""
    answered, real = threading.Event(), ThreadingHTTPServer.shutdown_request
    monkeypatch.setattr(
        ThreadingHTTPServer,
        "shutdown_request",
        lambda server, request: (real(server, request), answered.set()),
    )
    server = MetricsServer("127.0.0.1", 0, metrics.registry, live=lambda: answer(), ready=lambda: True)
    server.start()

    def ask(answer_now):
        nonlocal answer
        answer = answer_now
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(b"GET /livez HTTP/1.0\r\n\r\n")
            yield client
        assert answered.wait(PATIENCE_S)

    answer = None
    yield contextmanager(ask)
    server.close()


def test_who_hangs_up_is_not_told_of(asked, capfd, caplog):
    hung_up = threading.Event()

    def answer():
        hung_up.wait(PATIENCE_S)
        return True

    with asked(answer) as client:
        # With this the system ends the connection by a reset, as for a client that was killed.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        hung_up.set()

    assert (capfd.readouterr().err, caplog.records) == ("", [])


def test_a_fault_of_an_answer_is_a_line_of_the_log_as_any_other(asked, capfd, caplog):
    def answer():
        raise ValueError("a fault")

    with asked(answer):
        pass

    assert capfd.readouterr().err == ""
    (record,) = caplog.records
    assert (record.levelno, record.name) == (logging.ERROR, "worker.metrics_server")
    assert "a fault" in str(record.exc_info)
