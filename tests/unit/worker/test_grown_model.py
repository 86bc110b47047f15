"""A model gets the name that was asked for, or one beside it: neither it nor what is there is lost."""

import shutil
from collections import namedtuple

import pytest

from model.bundle import MANIFEST
from worker import training
from worker.errors import OutputNotWritable
from worker.grown_model import check_place, grown_folder

FILES = {MANIFEST: "manifest", "model.tflite": "network"}


def grow(out, meanwhile=lambda: None):
    said = []
    with grown_folder(out, said.append) as growth:
        for name, text in FILES.items():
            (growth.made / name).write_text(text)
        meanwhile()
    return growth.place, said


def held(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.mark.parametrize("there", [False, True], ids=["new", "empty"])
def test_a_model_gets_the_name_that_was_asked_for(tmp_path, there):
    out = tmp_path / "below" / "ours"
    if there:
        out.mkdir(parents=True)

    assert grow(out) == (out, [])
    assert held(out) == FILES
    assert list(out.parent.iterdir()) == [out]


def test_an_empty_folder_that_a_link_leads_to_is_filled(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "ours").symlink_to(tmp_path / "disk")

    assert grow(tmp_path / "ours") == (tmp_path / "ours", [])
    assert (tmp_path / "ours").is_symlink()
    assert held(tmp_path / "disk") == FILES


def test_of_two_models_for_one_folder_the_later_is_put_beside_it_and_said_so(tmp_path):
    out = tmp_path / "ours"

    def other():
        out.mkdir()
        (out / MANIFEST).write_text("of another model")
        (tmp_path / "ours-2").write_text("a file of somebody")

    place, said = grow(out, other)

    assert place == tmp_path / "ours-3"
    assert held(place) == FILES
    assert held(out) == {MANIFEST: "of another model"}
    assert said == [f"{out} was filled in the meantime, and stays as it is: the model is in {place}"]


@pytest.mark.parametrize("linked", [False, True])
def test_so_is_one_for_a_name_that_a_file_or_a_filled_link_has_by_then(tmp_path, linked):
    out = tmp_path / "ours"

    def other():
        if linked:
            (tmp_path / "disk").mkdir()
            (tmp_path / "disk" / "thesis.txt").write_text("years of work")
            out.symlink_to(tmp_path / "disk")
        else:
            out.write_text("years of work")

    assert grow(out, other)[0] == tmp_path / "ours-2"
    assert (out / "thesis.txt" if linked else out).read_text() == "years of work"


def test_a_training_says_where_its_model_is_if_another_one_was_done_first(tmp_path, monkeypatch):
    out, said = tmp_path / "ours", []

    def train(made, *_, **__):
        (made / MANIFEST).write_text("of the later one")
        out.mkdir()
        (out / MANIFEST).write_text("of the first one")

    monkeypatch.setattr(training, "load_ingredients", lambda asked, say: ())
    monkeypatch.setattr(training, "_train_alone", train)
    place = training.run_retrain([], out=out, recipe="original", epochs=1, seed=0, on_event=said.append)

    assert place == tmp_path / "ours-2"
    assert held(place) == {MANIFEST: "of the later one"}
    assert held(out) == {MANIFEST: "of the first one"}
    assert str(place) in said[-1]


def test_a_training_begins_only_with_room_for_its_model(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: namedtuple("usage", "free")(0))
    monkeypatch.setattr(training, "load_ingredients", lambda asked, say: pytest.fail("has begun"))
    with pytest.raises(OutputNotWritable, match="No space left on device"):
        training.run_retrain(
            [], out=tmp_path / "ours", recipe="original", epochs=1, seed=0, on_event=lambda _: None
        )


def test_a_training_that_fails_leaves_nothing(tmp_path):
    def fail():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        grow(tmp_path / "below" / "ours", fail)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("free", "refused"), [(31 * 2**20, True), (32 * 2**20, False)])
def test_a_disk_without_room_for_a_model_is_told_before_the_training(tmp_path, monkeypatch, free, refused):
    asked = []
    usage = namedtuple("usage", "free")

    def disk_usage(path):
        asked.append(path)
        return usage(free)

    monkeypatch.setattr(shutil, "disk_usage", disk_usage)
    if refused:
        with pytest.raises(OutputNotWritable, match="No space left on device: 31 MB are free"):
            check_place(tmp_path / "below" / "ours")
    else:
        check_place(tmp_path / "below" / "ours")
    assert asked == [tmp_path]


def test_a_folder_that_holds_something_is_refused_before_the_training(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputNotWritable, match="not empty"):
        check_place(tmp_path)
