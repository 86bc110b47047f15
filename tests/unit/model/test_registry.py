import json
import os

import pytest

from model.bundle import MANIFEST, RUNTIME, open_bundle
from model.errors import BundleInvalid
from model.registry import Choice, RegistryRecord, check_files, is_model_name, manifest_sha256
from tests.model_builders import stand_in

ONE, TWO = Choice("one", "1" * 64), Choice("two", "2" * 64)
SHIPPED = Choice("shipped")


def promoted(*models):
    record = RegistryRecord()
    for number, model in enumerate(models):
        record = record.promoted(model, at=f"2026-01-0{number + 1}", reason=f"reason {number}")
    return record


def test_without_any_promotion_the_shipped_model_reads():
    assert RegistryRecord().current == SHIPPED
    assert RegistryRecord().previous is None


def test_rolling_back_goes_back_one_promotion_at_a_time_and_forgets_nothing():
    record = promoted(ONE, TWO)
    once = record.rolled_back(at="later")
    twice = once.rolled_back(at="later still")

    assert (record.current, once.current, twice.current) == (TWO, ONE, SHIPPED)
    assert [change.action for change in twice.history] == ["promote", "promote", "rollback", "rollback"]
    with pytest.raises(ValueError, match="rolled back"):
        twice.rolled_back(at="now")


def test_what_was_rolled_back_does_not_come_back_by_another_rollback():
    record = promoted(ONE).rolled_back(at="then").promoted(TWO, at="now")

    assert record.rolled_back(at="after").current == SHIPPED


def test_the_shipped_model_can_be_promoted_over_another():
    record = promoted(ONE, SHIPPED)

    assert (record.current, record.previous) == (SHIPPED, ONE)


def test_the_file_says_all_of_it():
    record = promoted(ONE, TWO).rolled_back(at="later", reason="reads no sevens")

    assert RegistryRecord.from_json(record.as_json()) == record
    content = json.loads(record.as_json())
    assert (content["current"], content["manifest_sha256"]) == ("one", "1" * 64)
    assert content["history"][-1]["reason"] == "reads no sevens"


def changed(**entries):
    return json.dumps({**json.loads(promoted(ONE).as_json()), **entries})


def change(**entries):
    plain = {
        "at": "",
        "action": "promote",
        "model": {"name": "one", "manifest_sha256": "1" * 64},
        "reason": "",
    }
    return changed(history=[{**plain, **entries}])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        changed(format=2),
        changed(current="two"),
        changed(manifest_sha256="3" * 64),
        changed(history=[]),
        changed(history=None),
        changed(history=[5]),
        change(action="celebrate"),
        change(model={"name": "../one", "manifest_sha256": "1" * 64}),
        change(model={"name": "shipped", "manifest_sha256": "1" * 64}),
        change(model={"name": "one", "manifest_sha256": None}),
        change(model={"name": "one", "manifest_sha256": 5}),
        change(model={"name": 5, "manifest_sha256": "1" * 64}),
    ],
)
def test_a_file_that_is_damaged_or_contradicts_itself_is_refused(text):
    with pytest.raises(BundleInvalid):
        RegistryRecord.from_json(text)


def test_the_file_that_is_tampered_with_above_is_sound_otherwise():
    assert RegistryRecord.from_json(changed()).current == ONE
    assert RegistryRecord.from_json(change()).current == ONE


@pytest.mark.parametrize("name", ["ours", "default-126dd632", "2026.1", "A_b", "x" * 100])
def test_names_of_models(name):
    assert is_model_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        ".hidden",
        "-x",
        "a/b",
        "a b",
        "a\n",
        "ä",
        "x" * 101,
        "current",
        "shipped",
        "current.json",
    ],
)
def test_names_that_no_model_has(name):
    assert not is_model_name(name)


def test_every_file_that_a_manifest_names_is_checked(tmp_path):
    bundle = open_bundle(stand_in(tmp_path / "model"))
    check_files(bundle)

    (bundle.folder / "notes.md").write_bytes(b"others")
    with pytest.raises(BundleInvalid, match=r"notes\.md is damaged"):
        check_files(bundle)
    (bundle.folder / "notes.md").unlink()
    with pytest.raises(BundleInvalid, match=r"notes\.md cannot be read"):
        check_files(bundle)


@pytest.mark.parametrize(
    ("name", "said", "why"),
    [("../notes.md", {"sha256": "0" * 64}, "outside of its folder"), ("notes.md", {}, "no hash of notes")],
)
def test_a_manifest_that_names_files_oddly_is_refused(tmp_path, name, said, why):
    bundle = open_bundle(stand_in(tmp_path / "model"))
    bundle.manifest["files"][name] = said

    with pytest.raises(BundleInvalid, match=why):
        check_files(bundle)


def test_a_pipe_in_place_of_a_manifest_holds_nobody_up(tmp_path):
    os.mkfifo(tmp_path / MANIFEST)

    with pytest.raises(BundleInvalid, match=r"manifest\.json cannot be read: not a regular file"):
        manifest_sha256(tmp_path)


def test_the_hash_of_a_manifest_is_of_all_of_it(tmp_path):
    folder = stand_in(tmp_path / "model", b"runtime")
    before = manifest_sha256(folder)
    (folder / MANIFEST).write_text((folder / MANIFEST).read_text() + " ")

    assert manifest_sha256(folder) != before
    assert open_bundle(folder).runtime == (folder / RUNTIME).read_bytes()
    with pytest.raises(BundleInvalid, match=MANIFEST):
        manifest_sha256(tmp_path)
