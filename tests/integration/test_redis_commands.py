"""The commands over a real queue: submit, status, resume and results, with real workers."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.fake_readers import PATIENCE_S, wait_until
from tests.job_builders import png
from worker.heartbeat import workers_alive

pytestmark = pytest.mark.redis


@pytest.fixture
def queued(digitize, settings, monkeypatch):
    """Run the command where a broker is configured, beside a folder `in` with three pages."""
    monkeypatch.setenv("DIGITIZE_BROKER_URL", settings.broker_url.get_secret_value())
    monkeypatch.setenv("DIGITIZE_KEY_PREFIX", settings.key_prefix)
    Path("in").mkdir()
    for width in (31, 32, 33):
        Path("in", f"{width}.png").write_bytes(png(width))
    return digitize


def test_submit_waits_for_the_workers_and_prints_the_table(queued, settings, start_worker):
    start_worker(settings)

    result = queued("submit", "in", "-o", "job", "--json", "--timeout", PATIENCE_S)

    assert result.exit_code == 0
    assert [row["text"] for row in json.loads(result.stdout)["results"]] == ["00031", "00032", "00033"]
    assert "3 pages: 3 read, 0 failed; 3 numbers" in result.stderr.splitlines()[-1]


def test_detached_inputs_that_led_to_no_page_are_named_at_once(queued):
    Path("words.png").write_bytes(b"words")

    some = queued("submit", "in", "words.png", "-o", "job", "--detach", "--json")
    none = queued("submit", "words.png", "-o", "none", "--detach")

    told = json.loads(some.stdout)
    assert (some.exit_code, told["queued"], [error["file"] for error in told["errors"]]) == (
        0,
        3,
        ["words.png"],
    )
    assert "warning: words.png, page 1: " in some.stderr
    assert none.exit_code == 5
    assert "warning: words.png, page 1: " in none.stderr


def test_detached_pages_are_read_later(queued, settings, start_worker):
    result = queued("submit", "in", "-o", "job", "--detach")
    assert (result.exit_code, result.stdout) == (0, f"{Path('job').absolute()}\n")
    assert f"`digitize results {Path('job').absolute()}` writes the tables" in result.stderr
    before = json.loads(queued("status", "job", "--json").stdout)

    start_worker(settings)
    waited = queued("resume", "job", "--timeout", PATIENCE_S)

    assert (before["total"], before["missing"]) == (3, 3)
    assert waited.exit_code == 0
    assert [row.split()[4] for row in waited.stdout.splitlines()[1:]] == ["00031", "00032", "00033"]
    assert queued("results", "job").stdout.count(",accepted,") == 3


def test_waiting_ends_in_time_and_the_tables_hold_what_is_done(queued, settings, script, start_worker):
    script.hold(32)
    start_worker(settings)
    assert queued("submit", "in/31.png", "-o", "first", "--timeout", PATIENCE_S).exit_code == 0

    result = queued("submit", "in/32.png", "-o", "job", "--timeout", "0.1")

    script.release(32)
    assert result.exit_code == 124
    assert "error: 1 of 1 page not done in " in result.stderr
    assert "hint: Workers go on; " in result.stderr
    assert json.loads(Path("job/summary.json").read_text())["pages"]["missing"] == 1
    assert queued("resume", "job", "--timeout", PATIENCE_S).exit_code == 0


def test_a_broker_that_goes_away_while_waiting_keeps_the_job(
    queued, own_redis, settings, script, start_worker, monkeypatch
):
    monkeypatch.setattr("worker.waiting._ASK_EVERY_S", 0.1)
    mine = settings.model_copy(update={"broker_url": SecretStr(own_redis.url)})
    monkeypatch.setenv("DIGITIZE_BROKER_URL", own_redis.url)
    script.hold(32)
    start_worker(mine)

    def stop_in_the_middle():
        wait_until(lambda: script.begun(32), "the page was begun")
        own_redis.stop()

    with ThreadPoolExecutor(1) as pool:
        stopped = pool.submit(stop_in_the_middle)
        result = queued("submit", "in", "-o", "job", "--timeout", PATIENCE_S)
        stopped.result()

    script.release(32)
    assert result.exit_code == 4
    assert f"digitize resume {Path('job').absolute()}" in result.stderr.splitlines()[-1]
    assert json.loads(Path("job/summary.json").read_text())["pages"]["read"] == 1


def test_waiting_without_a_worker_says_how_to_start_one(queued, monkeypatch):
    monkeypatch.setattr("worker.waiting._ASK_EVERY_S", 0.1)
    result = queued("submit", "in", "-o", "job", "--timeout", "1")

    warnings = [line for line in result.stderr.splitlines() if line.startswith("warning: ")]
    assert result.exit_code == 124
    assert len(warnings) == 1
    assert "`digitize worker`" in warnings[0]
    assert "3 of 3 pages not done" in result.stderr
    assert "no worker is alive" in result.stderr.splitlines()[-2]
    assert "hint: Start `digitize worker`" in result.stderr.splitlines()[-1]


def test_doctor_reaches_the_broker(queued, settings):
    checks = {check["name"]: check for check in json.loads(queued("doctor", "--json").stdout)["checks"]}
    assert checks["broker"] == {
        "name": "broker",
        "ok": True,
        "found": f"{settings.broker_url.get_secret_value()} answers",
    }
    assert checks["workers"]["found"] == "none alive: queued pages wait for one"


def test_doctor_names_every_worker(queued, settings, shared_redis, start_worker):
    workers = [start_worker(settings) for _ in range(2)]
    with shared_redis.client() as client:
        wait_until(lambda: len(workers_alive(client, settings.key_prefix)) == 2, "both workers beat")

    checks = {check["name"]: check for check in json.loads(queued("doctor", "--json").stdout)["checks"]}

    found = checks["workers"]["found"]
    assert found.startswith("2 alive: ")
    assert all(f":{worker.process.pid}" in found for worker in workers)
