"""Models with a network of ink, and those of earlier days without one."""

import numpy as np
import pytest

from model.bundle import INK, RUNTIME, open_bundle, write_manifest
from model.classify import Classifier
from model.errors import BundleInvalid
from tests.ink_builders import TellingSorter
from tests.model_builders import reading, shipped_runtime, stand_in


@pytest.fixture
def folder(tmp_path):
    return with_ink(stand_in(tmp_path / "model"), b"a network of ink")


def with_ink(folder, content, **details):
    (folder / INK).write_bytes(content)
    write_manifest(folder, {"recipe": "stand-in", **details})
    return folder


def test_the_network_of_ink_is_opened_with_the_other(folder):
    assert open_bundle(folder).ink == b"a network of ink"


def test_a_model_without_one_is_opened_as_ever(tmp_path):
    assert open_bundle(stand_in(tmp_path / "model")).ink is None


def test_a_network_that_the_manifest_does_not_name_is_none_of_the_models(tmp_path):
    folder = stand_in(tmp_path / "model")
    (folder / INK).write_bytes(b"put there since")

    assert open_bundle(folder).ink is None


def test_models_with_other_networks_of_ink_have_other_ids(tmp_path):
    names = [
        open_bundle(stand_in(tmp_path / "without")).id,
        *(open_bundle(with_ink(stand_in(tmp_path / name), name.encode())).id for name in ("one", "other")),
    ]

    assert len(set(names)) == 3
    assert open_bundle(with_ink(stand_in(tmp_path / "same"), b"one")).id == names[1]


@pytest.mark.parametrize("content", [b"a netw0rk of ink", b"", b"a network of ink\n"])
def test_a_changed_network_of_ink_is_refused(folder, content):
    (folder / INK).write_bytes(content)

    with pytest.raises(BundleInvalid, match=rf"{INK} is damaged"):
        open_bundle(folder)


def test_a_missing_network_of_ink_is_refused(folder):
    (folder / INK).unlink()

    with pytest.raises(BundleInvalid, match=rf"{INK} cannot be read: No such file"):
        open_bundle(folder)


def test_a_network_of_ink_alone_is_no_model(tmp_path):
    (tmp_path / INK).write_bytes(b"a network of ink")

    with pytest.raises(BundleInvalid, match=f"holds no {RUNTIME}"):
        write_manifest(tmp_path, {})


@pytest.mark.parametrize("content", [b"no network", shipped_runtime()], ids=["nothing", "of digits"])
def test_what_is_no_network_of_ink_does_not_load_although_its_hash_is_right(tmp_path, content):
    folder = with_ink(reading(tmp_path / "model"), content)

    with pytest.raises(BundleInvalid, match="does not load: "):
        Classifier.load(folder)


@pytest.mark.parametrize(
    ("answer", "said"),
    [(np.nan, "not finite"), (0.5, "does not sum to 1"), (-0.2, "does not sum to 1"), (1.0, "sum to 1")],
)
def test_a_network_of_ink_without_sensible_answers_does_not_load(tmp_path, monkeypatch, answer, said):
    class Senseless(TellingSorter):
        def __call__(self, planes):
            return np.full_like(super().__call__(planes), answer)

    monkeypatch.setattr("model.classify.InkSorter", Senseless)

    with pytest.raises(BundleInvalid, match=said):
        Classifier.load(with_ink(reading(tmp_path / "model"), b"a network of ink"))


def test_a_classifier_hands_out_its_network_of_ink_and_none_where_it_has_none(tmp_path, monkeypatch):
    monkeypatch.setattr("model.classify.InkSorter", TellingSorter)

    assert Classifier.load(reading(tmp_path / "without")).ink is None
    assert Classifier.load(with_ink(reading(tmp_path / "with"), b"a network")).ink.content == b"a network"
