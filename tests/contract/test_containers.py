"""What docker-compose.yml and the Dockerfile have to say, checked without a Docker daemon."""

import re
import runpy
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from tests.job_builders import plain_settings
from worker.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def last_stage():
    return DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]


def script(name):
    """Return what a service runs, as the shell in it sees it."""
    shell, option, text = SERVICES[name]["command"]
    assert (shell, option) == ("sh", "-c")
    return text.replace("$$", "$").replace("\\\n", " ")


def test_redis_keeps_what_is_queued_and_is_not_published():
    options = dict(re.findall(r"--(\S+) (\S+)", script("redis")))
    assert options["appendonly"] == "yes"
    assert options["maxmemory-policy"] == "noeviction"
    assert "queue:/data" in SERVICES["redis"]["volumes"]
    assert COMPOSE["networks"]["queue"]["internal"] is True
    assert SERVICES["redis"]["networks"] == SERVICES["worker"]["networks"] == ["queue"]
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["flower"]


def test_flower_is_asked_for_and_shows_itself_to_who_knows_the_password_at_this_machine():
    flower = SERVICES["flower"]
    assert flower["profiles"] == ["flower"]
    assert all(port.startswith("127.0.0.1:") for port in flower["ports"])
    assert 'test -n "$FLOWER_BASIC_AUTH" ||' in script("flower")
    assert int(re.search(r"--max_tasks=(\d+)", script("flower"))[1]) <= 10_000
    assert (ROOT / "deploy/flower/celeryconfig.py").is_file()


def test_flower_without_a_password_is_not_started():
    told = subprocess.run(
        ["/bin/sh", "-c", script("flower")], env={"PATH": ""}, capture_output=True, check=False
    )
    assert (told.returncode, b"FLOWER_BASIC_AUTH" in told.stderr) == (1, True)


def test_flower_looks_where_the_workers_are(monkeypatch):
    monkeypatch.setenv("DIGITIZE_BROKER_URL", "redis://:secret@redis:6379/0")
    told = runpy.run_path(str(ROOT / "deploy/flower/celeryconfig.py"))
    settings = plain_settings()
    assert told["broker_transport_options"] == {"global_keyprefix": settings.key_prefix}
    assert told["task_default_queue"] == settings.queue


@pytest.mark.parametrize("name", SERVICES)
def test_no_password_stands_on_a_command_line_or_in_the_file(name):
    command = SERVICES[name].get("command", [])
    assert not any("${REDIS_PASSWORD" in part or "${FLOWER_BASIC_AUTH" in part for part in command)
    for variable, value in SERVICES[name]["environment"].items():
        if "PASSWORD" in variable or "AUTH" in variable or "BROKER" in variable:
            assert re.search(r"\$\{(REDIS_PASSWORD:\?[^}]+|FLOWER_BASIC_AUTH:-)\}", value)


def test_a_stopped_worker_has_time_for_its_page():
    grace_s = int(SERVICES["worker"]["stop_grace_period"].removesuffix("s"))
    assert grace_s > plain_settings().task_time_limit_s
    assert last_stage().count("STOPSIGNAL SIGTERM") == 1


def test_workers_can_be_scaled():
    assert "container_name" not in SERVICES["worker"]
    assert SERVICES["worker"]["command"][0] == "worker"
    assert SERVICES["worker"]["restart"] == "unless-stopped"


def test_the_command_line_starts_only_when_it_is_asked_for():
    assert SERVICES["cli"]["profiles"] == ["cli"]
    assert "restart" not in SERVICES["cli"]
    assert not any("profiles" in SERVICES[name] for name in ("redis", "worker"))


@pytest.mark.parametrize("name", SERVICES)
def test_nobody_is_root_and_nobody_can_write_beside_the_volumes(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == ["/tmp"]
    assert not service["user"].startswith(("0", "root"))


def test_whoever_submits_and_whoever_reads_see_the_same_folders():
    assert SERVICES["cli"]["volumes"] == SERVICES["worker"]["volumes"]
    assert SERVICES["worker"]["volumes"][0].endswith(":/scans:ro")


def test_workers_wait_for_a_redis_that_answers():
    assert SERVICES["redis"]["healthcheck"]["test"] == ["CMD", "redis-cli", "-e", "ping"]
    assert SERVICES["worker"]["depends_on"] == {"redis": {"condition": "service_healthy"}}


def test_the_health_check_of_a_worker_is_a_module_that_is_there():
    *_, module = SERVICES["worker"]["healthcheck"]["test"]
    assert find_spec(module) is not None


def test_every_setting_that_is_passed_on_is_one_and_has_its_default():
    for name, value in SERVICES["worker"]["environment"].items():
        field = Settings.model_fields[name.removeprefix("DIGITIZE_").lower()]
        if default := re.fullmatch(r"\$\{\w+:-(.*)\}", value):
            assert default[1] == ("" if field.default is None else str(field.default))


def test_every_variable_of_the_compose_file_is_explained():
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    explained = (ROOT / ".env.example").read_text("utf-8")
    assert "\nREDIS_PASSWORD=\n" in explained
    for name, default in re.findall(r"\$\{(\w+):-([^}]*)\}", text):
        assert f"# {name}={default}\n" in explained


def test_the_image_installs_what_is_locked_and_does_not_run_as_root():
    assert "--require-hashes" in DOCKERFILE
    assert "requirements.lock" in DOCKERFILE
    assert re.search(r"^USER (?!root|0)", last_stage(), re.MULTILINE)
    assert "tensorflow" not in (ROOT / "requirements.lock").read_text("utf-8").lower()


def test_what_does_not_work_in_containers_is_said():
    has_objects = any(
        line.startswith("s3fs") for line in (ROOT / "requirements.lock").read_text().splitlines()
    )
    is_open = not all(COMPOSE["networks"][name]["internal"] for name in SERVICES["worker"]["networks"])
    containers = OPERATIONS[OPERATIONS.index("### With containers") : OPERATIONS.index("#### Flower")]
    assert ("The image is without s3fs" in containers) is not has_objects
    assert ("has no way out to a store" in containers) is not is_open


def test_the_flower_that_was_tried_is_the_one_that_is_named():
    version = SERVICES["flower"]["image"].partition(":")[2]
    assert re.search(rf"Tried with Flower {re.escape(version)}\.\d", OPERATIONS)


def test_what_the_dockerfile_copies_is_not_ignored():
    kept = {
        line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")
    }
    copied = {
        source
        for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
        for source in line.split()
    }
    assert copied == kept
    assert all((ROOT / source).exists() for source in copied)
