"""A reader that is trained anew keeps the network of ink of the model before it."""

import shutil

import pytest

from model.bundle import INK, INK_WEIGHTS, extend_manifest, open_bundle, shipped_bundle
from model.errors import BundleInvalid
from worker.ink_carried import found_ink, give_ink


@pytest.fixture
def models(tmp_path):
    """A model with a network of ink, and one without."""
    folders = []
    for name in ("before", "made"):
        folder = tmp_path / name
        shutil.copytree(shipped_bundle(), folder)
        for file in (INK, INK_WEIGHTS):
            (folder / file).unlink(missing_ok=True)
        extend_manifest(folder)
        folders.append(folder)
    return folders


def test_the_network_of_ink_is_carried_over_with_what_is_known_of_it(models):
    before, made = models
    (before / INK).write_bytes(b"a network")
    (before / INK_WEIGHTS).write_bytes(b"its weights")
    extend_manifest(before, ink={"pages": {"training": 7}})

    give_ink(found_ink([before]), made)

    found = open_bundle(made)
    assert found.ink == b"a network"
    assert (made / INK_WEIGHTS).read_bytes() == b"its weights"
    assert found.manifest["ink"]["pages"] == {"training": 7}


def test_nothing_is_carried_over_from_a_model_without_one(models):
    before, made = models
    stored = (made / "manifest.json").read_bytes()

    give_ink(found_ink([before]), made)

    assert open_bundle(made).ink is None
    assert (made / "manifest.json").read_bytes() == stored


def test_a_damaged_network_of_ink_is_not_carried_over(models):
    before, _ = models
    (before / INK).write_bytes(b"a network")
    extend_manifest(before)
    (before / INK).write_bytes(b"another one")

    with pytest.raises(BundleInvalid, match="damaged"):
        found_ink([before])


def test_where_the_nearest_model_has_none_the_next_one_gives_it(models, tmp_path):
    before, made = models
    bare = tmp_path / "bare"
    shutil.copytree(before, bare)
    (before / INK).write_bytes(b"a network")
    extend_manifest(before)

    give_ink(found_ink([bare, before]), made)

    assert open_bundle(made).ink == b"a network"


def test_what_becomes_of_the_other_model_during_the_training_changes_nothing(models):
    before, made = models
    (before / INK).write_bytes(b"a network")
    (before / INK_WEIGHTS).write_bytes(b"its weights")
    extend_manifest(before)

    found = found_ink([before])
    shutil.rmtree(before)
    give_ink(found, made)

    assert open_bundle(made).ink == b"a network"
    assert (made / INK_WEIGHTS).read_bytes() == b"its weights"
