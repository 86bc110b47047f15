"""The model that training goes on from: whole, a reader, and what is known of its optimizer."""

import shutil

import pytest

from model.architecture import WIDEST, ReaderWidths
from model.bundle import WEIGHTS, extend_manifest, open_bundle, shipped_bundle, write_manifest
from model.train import TrainConfig
from tests.model_builders import stand_in
from worker.errors import ModelRefused, UsageError
from worker.ingredients import Asked
from worker.parent_model import OPTIMIZER, open_parent
from worker.training import run_retrain


@pytest.fixture
def model(tmp_path):
    return shutil.copytree(shipped_bundle(), tmp_path / "model")


def test_the_shipped_model_can_be_gone_on_from():
    parent = open_parent(shipped_bundle())

    assert parent.folder == shipped_bundle()
    assert parent.optimizer is None
    assert parent.described()["id"] == open_bundle(shipped_bundle()).id


def test_the_optimizers_state_is_taken_where_the_manifest_vouches_for_it(model):
    (model / OPTIMIZER).write_bytes(b"a state")
    assert open_parent(model).optimizer is None

    extend_manifest(model)
    assert open_parent(model).optimizer == model / OPTIMIZER

    (model / OPTIMIZER).write_bytes(b"another state")
    with pytest.raises(ModelRefused, match=OPTIMIZER):
        open_parent(model)


def test_every_round_that_was_gone_on_from_is_told_in_its_order(model):
    training = {"epochs": 8, "learning_rate": 0.002, "seed": 1}
    sources = [{"name": "mnist", "weight": 1.0, "train_digits": 60_000}]
    extend_manifest(model, training=training, drawing={"seed": 4})
    details = {**open_bundle(model).manifest, "sources": sources, "rounds": [{"id": "default-first"}]}
    write_manifest(model, {key: details[key] for key in details.keys() - {"files", "format", "id"}})

    first, last = open_parent(model).rounds()

    assert first == {"id": "default-first"}
    assert last["id"] == open_bundle(model).id
    assert last["sources"] == [{"name": "mnist", "weight": 1.0}]
    assert last["training"].items() >= training.items()
    assert last["drawing"]["seed"] == 4


def test_it_goes_on_in_smaller_steps_and_for_fewer_epochs_than_a_new_network(model):
    usual = TrainConfig(seed=7)
    config = open_parent(model).config(usual)

    assert config.epochs < usual.epochs
    assert config.learning_rate < usual.learning_rate
    assert (config.seed, config.batch) == (usual.seed, usual.batch)


def test_a_damaged_model_is_refused(model):
    (model / WEIGHTS).write_bytes(b"others")

    with pytest.raises(ModelRefused, match=WEIGHTS):
        open_parent(model)


def test_a_model_without_weights_is_refused(model):
    manifest = open_bundle(model).manifest
    (model / WEIGHTS).unlink()
    write_manifest(model, {key: manifest[key] for key in ("recipe", "calibration")})

    with pytest.raises(ModelRefused, match=f"it has no {WEIGHTS}"):
        open_parent(model)


def test_a_model_of_impossible_widths_is_refused_before_anything_is_drawn(model):
    extend_manifest(model, architecture={"convolutions": [32, 64, 96, -96], "dense": 96})

    with pytest.raises(ModelRefused, match="architecture is none") as refused:
        open_parent(model)
    assert refused.value.exit_code == 8


def test_a_network_that_knows_digits_alone_is_refused(tmp_path):
    with pytest.raises(ModelRefused, match="ten outputs"):
        open_parent(stand_in(tmp_path / "model", recipe="mnist"))


@pytest.mark.parametrize(("recipe", "named"), [("default", False), ("ink", True), ("mnist", False)])
def test_only_the_network_of_a_model_that_is_gone_on_from_is_widened(recipe, named, model, tmp_path):
    options = {"recipe": recipe, "epochs": 1, "seed": 0, "parent": open_parent(model) if named else None}

    with pytest.raises(UsageError, match="--wider widens the network of digits"):
        run_retrain([], out=tmp_path / "out", on_event=[].append, wider=1.5, **options)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("widths", "times"), [(ReaderWidths(), 1.004), (ReaderWidths((WIDEST,) * 4, WIDEST), 4.0)]
)
def test_what_widens_no_layer_is_refused_before_anything_is_loaded(widths, times, model, tmp_path):
    extend_manifest(model, architecture=widths.as_manifest())
    options = {"recipe": "default", "epochs": 1, "seed": 0, "parent": open_parent(model)}

    with pytest.raises(UsageError, match=f"--wider {times:g} leaves every layer of .* as wide as it is"):
        run_retrain([], out=tmp_path / "out", on_event=pytest.fail, wider=times, **options)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("recipe", ["original", "mnist"])
def test_recipes_that_begin_anew_go_on_from_nothing_and_weigh_nothing(recipe, model, tmp_path):
    def run(**options):
        given = {"out": tmp_path / "out", "recipe": recipe, "epochs": 1, "seed": 0, "on_event": [].append}
        run_retrain(**{"asked": [], **given, **options})

    with pytest.raises(UsageError, match="begins with a network that knows nothing"):
        run(parent=open_parent(model))
    with pytest.raises(UsageError, match="keeps no optimizer"):
        run(keep_optimizer=True)
    with pytest.raises(UsageError, match="has steps of its own, and draws nothing"):
        run(learning_rate=1e-3)
    with pytest.raises(UsageError, match="has steps of its own, and draws nothing"):
        run(drawing_seed=0)
    with pytest.raises(UsageError, match="takes every digit once"):
        run(asked=[Asked("mnist", tmp_path, 2.0)])
    assert not (tmp_path / "out").exists()
