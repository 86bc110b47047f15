"""`digitize models`, and what `--model` and jobs make of names and promotions."""

import fcntl
import importlib.util
import json
import os
import shutil
from pathlib import Path

import pytest

import cli.models_export
import worker.folder_lock
from model.bundle import MANIFEST, RUNTIME, extend_manifest, open_bundle, shipped_bundle
from model.judge_card import CARD
from model.registry import check_files
from tests.job_builders import png
from tests.model_builders import reading, stand_in
from worker.admission import admit
from worker.promotion import Registry

pytestmark = pytest.mark.usefixtures("trial_here")

#: The glyphs that the shipped model was judged by.
SAME = open_bundle(shipped_bundle()).manifest["metrics"]["judged"]["data"]


@pytest.fixture
def registry(digitize, tmp_path):
    """Return the registry that the command finds by itself, with a stand-in for a model in it."""
    registry = Registry(tmp_path / "data" / "digitize" / "models")
    metrics = {"digit_accuracy": 0.9991, "judged": {"data": SAME, "digits": {"share": 0.9876}}}
    reading(registry.folder / "ours", b"ours", data="our digits", metrics=metrics)
    return registry


@pytest.fixture
def page(digitize):
    Path("one.png").write_bytes(png(40))
    return Path("one.png")


def other_model(folder):
    """Write a model that reads as the shipped one does, and is another by its hash."""
    shutil.copytree(shipped_bundle(), folder)
    (folder / RUNTIME).write_bytes((folder / RUNTIME).read_bytes() + b"\0")
    extend_manifest(folder)


def asked(job):
    return json.loads((Path(job) / "job.json").read_text())


def test_nothing_promoted_lists_the_shipped_model(digitize):
    result = digitize("models", "list", "--json")

    (shipped,) = json.loads(result.stdout)
    assert (shipped["name"], shipped["current"]) == ("shipped", True)
    assert shipped["id"] == open_bundle(shipped_bundle()).id


def test_the_list_says_which_one_reads_and_which_is_refused(digitize, registry):
    stand_in(registry.folder / "old", b"old")
    (registry.folder / "old" / "notes.md").write_bytes(b"damaged")
    digitize("models", "promote", "ours")

    result = digitize("models", "list")

    rows = {line.split()[0]: line for line in result.stdout.splitlines()}
    assert result.exit_code == 0
    assert "current" in rows["ours"]
    assert "98.76 %" in rows["ours"]
    assert "our digits" in rows["ours"]
    assert "current" not in rows["shipped"]
    assert "refused: " in rows["old"]
    assert str(registry.folder) in result.stderr


def test_the_list_compares_models_by_the_glyphs_that_are_the_same_for_all(digitize, registry):
    reading(registry.folder / "mnist", b"mnist", metrics={"digit_accuracy": 0.996})
    reading(registry.folder / "odd", b"odd", metrics={"judged": "well", "digit_accuracy": 0.996})
    others = {"data": {"sha256": 64 * "0"}, "digits": {"share": 0.996}}
    reading(registry.folder / "by-others", b"others", metrics={"judged": others})
    shipped = open_bundle(shipped_bundle()).manifest["metrics"]["judged"]["digits"]["share"]

    entries = json.loads(digitize("models", "list", "--json").stdout)
    shown = digitize("models", "list").stdout

    assert {entry["name"]: entry["digit_accuracy"] for entry in entries} == {
        "by-others": None,
        "mnist": None,
        "odd": None,
        "ours": 0.9876,
        "shipped": shipped,
    }
    assert f"{100 * shipped:.2f} %" in shown
    assert "99.6" not in shown
    assert "99.91" not in shown


def test_the_list_is_given_where_the_shipped_model_is_damaged(digitize, registry, tmp_path, monkeypatch):
    damaged = shutil.copytree(shipped_bundle(), tmp_path / "damaged")
    (damaged / RUNTIME).write_bytes(b"")
    monkeypatch.setattr("worker.model_catalog.shipped_bundle", lambda: damaged)

    entries = {entry["name"]: entry for entry in json.loads(digitize("models", "list", "--json").stdout)}

    assert "is damaged" in entries["shipped"]["problem"]
    assert entries["ours"]["digit_accuracy"] is None


def test_the_names_of_many_fonts_are_folded_and_stand_in_the_json(digitize, registry):
    names = ", ".join(f"Hand {k} (Latin) 5.3.0" for k in range(65))
    data = f"mnist + fonts, 65 fonts ({names}), 20% held out"
    reading(registry.folder / "theirs", b"theirs", data=data)

    listed, shown = digitize("models", "list"), digitize("models", "show", "theirs")

    for result in (listed, shown):
        assert "mnist + fonts, 65 fonts (--json for their names), 20% held out" in result.stdout
        assert "Hand 3" not in result.stdout
    entries = json.loads(digitize("models", "list", "--json").stdout)
    assert [entry["data"] for entry in entries if entry["name"] == "theirs"] == [data]


def test_what_a_manifest_says_at_length_is_cut_in_the_list_and_whole_in_the_json(digitize, registry):
    told = {"recipe": "steps " * 2500, "data": "scans " * 2500}
    reading(registry.folder / "long", b"long", **told, metrics={})

    lines = digitize("models", "list").stdout.splitlines()
    entries = json.loads(digitize("models", "list", "--json").stdout)

    assert max(map(len, lines)) < 600
    (row,) = (line for line in lines if line.startswith("long"))
    assert row.count("…") == 2
    assert len(row) < 500
    (entry,) = (entry for entry in entries if entry["name"] == "long")
    assert (entry["recipe"], entry["data"]) == (told["recipe"], told["data"])


def test_a_current_model_that_is_gone_stands_in_the_list(digitize, registry):
    digitize("models", "promote", "ours")
    shutil.rmtree(registry.folder / "ours")

    entries = {entry["name"]: entry for entry in json.loads(digitize("models", "list", "--json").stdout)}

    assert entries["ours"]["current"]
    assert "manifest.json cannot be read" in entries["ours"]["problem"]


def test_show_tells_all_of_a_model_and_the_history(digitize, registry):
    digitize("models", "promote", "ours", "--reason", "reads our sevens")

    text, known = digitize("models", "show").stdout, json.loads(digitize("models", "show", "--json").stdout)

    assert "ours (current)" in text
    assert "metrics.digit_accuracy" in text
    assert "reads our sevens" in text
    assert known["manifest"] == open_bundle(registry.folder / "ours").manifest
    assert known["current"] is True
    assert [change["reason"] for change in known["history"]] == ["reads our sevens"]


@pytest.mark.parametrize("wanted", ["shipped", "ours"])
def test_show_of_a_model_that_does_not_read(digitize, registry, wanted):
    if wanted == "shipped":
        digitize("models", "promote", "ours")

    known = json.loads(digitize("models", "show", wanted, "--json").stdout)

    assert (known["name"], known["current"]) == (wanted, False)


def test_a_folder_outside_is_copied_in_and_promoted(digitize, registry):
    other_model(Path("runs"))

    result = digitize("models", "promote", "runs", "--json")

    name = json.loads(result.stdout)["current"]
    assert name == open_bundle(Path("runs")).id
    assert registry.record().current.name == name
    shutil.rmtree("runs")
    assert digitize("models", "show").exit_code == 0


def test_promote_and_rollback(digitize, registry):
    assert digitize("models", "promote", "ours").stdout == "ours\n"
    assert digitize("models", "promote", "shipped").stdout == "shipped\n"
    assert digitize("models", "rollback").stdout == "ours\n"
    assert digitize("models", "rollback").stdout == "shipped\n"
    assert digitize("models", "rollback").exit_code == 2


@pytest.mark.parametrize("arguments", [("show", "nobody"), ("promote", "nobody")])
def test_a_model_that_there_is_not(digitize, registry, arguments):
    result = digitize("models", *arguments)

    assert result.exit_code == 8
    assert "no model 'nobody'" in result.stderr


@pytest.mark.parametrize("command", ["show", "promote", "evaluate", "export", "calibrate"])
@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../../etc",
        "/",
        "a\0b",
        "\x1b[2J",
        "x" * 5000,
        "x/" * 3000,
        ".growing-1",
        "a b",
        "current.json",
    ],
    ids=repr,
)
def test_what_names_no_model_has_one_code_whatever_it_is(digitize, registry, monkeypatch, command, name):
    monkeypatch.setattr(cli.models_export, "find_spec", lambda _: importlib.util.find_spec("json"))
    extra = {"export": ["-f", "onnx", "-o", "out.onnx"], "calibrate": ["-o", "out"]}.get(command, [])

    result = digitize("models", command, name, *extra)

    assert result.exit_code == 8
    error, hint = result.stderr.splitlines()[-2:]
    assert error.startswith("error: ")
    assert hint.startswith("hint: ")
    assert len(error) < 500
    assert result.stderr.replace("\n", "").isprintable()
    assert registry.names() == ["ours"]
    assert not list(Path().iterdir())


def test_who_waits_for_the_registry_is_told_for_what_and_who_has_it(digitize, registry, monkeypatch):
    monkeypatch.setattr(worker.folder_lock, "_PATIENCE_S", 0)
    holder = os.open(registry.folder, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    told = worker.folder_lock._tell

    def tell(descriptor, folder):
        told(descriptor, folder)
        fcntl.flock(holder, fcntl.LOCK_UN)

    monkeypatch.setattr(worker.folder_lock, "_tell", tell)
    try:
        result = digitize("models", "promote", "ours", "-q")
    finally:
        os.close(holder)

    assert result.exit_code == 0
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"warning: waiting for {registry.folder}, which process {os.getpid()} (")


def test_a_job_is_read_by_the_current_model_and_names_it(digitize, registry, page):
    other_model(registry.folder / "theirs")
    digitize("models", "promote", "theirs")

    result = digitize("submit", page, "-o", "job", "-j", "1", "-q")

    bundle = open_bundle(registry.folder / "theirs")
    assert (result.exit_code, result.stderr) == (0, "")
    assert asked("job")["model"] == {"id": bundle.id, "sha256": bundle.sha256}
    assert asked("job")["options"]["model"] == str(registry.file)
    (record,) = (json.loads(path.read_text()) for path in Path("job/pages").glob("*.json"))
    assert record["model"]["id"] == bundle.id


@pytest.mark.parametrize("way", ["name", "id", "folder"])
def test_a_model_that_is_asked_for_by_name_stays_what_it_is(digitize, registry, page, ink_reader, way):
    folder = registry.folder / "ours"
    model = {"name": "ours", "id": open_bundle(folder).id, "folder": folder}[way]

    assert digitize("submit", page, "-o", "job", "--model", model).exit_code == 0

    assert asked("job")["options"]["model"] == str(folder)


def test_the_shipped_model_can_be_asked_for_whatever_is_current(digitize, registry, page, ink_reader):
    digitize("models", "promote", "ours")

    assert digitize("submit", page, "-o", "job", "--model", "shipped").exit_code == 0

    assert asked("job")["options"]["model"] is None
    assert asked("job")["model"]["id"] == open_bundle(shipped_bundle()).id


def test_a_name_that_can_mean_two_is_refused(digitize, registry, page):
    Path("ours").mkdir()

    result = digitize("submit", page, "-o", "job", "--model", "ours")

    assert result.exit_code == 8
    assert str(registry.folder / "ours") in result.stderr
    assert not Path("job").exists()


def test_a_damaged_current_model_is_refused_for_new_work(digitize, registry, page):
    digitize("models", "promote", "ours")
    (registry.folder / "ours" / MANIFEST).write_text("{}")

    result, doctor = digitize("submit", page, "-o", "job"), digitize("doctor")

    assert (result.exit_code, doctor.exit_code) == (8, 8)
    assert "not the one that was promoted" in result.stderr
    assert "digitize models rollback" in result.stderr
    assert not Path("job").exists()
    assert digitize("models", "rollback").exit_code == 0
    assert digitize("doctor").exit_code == 0


def test_a_job_goes_on_with_what_is_promoted_by_then(digitize, registry, page, unfinished_job):
    unfinished_job(page)
    other_model(registry.folder / "theirs")
    digitize("models", "promote", "theirs")

    result = digitize("resume", "job", "-j", "1")

    assert result.exit_code == 0
    theirs, begun = open_bundle(registry.folder / "theirs").id, asked("job")["model"]["id"]
    assert f"warning: the model is now {theirs}; the job was begun with {begun}" in result.stderr
    assert f"the job was begun with model {begun}, and its pages were read by {theirs}" in result.stderr
    (record,) = (json.loads(path.read_text()) for path in Path("job/pages").glob("*.json"))
    assert record["model"]["id"] == theirs


def damaged_inside(registry):
    """Promote a copy of a model, damage a file of it that does not read, and return the copy."""
    other_model(Path("other"))
    Registry(registry.folder).promote(admit(registry, Path("other"), "other"))
    (registry.folder / "other" / CARD).write_bytes(b"damaged")
    return registry.folder / "other"


def test_a_damaged_current_model_has_a_hint_that_does_not_lead_back_to_it(digitize, registry):
    damaged_inside(registry)

    result = digitize("models", "show", "current")

    assert result.exit_code == 8
    assert "is damaged" in result.stderr
    assert "hint: Copy its folder anew" in result.stderr
    assert "`digitize models rollback`" in result.stderr
    assert "Leave out" not in result.stderr


def test_a_whole_model_takes_the_place_of_its_damaged_copy(digitize, registry):
    copy = damaged_inside(registry)

    result = digitize("models", "promote", "other/../other/")

    assert (result.exit_code, Registry(registry.folder).record().current.name) == (0, "other"), result.stderr
    check_files(open_bundle(copy))
    assert (registry.folder / "other-damaged" / "manifest.json").exists()
    assert digitize("models", "promote", Path("other").absolute()).exit_code == 0
    assert sorted(path.name for path in registry.folder.glob("other*")) == ["other", "other-damaged"]


def test_a_model_that_there_is_not_is_told_as_by_the_other_commands(digitize, registry, page):
    result = digitize("submit", page, "-o", "job", "--model", "hours")

    assert result.exit_code == 8
    assert f"no model 'hours' in {registry.folder}, and no such folder" in result.stderr
    assert "`digitize models list`" in result.stderr
