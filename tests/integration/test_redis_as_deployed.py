"""Redis as docker-compose.yml runs it: with a password that nobody sees, and pages that survive a restart."""

import re
import subprocess

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError, RedisError

from tests.contract.test_containers import SERVICES, script
from tests.fake_readers import PATIENCE_S, wait_until
from tests.integration.conftest import free_port
from tests.job_builders import job_of, plain_settings
from worker.queue import enqueue

pytestmark = pytest.mark.redis

PASSWORD = "0123abcd" * 8


@pytest.fixture
def start(_redis_installed, tmp_path):
    """Return what starts it in a folder of its own, and waits until it answers."""
    port, started = free_port(), []
    text = script("redis").replace("/tmp/redis.conf", str(tmp_path / "redis.conf"))
    text = (
        re.sub(r"\$\{\w+:-(\w+)\}", r"\1", text).rstrip()
        + f" --bind 127.0.0.1 --port {port} --dir {tmp_path}\n"
    )

    def answers():
        try:
            with Redis(port=port, password=PASSWORD) as client:
                return client.ping()
        except RedisError:
            return False

    def run():
        environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "REDIS_PASSWORD": PASSWORD}
        with (tmp_path / "redis.log").open("ab") as log:
            started.append(subprocess.Popen(["/bin/sh", "-c", text], env=environment, stdout=log))
        wait_until(answers, "redis-server answers")
        return started[-1], port

    yield run
    for process in started:
        process.terminate()
        process.wait(PATIENCE_S)


def test_it_wants_the_password_shows_it_nowhere_and_keeps_what_is_queued(start, tmp_path):
    process, port = start()
    settings = plain_settings(broker_url=f"redis://:{PASSWORD}@127.0.0.1:{port}/0")
    job = job_of(tmp_path, [31, 32])

    with pytest.raises(AuthenticationError), Redis(port=port) as stranger:
        stranger.ping()
    listed = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True).stdout
    assert PASSWORD not in listed
    assert (tmp_path / "redis.conf").stat().st_mode & 0o077 == 0
    enqueue(job, job.entries, settings)
    process.terminate()  # it is the server itself, not a shell before it
    assert process.wait(PATIENCE_S) == 0

    start()

    with Redis(port=port, password=PASSWORD) as client:
        assert client.llen(f"{settings.key_prefix}{settings.queue}") == 2
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


@pytest.mark.parametrize(("password", "healthy"), [(PASSWORD, True), ("", False), ("another one", False)])
def test_an_answer_that_is_an_error_is_not_healthy(start, password, healthy):
    _, port = start()
    _, program, *asked = SERVICES["redis"]["healthcheck"]["test"]
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "REDISCLI_AUTH": password}

    found = subprocess.run(
        [program, "-p", str(port), *asked], env=environment, capture_output=True, check=False
    )

    assert (found.returncode == 0) is healthy
