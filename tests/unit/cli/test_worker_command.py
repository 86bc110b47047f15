"""`digitize worker`: what its options come to."""

import pytest

import worker.serve


@pytest.fixture
def started(digitize, monkeypatch):
    """Keep with what a worker would have been started."""
    kept = {}

    def run(settings, jobs, *, log_level):
        kept.update(settings=settings, jobs=jobs, log_level=log_level)
        return 0

    monkeypatch.setenv("DIGITIZE_BROKER_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(worker.serve, "run_worker", run)
    return kept


def test_options_become_settings(digitize, started):
    options = ("-j", "2", "--metrics-port", "9808", "--metrics-host", "0.0.0.0", "--log-format", "json")

    assert digitize("worker", *options).exit_code == 0

    settings = started["settings"]
    assert (started["jobs"], started["log_level"]) == (2, "INFO")
    assert (settings.metrics_port, settings.metrics_host) == (9808, "0.0.0.0")
    assert settings.log_format == "json"


def test_without_options_nothing_is_served_and_a_worker_may_not_stand_still(digitize, started):
    assert digitize("worker").exit_code == 0

    settings = started["settings"]
    assert (settings.metrics_port, settings.metrics_host) == (None, "127.0.0.1")
    assert settings.stall_timeout_s == 120
    assert settings.log_format == "text"


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_is_none_is_refused(digitize, started, port):
    assert digitize("worker", "--metrics-port", port).exit_code == 2
    assert started == {}
