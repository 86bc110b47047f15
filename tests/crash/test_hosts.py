"""Hosts that are cut off without a word, and come back or do not: nothing is lost, and nothing stands twice.

Redis and two workers run on hosts of their own, which share the folder of the job.
"""

import os
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
from redis import Redis
from redis.exceptions import RedisError

from tests.crash.network import network, why_there_is_none
from tests.crash.traces import (
    assert_as_if_nothing_had_happened,
    assert_nothing_in_redis,
    processes_of,
    stop,
)
from tests.fake_readers import PATIENCE_S, wait_until
from tests.job_builders import page_file, plain_settings
from worker.heartbeat import workers_alive
from worker.jobs import Job
from worker.tables import write_tables

pytestmark = pytest.mark.redis

WIDTHS = list(range(31, 41))
#: What a worker says of its broker.
LOSS = "/0 is away ("
PREFIX, QUEUE = "digitize:", "digitize:digitize"


class RedisOnHost:
    """A Redis on a host of its own, which the test itself reaches by a socket in a folder."""

    def __init__(self, host, folder):
        self.host, self._socket = host, folder / "socket"
        place = ["--bind", host.address, "--unixsocket", str(self._socket), "--dir", str(folder)]
        nothing_kept = ["--save", "", "--appendonly", "no", "--protected-mode", "no"]
        with (folder / "redis.log").open("wb") as log:
            self._process = subprocess.Popen(
                [*host.command, "redis-server", *place, *nothing_kept], stdout=log, stderr=log
            )
        wait_until(self._answers, "redis-server answers")

    @property
    def url(self):
        return f"redis://{self.host.address}:6379/0"

    def client(self):
        return Redis(unix_socket_path=str(self._socket))

    def _answers(self):
        with suppress(RedisError), self.client() as client:
            return client.ping()
        return False

    def stop(self):
        self._process.terminate()
        self._process.wait(PATIENCE_S)


@dataclass
class Site:
    """Redis and workers, each on a host of its own, and a job that they share."""

    redis: RedisOnHost
    job_path: os.PathLike
    workers: dict = field(default_factory=dict)

    @property
    def job(self):
        return Job.open(self.job_path)

    def worker_of(self, process):
        """Return the worker that a process belongs to."""
        return next(each for each in self.workers if process in processes_of(each.process.pid))

    def alive(self, *workers):
        """Tell whether workers are known in Redis to be alive."""
        with self.redis.client() as client:
            known = {name.rsplit(":", 1)[1] for name in workers_alive(client, PREFIX)}
        return {str(worker.process.pid) for worker in workers} <= known

    def nothing_in_hand(self):
        with self.redis.client() as client:
            return not client.keys(f"{PREFIX}place:*") and not client.exists(f"{PREFIX}unacked", QUEUE)


@pytest.fixture(scope="session")
def _hosts():
    why = why_there_is_none()
    if why and os.environ.get("CI") == "true":
        pytest.fail(f"{why}, and in CI these tests have to run")
    if why:
        pytest.skip(why)


@pytest.fixture
def hosts(_hosts, _redis_installed):
    with network() as made:
        yield made


@pytest.fixture
def redis(hosts, tmp_path_factory):
    server = RedisOnHost(hosts.host(), tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture
def site(hosts, redis, tmp_path, start_worker):
    """Let two workers stand ready."""
    made = Site(redis, tmp_path / "job")

    def ready(quick):
        for _ in range(2):
            host = hosts.host()
            settings = plain_settings(broker_url=redis.url, jobs=1)
            made.workers[start_worker(settings, within=host.command, FAKE_WORKER_QUICK=quick)] = host
        wait_until(lambda: made.alive(*made.workers), "both workers are ready")
        return made

    return ready


@pytest.fixture
def submit(redis, program, tmp_path):
    for width in WIDTHS:
        page_file(tmp_path / "scans", width)

    def submit(*arguments, host=None, code=0):
        host = host or redis.host
        run = program("submit", *arguments, within=host.command, DIGITIZE_BROKER_URL=redis.url)
        _, errors = run.communicate(timeout=PATIENCE_S)
        assert run.returncode == code, errors
        return errors

    return submit


def end(site, tmp_path, *workers):
    """Wait until all is done, and look at what came of it."""
    wait_until(lambda: not site.job.missing(), "all pages are done")
    wait_until(site.nothing_in_hand, "nothing waits, or is in hand")
    write_tables(site.job)
    stop(*workers)
    assert_as_if_nothing_had_happened(site.job, tmp_path)
    assert_nothing_in_redis(site.redis)


def test_a_host_that_is_cut_off_in_the_middle_of_a_page_and_comes_back(site, submit, script, tmp_path):
    site = site("")  # the times that workers have
    script.hold(33)
    submit("scans", "-o", "job", "--detach")
    wait_until(lambda: script.begun(33), "the page was begun")
    lost = site.worker_of(script.begun(33)[0])
    (other,) = site.workers.keys() - {lost}
    site.workers[lost].pull_out()

    wait_until(lambda: len(script.begun(33)) == 2, "the page was begun again")
    assert site.worker_of(script.begun(33)[1]) is other
    script.release(33)
    wait_until(lambda: not site.job.missing(), "all pages are done")
    assert not site.alive(lost)

    site.workers[lost].plug_in()
    wait_until(lambda: site.alive(lost), "the host is back")
    for width in (51, 52):
        page_file(tmp_path / "more", width)
        script.hold(width)
    submit("more", "-o", "later", "--detach")
    wait_until(lambda: script.begun(51) and script.begun(52), "both workers take a page")
    assert {site.worker_of(script.begun(width)[0]) for width in (51, 52)} == {lost, other}
    for width in (51, 52):
        script.release(width)
    end(site, tmp_path, lost, other)
    later = Job.open(tmp_path / "later")
    assert later.progress().read == 2
    assert {width: len(script.begun(width)) for width in WIDTHS} == {w: 1 + (w == 33) for w in WIDTHS}


def test_a_host_that_is_cut_off_for_good_while_its_worker_waits_for_a_page(
    site, submit, script, tmp_path, redis
):
    submit("scans", "-o", "job", "--detach")
    with redis.client() as client:
        client.rename(QUEUE, "kept")
        site = site("yes")
        lost, other = site.workers
        site.workers[lost].pull_out()
        client.rename("kept", QUEUE)  # Redis answers those who wait, whether or not they hear of it
    end(site, tmp_path, other)
    assert [len(script.begun(width)) for width in WIDTHS] == [1] * len(WIDTHS)
    assert " read in " not in lost.log.read_text()


def test_a_redis_that_is_cut_off_from_everybody(site, submit, script, tmp_path, hosts):
    site = site("yes")
    script.hold(33)
    submit("scans", "-o", "job", "--detach")
    wait_until(lambda: script.begun(33), "the page was begun")
    site.redis.host.pull_out()
    assert "does not answer" in submit("scans", "-o", "job", host=hosts.host(), code=4)
    # One that reads a page asks for no other, and need not notice.
    wait_until(lambda: any(LOSS in each.log.read_text() for each in site.workers), "it is missed")
    script.release(33)
    site.redis.host.plug_in()
    end(site, tmp_path, *site.workers)
    for log in (each.log.read_text() for each in site.workers):
        assert log.count(LOSS) == log.count(" is there again after ") <= 1
        assert "Cannot connect" not in log
        assert "Warning: " not in log
