import json

import pytest

from model.bundle import MANIFEST, RUNTIME, extend_manifest, open_bundle, write_manifest
from model.errors import BundleInvalid


@pytest.fixture
def folder(tmp_path):
    (tmp_path / RUNTIME).write_bytes(b"not really a network")
    details = {"recipe": "default", "calibration": {"temperature": 1.25, "accept_confidence": 0.9}}
    write_manifest(tmp_path, details)
    return tmp_path


def test_entries_are_added_and_replaced_and_the_others_stay(folder):
    before = open_bundle(folder)

    written = extend_manifest(
        folder, calibration={"accept_confidence": 0.97, "number": {"bias": 1.0}}, metrics={"read": 12}
    )

    after = open_bundle(folder)
    assert written == folder / MANIFEST
    assert after.manifest["calibration"] == {
        "temperature": 1.25,
        "accept_confidence": 0.97,
        "number": {"bias": 1.0},
    }
    assert after.manifest["metrics"] == {"read": 12}
    assert after.sha256 == before.sha256
    assert after.id != before.id
    assert after.manifest["format"] == before.manifest["format"]


def test_files_beside_it_are_vouched_for_anew(folder):
    (folder / "training.png").write_bytes(b"a figure")
    extend_manifest(folder, metrics={"read": 1})
    files = json.loads((folder / MANIFEST).read_text())["files"]
    assert set(files) == {RUNTIME, "training.png"}
    assert files["training.png"]["bytes"] == 8


def test_nothing_to_add_changes_nothing(folder):
    before = (folder / MANIFEST).read_bytes()
    extend_manifest(folder)
    assert (folder / MANIFEST).read_bytes() == before


def test_no_temporary_file_is_left_and_everybody_may_read(folder):
    extend_manifest(folder, metrics={"read": 1})
    assert {path.name for path in folder.iterdir()} == {MANIFEST, RUNTIME}
    assert (folder / MANIFEST).stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("text", [None, "", "[]", '{"format": 999}'])
def test_a_folder_without_a_manifest_of_this_kind_is_refused(folder, text):
    (folder / MANIFEST).unlink()
    if text is not None:
        (folder / MANIFEST).write_text(text)
    with pytest.raises(BundleInvalid, match=MANIFEST):
        extend_manifest(folder, metrics={"read": 1})
