"""What lies in `deploy/`: units, manifests and alerts agree with the program, as far as a test can see."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
import yaml
from _pytest.outcomes import Failed, Skipped

from cli.app import app
from tests.contract.test_containers import script
from tests.job_builders import plain_settings
from worker.metrics import WorkerMetrics
from worker.settings import Settings

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy/systemd/digitize-worker.service"
MANIFESTS = list(yaml.safe_load_all((ROOT / "deploy/kubernetes/digitize.yaml").read_text("utf-8")))
RULES = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text("utf-8"))["groups"][0]["rules"]
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")


def manifest(kind, name):
    (found,) = [one for one in MANIFESTS if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return found


def pod(kind, name):
    return manifest(kind, name)["spec"]["template"]["spec"]


WORKER = pod("Deployment", "digitize-worker")["containers"][0]


def options_of(command):
    """Return the options of a command as they are typed."""
    parameters = typer.main.get_command(app).commands[command].params
    return {spelling for parameter in parameters for spelling in parameter.opts}


def unit_values(key):
    return re.findall(rf"^{key}=(.*)$", UNIT.read_text("utf-8"), re.MULTILINE)


# --- systemd


def _left_out(why):
    """Skip a test that this machine cannot run; in CI it has to run."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{why}, and in CI this test has to run")
    pytest.skip(why)


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path):
    if shutil.which("systemd-analyze") is None:
        _left_out("systemd is not installed")
    program = Path(sys.executable).with_name("digitize")
    if not program.exists():
        _left_out("run from a checkout that is not installed: the unit would start nothing")
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text("utf-8").replace("/opt/digitize/bin/digitize", str(program)))

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", copy],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(("in_ci", "outcome"), [("true", Failed), ("", Skipped)])
def test_without_systemd_ci_fails(in_ci, outcome, monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setenv("CI", in_ci)
    with pytest.raises(outcome, match="systemd is not installed"):
        test_systemd_finds_nothing_wrong_with_the_unit(tmp_path)


def test_ci_installs_what_checks_the_unit():
    assert "install -y -qq --no-install-recommends systemd\n" in (ROOT / ".ci/run").read_text("utf-8")


def test_the_unit_starts_a_worker_with_options_that_there_are():
    (line,) = unit_values("ExecStart")
    _, command, *rest = line.split()
    assert command == "worker"
    assert {word for word in rest if word.startswith("-")} <= options_of("worker")


def test_all_that_the_unit_sets_stands_in_the_file_that_doctor_is_given():
    """By `systemd-run -p EnvironmentFile=...`, which sees nothing of the unit."""
    in_unit = {word for line in unit_values("Environment") for word in line.split() if "DIGITIZE_" in word}
    in_file = set(re.findall(r"^# +(DIGITIZE_\w+=\S+)$", UNIT.read_text("utf-8"), re.MULTILINE))
    (given,) = set(re.findall(r"systemd-run .*?-p EnvironmentFile=(\S+)", OPERATIONS))
    assert [given] == unit_values("EnvironmentFile")
    assert in_unit
    assert in_unit <= in_file


def test_the_unit_leaves_a_page_its_time_and_signals_the_parent_alone():
    assert int(unit_values("TimeoutStopSec")[0]) > plain_settings().task_time_limit_s
    assert unit_values("KillMode") == ["mixed"]
    assert unit_values("Restart") == ["always"]


def test_the_unit_may_write_nothing_but_jobs():
    assert unit_values("ProtectSystem") == ["strict"]
    assert unit_values("ReadWritePaths") == ["/srv/digitize/jobs"]
    assert unit_values("NoNewPrivileges") == ["true"]
    assert unit_values("CapabilityBoundingSet") == [""]


def test_the_unit_holds_the_worker_to_scans_and_jobs():
    (roots,) = [line.partition("=")[2] for line in unit_values("Environment") if "ROOTS" in line]
    assert roots.split(":") == ["/srv/digitize/scans", *unit_values("ReadWritePaths")]


def test_variables_named_in_the_unit_are_settings():
    named = re.findall(r"DIGITIZE_(\w+)=", UNIT.read_text("utf-8"))
    assert {name.lower() for name in named} <= set(Settings.model_fields)
    assert "broker_url" in {name.lower() for name in named}


# --- Kubernetes


def test_the_worker_of_the_manifests_is_one_that_there_is():
    command, *rest = WORKER["args"]
    assert command == "worker"
    assert {word for word in rest if word.startswith("-")} <= options_of("worker")
    names = {one["name"].removeprefix("DIGITIZE_").lower() for one in WORKER["env"]}
    assert names <= set(Settings.model_fields)


def test_the_settings_of_the_manifests_are_valid():
    values = {one["name"].removeprefix("DIGITIZE_").lower(): one.get("value") for one in WORKER["env"]}
    settings = Settings.model_validate({name: value for name, value in values.items() if value is not None})
    assert settings.metrics_port == WORKER["ports"][0]["containerPort"]
    annotations = manifest("Deployment", "digitize-worker")["spec"]["template"]["metadata"]["annotations"]
    assert annotations["prometheus.io/port"] == str(settings.metrics_port)


def test_the_manifests_hold_the_worker_to_scans_and_jobs():
    (roots,) = [one["value"] for one in WORKER["env"] if one["name"] == "DIGITIZE_ROOTS"]
    mounted = {mount["mountPath"] for mount in WORKER["volumeMounts"]}
    assert set(roots.split(":")) == mounted - {"/models", "/tmp"}


def test_the_probes_ask_what_the_worker_answers():
    probes = {name: WORKER[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert {name: probe["path"] for name, probe in probes.items()} == {
        "startupProbe": "/livez",
        "livenessProbe": "/livez",
        "readinessProbe": "/readyz",
    }
    assert {probe["port"] for probe in probes.values()} == {WORKER["ports"][0]["name"]}


def test_the_first_lines_of_the_unit_install_what_is_there_and_wait_for_no_input():
    head = UNIT.read_text("utf-8").partition("[Unit]")[0].replace("\n#   ", "\n")
    locks = re.findall(r"-r (\S+)", head)
    assert locks == ["requirements.lock", "requirements-build.lock"]
    copied = re.search(r"^cp (\S+)", head, re.MULTILINE)[1]
    assert all((ROOT / name).is_file() for name in (*locks, copied))
    given, ended = re.search(r"/dev/stdin \S+ <<'(\w+)'\n(?:DIGITIZE_\w+=.*\n)+(\w+)\n", head).groups()
    assert given == ended


def test_scans_get_into_the_volume_that_workers_read():
    filler = yaml.safe_load((ROOT / "deploy/kubernetes/scans.yaml").read_text("utf-8"))
    spec, worker = filler["spec"], pod("Deployment", "digitize-worker")
    (volume,) = spec["volumes"]
    (mount,) = spec["containers"][0]["volumeMounts"]
    theirs = next(one for one in worker["volumes"] if one["name"] == "scans")["persistentVolumeClaim"]
    assert volume["persistentVolumeClaim"] == {"claimName": theirs["claimName"]}  # and not only to be read
    assert mount == {"name": volume["name"], "mountPath": "/scans"}
    assert spec["securityContext"] == worker["securityContext"]
    assert spec["containers"][0]["securityContext"] == WORKER["securityContext"]
    name, namespace = filler["metadata"]["name"], filler["metadata"]["namespace"]
    assert f"kubectl -n {namespace} cp march {name}:/scans/march" in OPERATIONS
    assert f"kubectl -n {namespace} delete pod {name}" in OPERATIONS


def test_redis_is_asked_as_in_the_compose_file():
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]["redis"]
    probe = pod("StatefulSet", "digitize-redis")["containers"][0]["readinessProbe"]
    assert ["CMD", *probe["exec"]["command"]] == compose["healthcheck"]["test"]


def test_a_worker_that_is_scaled_down_has_time_for_its_page():
    grace_s = pod("Deployment", "digitize-worker")["terminationGracePeriodSeconds"]
    assert grace_s > plain_settings().task_time_limit_s


def test_workers_are_as_many_as_the_queue_is_long():
    scaled = manifest("ScaledObject", "digitize-worker")["spec"]
    (trigger,) = scaled["triggers"]
    settings = plain_settings()
    assert trigger["metadata"]["listName"] == settings.key_prefix + settings.queue
    assert scaled["scaleTargetRef"]["name"] == "digitize-worker"
    assert "replicas" not in manifest("Deployment", "digitize-worker")["spec"]
    # With one worker at least, KEDA's cooldownPeriod says nothing: what waits is the autoscaler.
    assert scaled["minReplicaCount"] >= 1
    assert "cooldownPeriod" not in scaled
    behavior = scaled["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    assert behavior["scaleDown"]["stabilizationWindowSeconds"] == 300
    (secret,) = manifest("TriggerAuthentication", trigger["authenticationRef"]["name"])["spec"][
        "secretTargetRef"
    ]
    assert (secret["parameter"], secret["key"]) == ("password", "password")
    host, _, port = trigger["metadata"]["address"].partition(":")
    service = manifest("Service", host.partition(".")[0])
    assert service["spec"]["ports"][0]["port"] == int(port)


def test_the_first_looks_of_a_bad_night_can_be_taken_in_each_deployment():
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    queue = plain_settings().key_prefix + plain_settings().queue
    unit = UNIT.read_text("utf-8")
    looks = dict(re.findall(r"^\| (Compose|systemd|Kubernetes)[^|]* \| (.*) \|$", OPERATIONS, re.MULTILINE))
    assert set(looks) == {"Compose", "systemd", "Kubernetes"}

    for service in re.findall(r"docker compose (?:run --rm --no-deps|exec) (\w+)", looks["Compose"]):
        assert service in compose
    # A `cli` that waits for a healthy Redis could not say that Redis is ill.
    assert " --rm cli" not in looks["Compose"]
    assert "REDISCLI_AUTH" in compose["redis"]["environment"]

    variables, user, program = re.search(
        r"EnvironmentFile=(\S+) -p User=(\w+) (\S+) doctor", looks["systemd"]
    ).groups()
    assert f"EnvironmentFile={variables}\nEnvironment" in unit
    assert f"-p EnvironmentFile={variables} -p User={user}" in unit  # who submits is who reads
    assert f"User={user}\n" in unit
    assert f"ExecStart={program} worker" in unit
    assert re.search(r"127\.0\.0\.1:(\d+)/metrics", looks["systemd"])[1] in unit

    namespaces = set(re.findall(r"kubectl -n (\w+) ", looks["Kubernetes"]))
    assert namespaces == {manifest("Deployment", "digitize-worker")["metadata"]["namespace"]}
    assert " exec deploy/digitize-worker -- digitize doctor" in looks["Kubernetes"]
    assert "kubectl get" not in OPERATIONS
    (label,) = re.findall(r" logs -l app=([\w-]+) --previous", looks["Kubernetes"])
    assert manifest("Deployment", label)["spec"]["template"]["metadata"]["labels"] == {"app": label}
    (redis,) = re.findall(r" exec ([\w-]+)-0 -- redis-cli", looks["Kubernetes"])
    assert "REDISCLI_AUTH" in {one["name"] for one in pod("StatefulSet", redis)["containers"][0]["env"]}
    assert [f"redis-cli llen {queue}`" in looks[one] for one in ("Compose", "Kubernetes")] == [True, True]


@pytest.mark.parametrize(
    ("kind", "name"), [("Deployment", "digitize-worker"), ("StatefulSet", "digitize-redis")]
)
def test_pods_are_hardened_and_every_volume_is_there(kind, name):
    spec = pod(kind, name)
    (container,) = spec["containers"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    there = {volume["name"] for volume in spec["volumes"]}
    there |= {
        claim["metadata"]["name"] for claim in manifest(kind, name)["spec"].get("volumeClaimTemplates", [])
    }
    assert {mount["name"] for mount in container["volumeMounts"]} == there
    for volume in spec["volumes"]:
        if claim := volume.get("persistentVolumeClaim"):
            assert manifest("PersistentVolumeClaim", claim["claimName"])


def test_selectors_find_their_pods():
    for kind, name in (("Deployment", "digitize-worker"), ("StatefulSet", "digitize-redis")):
        spec = manifest(kind, name)["spec"]
        assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"]
    allowed = manifest("NetworkPolicy", "digitize-redis")["spec"]
    assert allowed["podSelector"]["matchLabels"] == {"app": "digitize-redis"}
    assert allowed["ingress"][0]["from"][0]["podSelector"]["matchLabels"] == {"app": "digitize-worker"}


def test_redis_is_run_as_in_the_compose_file():
    _, _, text = pod("StatefulSet", "digitize-redis")["containers"][0]["command"]
    assert (
        text.replace("\\\n", " ").split()
        == script("redis").replace("${REDIS_MEMORY:-256mb}", "256mb").split()
    )


def test_no_secret_stands_in_the_manifests():
    assert not [one for one in MANIFESTS if one["kind"] == "Secret"]
    for one in (*WORKER["env"], *pod("StatefulSet", "digitize-redis")["containers"][0]["env"]):
        if re.search(r"PASSWORD|AUTH|BROKER", one["name"]):
            assert one["valueFrom"]["secretKeyRef"]["name"] == "digitize-broker"


# --- metrics and alerts


def served():
    """Return the names under which Prometheus knows what a worker serves."""
    families = WorkerMetrics(1).registry.collect()
    return {family.name + ("_total" if family.type == "counter" else "") for family in families}


OURS = {name for name in served() if name.startswith("digitize_")}


def test_alerts_ask_for_metrics_that_are_served():
    asked = {name for rule in RULES for name in re.findall(r"\bdigitize_\w+", rule["expr"])}
    assert {name.removesuffix("_bucket") for name in asked} <= OURS


def test_every_metric_stands_in_the_documentation_and_no_other():
    rows = set(re.findall(r"^\| `(digitize_\w+)(?:\{[^`]*\})?` \|", OPERATIONS, re.MULTILINE))
    assert rows == OURS


def test_every_alert_is_explained():
    for rule in RULES:
        assert f"`{rule['alert']}`" in OPERATIONS


@pytest.mark.parametrize("file", sorted(path for path in (ROOT / "deploy").rglob("*") if path.is_file()))
def test_every_file_of_deploy_is_linked(file):
    assert f"(../{file.relative_to(ROOT)})" in OPERATIONS or file.suffix == ".pyc"
