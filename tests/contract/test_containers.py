"""What docker-compose.yml and the Dockerfile have to say, checked without a Docker daemon."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from tests.job_builders import plain_settings
from worker.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def last_stage():
    return DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]


def test_redis_keeps_what_is_queued_and_is_not_published():
    command = SERVICES["redis"]["command"]
    options = dict(zip(command[1::2], command[2::2], strict=True))
    assert options["--appendonly"] == "yes"
    assert options["--maxmemory-policy"] == "noeviction"
    assert "queue:/data" in SERVICES["redis"]["volumes"]
    assert not any("ports" in service for service in SERVICES.values())


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
    assert not service["user"].startswith(("0", "root"))


def test_whoever_submits_and_whoever_reads_see_the_same_folders():
    assert SERVICES["cli"]["volumes"] == SERVICES["worker"]["volumes"]
    assert SERVICES["worker"]["volumes"][0].endswith(":/scans:ro")


def test_workers_wait_for_a_redis_that_answers():
    assert SERVICES["redis"]["healthcheck"]["test"] == ["CMD", "redis-cli", "ping"]
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
    for name, default in re.findall(r"\$\{(\w+):-([^}]*)\}", text):
        assert f"# {name}={default}\n" in explained


def test_the_image_installs_what_is_locked_and_does_not_run_as_root():
    assert "--require-hashes" in DOCKERFILE
    assert "requirements.lock" in DOCKERFILE
    assert re.search(r"^USER (?!root|0)", last_stage(), re.MULTILINE)
    assert "tensorflow" not in (ROOT / "requirements.lock").read_text("utf-8").lower()


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
