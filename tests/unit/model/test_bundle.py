import json

import pytest

from model.bundle import MANIFEST, RUNTIME, open_bundle, write_manifest
from model.classify import Classifier
from model.errors import BundleInvalid


@pytest.fixture
def folder(tmp_path):
    (tmp_path / RUNTIME).write_bytes(b"not really a network")
    write_manifest(tmp_path, {"recipe": "default", "calibration": {"temperature": 1.25}})
    return tmp_path


def test_what_was_written_opens(folder):
    bundle = open_bundle(folder)
    assert bundle.runtime == b"not really a network"
    assert bundle.manifest["calibration"] == {"temperature": 1.25}
    assert bundle.id == f"default-{bundle.sha256[:8]}"


def test_a_changed_byte_is_noticed(folder):
    (folder / RUNTIME).write_bytes(b"not really a netw0rk")
    with pytest.raises(BundleInvalid, match="damaged"):
        open_bundle(folder)


@pytest.mark.parametrize("name", [MANIFEST, RUNTIME])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(BundleInvalid, match=name):
        open_bundle(folder)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(BundleInvalid, match="nowhere"):
        open_bundle(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 999}', '{"format": 1}'])
def test_a_manifest_of_another_kind_is_refused(folder, text):
    (folder / MANIFEST).write_text(text)
    with pytest.raises(BundleInvalid, match=MANIFEST):
        open_bundle(folder)


def test_a_manifest_without_the_hash_is_refused(folder):
    manifest = json.loads((folder / MANIFEST).read_text())
    del manifest["files"][RUNTIME]
    (folder / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(BundleInvalid, match="hash"):
        open_bundle(folder)


def test_a_vouched_for_file_that_is_no_network_is_refused(folder):
    with pytest.raises(BundleInvalid, match="does not load"):
        Classifier.load(folder)


def test_a_folder_without_a_network_gets_no_manifest(tmp_path):
    with pytest.raises(BundleInvalid, match=RUNTIME):
        write_manifest(tmp_path, {})
    assert list(tmp_path.iterdir()) == []
