"""What a worker tells of a bad night: its log as JSON, its metrics, and its broker's password nowhere."""

import json
import re
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.fake_readers import PATIENCE_S, Script, wait_until
from tests.integration.conftest import RedisServer, WorkerProcess, free_port
from tests.job_builders import job_of, plain_settings
from worker.app import make_app
from worker.jobs import Job
from worker.queue import enqueue

pytestmark = pytest.mark.redis

PASSWORD = "s3cret+of the/night"
IN_ADDRESS = quote(PASSWORD, safe="")


@dataclass
class Night:
    """What there was to see."""

    job: Job
    log: str
    metrics: dict[tuple, float]
    answers: dict[str, tuple[int, str]]
    processes: str
    exit_code: int

    @property
    def lines(self):
        return [json.loads(line) for line in self.log.splitlines()]


def ask(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE_S) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def samples(text):
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture(scope="module")
def night(_redis_installed, tmp_path_factory):
    """Let two processes read six pages: a poisonous, a broken, a hanging one, and three good ones."""
    folder = tmp_path_factory.mktemp("night")
    server = RedisServer(folder, password=PASSWORD)
    script = Script(folder / "script")
    script.folder.mkdir()
    settings = plain_settings(
        broker_url=server.url,
        jobs=2,
        log_format="json",
        metrics_port=free_port(),
        max_attempts=1,
        task_soft_time_limit_s=1,
        task_time_limit_s=12,  # Celery believes after 10 s that a process is lost
    )
    job = job_of(folder, [31, 32, 33, 34, 35, 36])
    script.kill_reader_of(31)
    job.entries[1].file.write_bytes(b"words")
    script.hold(33)
    script.ignore_soft_limit_of(33)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAKE_WORKER_LOG_LEVEL", "DEBUG")  # as with -v: everything that anybody says
        worker = WorkerProcess(settings, script, folder / "worker.log", "fake_worker.py")
    port = settings.metrics_port
    try:
        wait_until(lambda: ask(port, "/readyz")[0] == 200, "the worker is ready")
        enqueue(job, job.entries, settings)
        with make_app(settings).connection_for_write() as connection:
            connection.SimpleQueue(settings.queue).put({"no": "task"})
        wait_until(lambda: not job.missing(), "all pages are done")
        done = {("digitize_pages_total", "", "read"): 3, ("digitize_queue_pages",): 0}
        wait_until(lambda: done.items() <= samples(ask(port, "/metrics")[1]).items(), "all is counted")
        answers = {path: ask(port, path) for path in ("/metrics", "/livez", "/readyz", "/else")}
        processes = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True)
        worker.terminate()
        exit_code = worker.process.wait(PATIENCE_S)
    finally:
        worker.end()
        server.stop()
    metrics = samples(answers["/metrics"][1])
    return Night(job, worker.log.read_text(), metrics, answers, processes.stdout, exit_code)


def test_every_line_is_an_object_with_time_level_and_message(night):
    assert night.exit_code == 0
    assert all({"time", "level", "message", "logger", "process"} <= set(line) for line in night.lines)
    assert {"worker.page_work", "celery.apps.worker"} <= {line["logger"] for line in night.lines}


def test_every_line_about_a_page_names_job_file_and_page(night):
    told = [line for line in night.lines if re.search(r"read_page(\[|')|page \d|WorkerLost", line["message"])]
    names = {entry.name for entry in night.job.entries}

    assert {line["file"] for line in told} == names
    assert {(line["job"], line["page"]) for line in told} == {(str(night.job.path), 1)}


def test_celery_says_of_a_lost_process_which_page_it_had(night):
    lost = [line for line in night.lines if "WorkerLostError" in line["message"]]

    assert {line["file"] for line in lost} == {"31.png"}
    assert all(line["level"] == "error" and "Traceback" in line["traceback"] for line in lost)


def test_celery_says_of_a_time_limit_which_page_it_was(night):
    (line,) = [line for line in night.lines if line["message"].startswith("Hard time limit")]

    assert line["file"] == "33.png"


def test_what_became_of_a_page_are_fields(night):
    ends = {line["file"]: line for line in night.lines if "outcome" in line}

    assert {file: line.get("code") for file, line in ends.items()} == {
        "31.png": "worker-lost",
        "32.png": "file-changed",
        "33.png": "time-limit",
        **dict.fromkeys(("34.png", "35.png", "36.png")),
    }
    assert ends["34.png"]["numbers"] == ends["34.png"]["attempt"] == 1
    assert ends["34.png"]["model"] == "fake"


def test_pages_are_counted_by_outcome(night):
    counted = {key[1:]: value for key, value in night.metrics.items() if key[0] == "digitize_pages_total"}

    assert counted == {
        ("", "given-up"): 0,
        ("", "put-off"): 0,
        ("", "read"): 3,
        ("failed", "worker-lost"): 1,
        ("failed", "file-changed"): 1,
        ("failed", "time-limit"): 1,
    }


def test_attempts_lost_processes_and_quarantined_pages_are_counted(night):
    assert night.metrics["digitize_processes_lost_total",] == 1
    assert night.metrics["digitize_page_attempts_total",] == 6 + 1
    assert night.metrics["digitize_pages_quarantined_total", "worker-lost"] == 1


def test_seconds_by_stage_model_queue_and_worker_are_told(night):
    assert night.metrics["digitize_stage_seconds_count", "total"] == 3
    assert night.metrics["digitize_stage_seconds_count", "decode"] == 3
    assert night.metrics["digitize_model", "fake"] == 1
    assert night.metrics["digitize_worker_up",] == 1
    assert night.metrics["digitize_broker_up",] == 1
    assert night.metrics["digitize_worker_processes",] == 2
    assert night.metrics["digitize_pages_in_hand",] == 0
    assert night.metrics["process_resident_memory_bytes",] > 0


def test_a_supervisor_can_ask_and_nothing_else_is_served(night):
    assert night.answers["/livez"] == (200, "yes\n")
    assert night.answers["/readyz"] == (200, "yes\n")
    assert night.answers["/else"][0] == 404


@pytest.mark.parametrize("spelling", [PASSWORD, IN_ADDRESS])
def test_the_password_is_in_no_line_no_metric_no_list_of_processes_and_no_result(night, spelling):
    assert spelling not in night.log
    assert spelling not in night.answers["/metrics"][1]
    assert spelling not in night.processes
    files = [path for path in Path(night.job.path).rglob("*") if path.is_file()]
    assert len(files) >= 7
    assert not any(spelling.encode() in path.read_bytes() for path in files)
