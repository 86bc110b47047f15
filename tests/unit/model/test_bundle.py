import json
import os
import re

import pytest

from model.bundle import MANIFEST, MOST_MANIFEST_BYTES, RUNTIME, open_bundle, write_manifest
from model.classify import Classifier
from model.errors import BundleInvalid
from model.registry import check_files, manifest_sha256
from tests.model_builders import stand_in


@pytest.fixture
def folder(tmp_path):
    (tmp_path / RUNTIME).write_bytes(b"not really a network")
    write_manifest(tmp_path, {"recipe": "default", "calibration": {"temperature": 1.25}})
    return tmp_path


def test_what_was_written_opens(folder):
    bundle = open_bundle(folder)
    assert bundle.runtime == b"not really a network"
    assert bundle.manifest["calibration"] == {"temperature": 1.25}
    assert re.fullmatch("default-[0-9a-f]{8}", bundle.id)


def test_models_that_read_otherwise_have_other_ids_and_no_others(tmp_path):
    def written(name, **details):
        return open_bundle(stand_in(tmp_path / name, **details))

    plain, one = written("plain"), written("one", calibration={"temperature": 1.25, "accept_confidence": 0.9})
    other, same = (
        written("other", calibration={"temperature": 1.25, "accept_confidence": 0.95}),
        written("same", calibration={"accept_confidence": 0.9, "temperature": 1.25}, metrics={"read": 1}),
    )

    assert plain.id == f"stand-in-{plain.sha256[:8]}"
    assert len({plain.id, one.id, other.id}) == 3
    assert same.id == one.id
    assert {one.sha256, other.sha256, same.sha256} == {plain.sha256}


def test_a_manifest_is_read_up_to_its_longest_and_no_further(folder):
    content = (folder / MANIFEST).read_text()
    (folder / MANIFEST).write_text(content + " " * (MOST_MANIFEST_BYTES - len(content)))
    assert open_bundle(folder).manifest["recipe"] == "default"

    os.truncate(folder / MANIFEST, 2**40)  # a hole, which takes no room
    for use in (open_bundle, manifest_sha256, Classifier.load):
        with pytest.raises(BundleInvalid, match=r"manifest\.json has more than 4 MB"):
            use(folder)


def test_files_beside_it_are_checked_whatever_their_length(folder):
    with (folder / "weights").open("wb") as stream:
        stream.truncate(3 * 2**20)
    write_manifest(folder, {})
    check_files(open_bundle(folder))

    with (folder / "weights").open("r+b") as stream:
        stream.seek(-1, os.SEEK_END)
        stream.write(b"!")
    with pytest.raises(BundleInvalid, match="weights is damaged"):
        check_files(open_bundle(folder))


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
