"""The registry on disk: what is promoted is checked, in one step, and can be gone back on."""

import errno
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from model.bundle import MANIFEST, RUNTIME, shipped_bundle
from model.registry import Choice, RegistryRecord
from tests.model_builders import biased, reading, stand_in
from worker.admission import admit, check_name, new_place, promote_named, settle
from worker.errors import ModelRefused, OutputNotWritable, UsageError
from worker.promotion import Registry

pytestmark = pytest.mark.usefixtures("trial_here")


@pytest.fixture
def registry(tmp_path):
    registry = Registry(tmp_path / "models")
    for name in ("one", "two"):
        reading(registry.folder / name, name.encode())
    return registry


def tamper(folder):
    """Change calibration and manifest so that all hashes in it are right."""
    stand_in(folder, (folder / RUNTIME).read_bytes(), calibration={"accept_confidence": 0.3})


def test_a_registry_that_is_not_there_yet_has_the_shipped_model(tmp_path):
    registry = Registry(tmp_path / "nowhere")

    assert registry.record() == RegistryRecord()
    assert registry.names() == []
    assert registry.current_folder() == shipped_bundle()
    assert not registry.folder.exists()


def test_promoting_and_rolling_back(registry):
    registry.promote("one")
    registry.promote("two", reason="better")
    assert registry.current_folder() == registry.folder / "two"
    assert registry.record().history[-1].reason == "better"

    assert registry.roll_back().model.name == "one"
    assert registry.current_folder() == registry.folder / "one"
    assert registry.roll_back().model == Choice("shipped")
    with pytest.raises(UsageError, match="no promotion to roll back"):
        registry.roll_back()


def test_what_is_current_is_not_promoted_over_itself(registry):
    registry.promote("one")
    registry.promote("two")
    registry.promote("two")

    assert registry.roll_back().model.name == "one"


def test_names_are_those_of_folders_that_models_can_have(registry):
    (registry.folder / "three").write_bytes(b"a file")
    (registry.folder / ".new-1-2").mkdir()
    registry.promote("one")

    assert registry.names() == ["one", "two"]


def test_models_are_found_by_name_and_by_id(registry):
    own_id = json.loads((registry.folder / "one" / MANIFEST).read_text())["id"]
    registry.promote("two")

    assert registry.find("one") == registry.find(own_id) == registry.folder / "one"
    assert registry.find("current") == registry.folder / "two"
    assert registry.find("shipped") == shipped_bundle()
    assert registry.find("three") is None
    assert registry.find("../one") is None


def test_an_id_that_several_models_have_is_told(registry):
    reading(registry.folder / "same", b"one")
    own_id = json.loads((registry.folder / "one" / MANIFEST).read_text())["id"]

    with pytest.raises(ModelRefused, match="one, same"):
        registry.find(own_id)


@pytest.mark.parametrize("name", ["nobody", "../one", ".new-1", "current", ""])
def test_only_models_of_the_registry_are_promoted(registry, name):
    with pytest.raises(ModelRefused, match="no model"):
        registry.promote(name)
    assert registry.record() == RegistryRecord()


@pytest.mark.parametrize("file", [MANIFEST, RUNTIME, "notes.md"])
def test_a_damaged_model_is_not_promoted(registry, file):
    registry.promote("one")
    before = registry.file.read_bytes()
    (registry.folder / "two" / file).write_bytes(b"something else")

    with pytest.raises(ModelRefused, match=file):
        registry.promote("two")
    assert registry.file.read_bytes() == before


def test_a_model_that_does_not_read_is_not_promoted(registry):
    registry.promote("one")
    before = registry.file.read_bytes()
    biased(registry.folder / "three", 1e4)
    biased(registry.folder / "four", float("nan"))

    for name, why in (("three", "three cannot read"), ("four", "not finite")):
        with pytest.raises(ModelRefused, match=why):
            registry.promote(name)
    assert registry.file.read_bytes() == before


def test_a_model_that_was_changed_since_is_refused_and_can_be_promoted_anew(registry):
    registry.promote("one")
    tamper(registry.folder / "one")

    with pytest.raises(ModelRefused, match="not the one that was promoted") as refused:
        registry.current_folder()
    assert "digitize models rollback" in refused.value.remedy
    registry.promote("one")
    assert registry.current_folder() == registry.folder / "one"


def test_going_back_to_a_model_that_is_damaged_by_now_is_refused(registry):
    registry.promote("one")
    registry.promote("two")
    tamper(registry.folder / "one")

    with pytest.raises(ModelRefused, match="not the one that was promoted"):
        registry.roll_back()
    assert registry.record().current.name == "two"


def test_a_damaged_record_is_told_with_a_way_out(registry):
    registry.promote("one")
    registry.file.write_bytes(b"\xff")

    for use in (registry.record, registry.current_folder, registry.roll_back):
        with pytest.raises(ModelRefused, match=r"current\.json cannot be used") as refused:
            use()
        assert f"Move {registry.file} away" in refused.value.remedy


def test_a_pipe_in_place_of_the_record_holds_nobody_up(registry):
    os.mkfifo(registry.file)

    with pytest.raises(ModelRefused, match="pipe"):
        registry.record()


def test_what_was_judged_against_another_model_is_not_promoted(registry):
    judged_against = registry.record().current
    registry.promote("one")

    with pytest.raises(UsageError, match="one was promoted in the meantime"):
        registry.promote("two", instead_of=judged_against)
    assert registry.record().current.name == "one"
    registry.promote("two", instead_of=registry.record().current)
    assert registry.record().current.name == "two"


def test_promotions_at_one_moment_are_all_kept_and_a_reader_sees_only_whole_ones(registry):
    names = [f"model-{number}" for number in range(12)]
    for name in names:
        reading(registry.folder / name, name.encode())
    stop, seen = threading.Event(), set()

    def look():
        while not stop.is_set():
            seen.add(registry.current_folder().name)

    with ThreadPoolExecutor(5) as pool:
        looking = pool.submit(look)
        list(pool.map(lambda name: Registry(registry.folder).promote(name), names))
        stop.set()
        looking.result()

    assert sorted(change.model.name for change in registry.record().history) == sorted(names)
    assert seen <= {"shipped", *names}


def test_a_registry_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(OutputNotWritable):
        Registry(tmp_path / "file").promote("shipped")


def _in_the_way(tmp_path):
    """Return a registry in which nobody can write, root included: its place is below a file."""
    (tmp_path / "file").write_bytes(b"")
    return Registry(tmp_path / "file" / "models")


def test_where_the_registry_cannot_be_written_the_hint_is_about_the_registry(tmp_path, monkeypatch):
    model = reading(tmp_path / "model")
    below = _in_the_way(tmp_path)
    full = Registry(tmp_path / "models")

    def refuse(*_):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    def without_copying():
        with monkeypatch.context() as patch:
            patch.setattr("worker.admission.shutil.copyfile", refuse)
            admit(full, model)

    def without_renaming():
        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", refuse)
            full.promote("shipped-too")

    reading(full.folder / "shipped-too", b"too")
    for use in (
        lambda: below.promote("shipped"),
        lambda: promote_named(below, str(model)),
        without_copying,
        without_renaming,
    ):
        with pytest.raises(OutputNotWritable) as refused:
            use()
        assert "DIGITIZE_MODELS_DIR" in refused.value.remedy
        assert "Choose another folder with -o" not in refused.value.remedy


def test_the_shipped_model_by_the_name_of_current_is_not_copied(tmp_path):
    registry = Registry(tmp_path / "models")

    assert promote_named(registry, "current").model == Choice("shipped")
    assert registry.names() == []


@pytest.mark.parametrize("own_id", ["../../ours", "", "a b", "x" * 5000, "ours\x1b[2J"])
def test_an_id_that_no_model_can_have_is_the_fault_of_the_model(tmp_path, own_id):
    registry, model = Registry(tmp_path / "models"), reading(tmp_path / "model")
    manifest = json.loads((model / MANIFEST).read_text())
    (model / MANIFEST).write_text(json.dumps({**manifest, "id": own_id}))

    with pytest.raises(ModelRefused, match=r"manifest\.json: no model can have the id"):
        promote_named(registry, str(model))
    assert registry.names() == []
    assert admit(registry, model, "ours") == "ours"


def test_a_model_is_copied_in_as_far_as_its_manifest_vouches_for_it(tmp_path):
    registry, model = Registry(tmp_path / "models"), stand_in(tmp_path / "model")
    (model / "scribble").write_bytes(b"of somebody")

    name = admit(registry, model)

    assert registry.names() == [name]
    assert name.startswith("stand-in-")
    assert sorted(path.name for path in (registry.folder / name).iterdir()) == [MANIFEST, RUNTIME, "notes.md"]
    assert [path.name for path in registry.folder.iterdir()] == [name]
    assert admit(registry, model) == name
    assert admit(registry, model, "ours") == "ours"
    assert admit(registry, model, "ours") == "ours-2"


def test_a_damaged_model_does_not_come_in(tmp_path):
    registry, model = Registry(tmp_path / "models"), stand_in(tmp_path / "model")
    (model / "notes.md").write_bytes(b"changed")

    with pytest.raises(ModelRefused, match=r"notes\.md"):
        admit(registry, model)
    assert not registry.folder.exists()


@pytest.mark.parametrize("recipe", ["original", "mnist"])
def test_a_folder_that_cannot_read_pages_is_not_even_copied(tmp_path, recipe):
    registry, model = Registry(tmp_path / "models"), stand_in(tmp_path / "model", recipe=recipe)

    with pytest.raises(ModelRefused, match="cannot read pages: its ten outputs"):
        promote_named(registry, str(model))
    assert not registry.folder.exists()


def test_a_folder_that_does_not_read_is_not_even_copied(tmp_path):
    registry, model = Registry(tmp_path / "models"), biased(tmp_path / "model", 1e4)

    with pytest.raises(ModelRefused, match="model cannot read"):
        promote_named(registry, str(model))
    assert not registry.folder.exists()


def test_a_folder_from_outside_is_copied_and_promoted_and_one_inside_is_not_copied(tmp_path):
    registry, model = Registry(tmp_path / "models"), reading(tmp_path / "model")

    change = promote_named(registry, str(model), reason="tried")
    again = promote_named(registry, str(registry.folder / change.model.name))

    assert (change.reason, again.model) == ("tried", change.model)
    assert registry.names() == [change.model.name]
    assert promote_named(registry, "shipped").model.name == "shipped"


def test_what_grows_in_the_registry_is_seen_by_nobody_and_gone_when_it_fails(tmp_path):
    registry = Registry(tmp_path / "models")

    with pytest.raises(KeyError), new_place(registry) as place:
        stand_in(place)
        assert registry.names() == []
        raise KeyError
    assert list(registry.folder.iterdir()) == []

    with new_place(registry) as place:
        stand_in(place)
        assert settle(registry, place, "ours") == "ours"
    assert registry.names() == ["ours"]


@pytest.mark.parametrize("name", ["", "../ours", "shipped", "a b"])
def test_names_that_lead_elsewhere_are_refused(tmp_path, name):
    with pytest.raises(UsageError, match="no model can be called"):
        check_name(name)
    with pytest.raises(UsageError), new_place(Registry(tmp_path)) as place:
        settle(Registry(tmp_path), stand_in(place), name)
    assert list(tmp_path.iterdir()) == []
