"""A broker with TLS and a password: certificates of an authority of one's own, and no secret anywhere."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from kombu.exceptions import OperationalError
from pydantic import SecretStr

from tests.fake_readers import PATIENCE_S, wait_until
from tests.integration.conftest import ROOT, Certificates, RedisServer, WorkerProcess
from tests.job_builders import job_of, plain_settings
from worker.app import make_app
from worker.errors import BrokerUnreachable
from worker.heartbeat import workers_alive
from worker.queue import ask_broker, check_broker, enqueue
from worker.waiting import wait_for

pytestmark = pytest.mark.redis

PASSWORD = "top+secret/of the broker"


def openssl(folder, *args):
    subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True, timeout=PATIENCE_S)


def key_and(folder, kind, name, *more):
    """Make a key of elliptic curves, which takes no time, and a certificate or a request for one."""
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl(folder, "req", *kind, *curve, "-keyout", f"{name}.key", "-out", f"{name}.pem", *more)


def certificates(folder: Path) -> Certificates:
    folder.mkdir()
    is_authority = (
        "-addext",
        "basicConstraints=critical,CA:TRUE",
        "-addext",
        "keyUsage=critical,keyCertSign",
    )
    key_and(folder, ("-x509", "-days", "2"), "authority", "-subj", "/CN=digitize test", *is_authority)
    key_and(folder, (), "broker", "-subj", "/CN=broker")
    (folder / "for").write_text("subjectAltName=IP:127.0.0.1\n")
    by = ("-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-days", "2")
    openssl(folder, "x509", "-req", "-in", "broker.pem", *by, "-extfile", "for", "-out", "signed.pem")
    return Certificates(folder / "authority.pem", folder / "signed.pem", folder / "broker.key")


@pytest.fixture(scope="module")
def server(_redis_installed, tmp_path_factory):
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed, which makes the certificates")
    folder = tmp_path_factory.mktemp("tls")
    made = RedisServer(folder, password=PASSWORD, tls=certificates(folder / "certificates"))
    if made.ended():
        pytest.skip(f"this redis-server knows no TLS: {(folder / 'redis.log').read_text()[-200:]}")
    yield made
    made.stop()


@pytest.fixture
def settings(server, tmp_path):
    return plain_settings(broker_url=server.url, key_prefix=f"digitize:{tmp_path.name}:", jobs=1)


@pytest.fixture
def allowed(server, settings):
    """Return settings of a user with some rights."""

    def user(*rights):
        with server.client() as client:
            client.execute_command("ACL", "SETUSER", "digitize", "reset", "on", f">{PASSWORD}", *rights)
        url = server.url.replace("rediss://:", "rediss://digitize:")
        return settings.model_copy(update={"broker_url": SecretStr(url)})

    return user


@pytest.fixture
def rights():
    """Return what docs/operations.md says that a user needs."""
    text = (ROOT / "docs/operations.md").read_text("utf-8")
    return re.search(r"`ACL SETUSER digitize on >PASSWORD ([^`]+)`", text)[1].split()


@pytest.fixture
def restricted(allowed, rights):
    """Return settings of a user who may do what docs/operations.md says, and nothing else."""
    return allowed(*rights)


def connect_queue(settings):
    with make_app(settings).connection_for_write() as connection:
        connection.ensure_connection(max_retries=1, timeout=2)
        connection.default_channel.client.ping()


def test_pages_go_through_a_broker_with_tls_and_no_secret_gets_out(
    restricted, tmp_path, script, digitize, monkeypatch
):
    job, settings = job_of(tmp_path, [31, 32]), restricted
    worker = WorkerProcess(settings, script, tmp_path / "worker.log", "fake_worker.py")
    try:
        enqueue(job, job.entries, settings)
        wait_for(job, settings, timeout_s=PATIENCE_S, on_progress=lambda _: None, on_warning=lambda _: None)
        url = settings.broker_url.get_secret_value()
        alive = ask_broker(url, lambda client: workers_alive(client, settings.key_prefix))
        shown = subprocess.run(
            ["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True
        ).stdout
        monkeypatch.setenv("DIGITIZE_BROKER_URL", url)
        monkeypatch.setenv("DIGITIZE_KEY_PREFIX", settings.key_prefix)
        doctor = digitize("doctor", "--json")
        status = digitize("-v", "status", job.path)
        worker.terminate()
        assert worker.process.wait(PATIENCE_S) == 0
    finally:
        worker.end()

    assert job.progress().read == 2
    assert len(alive) == 1
    broker = next(check for check in json.loads(doctor.stdout)["checks"] if check["name"] == "broker")
    assert broker["found"].startswith("rediss://digitize:***@127.0.0.1:")
    assert "refuses" not in broker["found"]
    texts = [worker.log.read_text(), shown, doctor.output, status.output]
    texts += [path.read_text() for path in job.path.rglob("*") if path.is_file()]
    for secret in (PASSWORD, "top%2Bsecret"):
        assert not any(secret in text for text in texts)


def test_pages_of_a_killed_worker_are_given_out_again_by_who_may_do_no_more(
    restricted,
    tmp_path,
    script,
    start_worker,
):
    job = job_of(tmp_path, [31, 32])
    script.hold(31)
    enqueue(job, job.entries, restricted)
    lost = start_worker(restricted, FAKE_WORKER_QUICK="yes")
    wait_until(lambda: script.begun(31), "the page was begun")
    lost.end()
    script.release(31)
    start_worker(restricted, FAKE_WORKER_QUICK="yes")
    wait_until(lambda: not job.missing(), "both pages are done")
    assert [len(script.begun(width)) for width in (31, 32)] == [2, 1]


def test_who_may_not_miss_a_killed_worker_says_so_once(
    server, allowed, rights, tmp_path, script, start_worker
):
    settings = allowed(*[right for right in rights if right != "+info"])
    job = job_of(tmp_path, [31])
    script.hold(31)
    enqueue(job, job.entries, settings)
    lost = start_worker(settings, FAKE_WORKER_QUICK="yes")
    wait_until(lambda: script.begun(31), "the page was begun")
    lost.end()
    other = start_worker(settings, FAKE_WORKER_QUICK="yes")
    wait_until(lambda: "does not let them be missed" in other.log.read_text(), "it is said")
    with server.client() as client:
        wait_until(lambda: sum(entry["count"] for entry in client.acl_log()) > 5, "it goes on asking")
    assert other.log.read_text().count("does not let them be missed") == 1
    assert other.process.poll() is None


def test_doctor_says_that_a_killed_worker_cannot_be_missed(allowed, rights, digitize, monkeypatch):
    settings = allowed(*[right for right in rights if right != "+info"])
    monkeypatch.setenv("DIGITIZE_BROKER_URL", settings.broker_url.get_secret_value())
    monkeypatch.setenv("DIGITIZE_KEY_PREFIX", settings.key_prefix)
    (broker,) = [
        each for each in json.loads(digitize("doctor", "--json").stdout)["checks"] if each["name"] == "broker"
    ]
    assert broker["ok"]
    assert " answers, but refuses INFO: " in broker["found"]
    assert "+info" in broker["found"]


@pytest.mark.parametrize("options", ["", "?ssl_cert_reqs=required", "?ssl_ca_certs=/no/such/file.pem"])
def test_an_authority_that_is_not_known_is_refused_by_all_that_connect(settings, options):
    url = settings.broker_url.get_secret_value().partition("?")[0] + options
    unsure = plain_settings(broker_url=url)

    with pytest.raises(BrokerUnreachable) as caught:
        check_broker(unsure)
    with pytest.raises(OperationalError, match=r"certificate verify failed|No such file"):
        connect_queue(unsure)

    assert "ssl_ca_certs" in caught.value.remedy
    assert "top%2Bsecret" not in caught.value.message
    assert PASSWORD not in caught.value.message


def test_who_does_not_speak_tls_is_told_how(settings):
    url = settings.broker_url.get_secret_value().partition("?")[0].replace("rediss://", "redis://")

    with pytest.raises(BrokerUnreachable) as caught:
        check_broker(plain_settings(broker_url=url))

    assert "rediss://" in caught.value.remedy


def test_a_broker_of_another_name_is_refused_by_all_that_connect(settings):
    url = settings.broker_url.get_secret_value().replace("127.0.0.1", "localhost")
    elsewhere = plain_settings(broker_url=url)

    with pytest.raises(BrokerUnreachable, match="Hostname mismatch"):
        check_broker(elsewhere)
    with pytest.raises(OperationalError, match="Hostname mismatch"):
        connect_queue(elsewhere)


def test_a_wrong_password_is_told_without_it(settings):
    url = settings.broker_url.get_secret_value().replace("top%2Bsecret", "wrong-guess")

    with pytest.raises(BrokerUnreachable) as caught:
        check_broker(plain_settings(broker_url=url))

    assert "invalid username-password pair" in caught.value.message
    assert "wrong-guess" not in caught.value.message
