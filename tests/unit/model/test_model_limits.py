"""Files of a model, and of a registry, that are longer than any is: refused before they are read."""

import hashlib
import json
import os
import shutil

import pytest

from model.bundle import INK, MANIFEST, MOST_MODEL_BYTES, RUNTIME, WEIGHTS, open_bundle, shipped_bundle
from model.errors import BundleInvalid
from model.registry import CURRENT_FILE, MOST_RECORD_BYTES, check_files
from worker.errors import ModelRefused
from worker.promotion import Registry


@pytest.fixture
def model(tmp_path):
    shutil.copytree(shipped_bundle(), tmp_path / "model")
    return tmp_path / "model"


def lengthened(path, size_bytes):
    """Make a file longer without writing it."""
    with path.open("r+b") as stream:
        stream.truncate(size_bytes)


@pytest.mark.parametrize("file", [RUNTIME, INK])
def test_what_is_run_of_a_model_is_not_read_beyond_its_bound(model, file):
    lengthened(model / file, 2**40)

    with pytest.raises(BundleInvalid, match=f"{file} cannot be read: it has more than 128 MB"):
        open_bundle(model)


def test_nor_hashed_or_copied_whatever_the_manifest_says(model):
    lengthened(model / WEIGHTS, 2**40)

    with pytest.raises(BundleInvalid, match=f"{WEIGHTS} cannot be read: it has more than 128 MB"):
        check_files(open_bundle(model))


def test_up_to_the_bound_the_hash_decides(model):
    lengthened(model / RUNTIME, MOST_MODEL_BYTES)
    with pytest.raises(BundleInvalid, match="is damaged"):
        open_bundle(model)

    with (model / RUNTIME).open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    manifest = json.loads((model / MANIFEST).read_text())
    manifest["files"][RUNTIME]["sha256"] = digest
    (model / MANIFEST).write_text(json.dumps(manifest))
    assert open_bundle(model).sha256 == digest


@pytest.mark.parametrize("file", [RUNTIME, MANIFEST, WEIGHTS])
def test_a_pipe_is_not_waited_for(model, file):
    (model / file).unlink()
    os.mkfifo(model / file)

    with pytest.raises(BundleInvalid, match="cannot be read: "):
        check_files(open_bundle(model))


def test_a_record_of_a_registry_is_not_read_beyond_its_bound(tmp_path):
    (tmp_path / CURRENT_FILE).touch()
    lengthened(tmp_path / CURRENT_FILE, MOST_RECORD_BYTES + 1)

    with pytest.raises(ModelRefused, match=f"it has more than {MOST_RECORD_BYTES} bytes"):
        Registry(tmp_path).record()
