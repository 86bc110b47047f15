"""What may read: a model that has an answer to digits, and mostly the right one."""

import numpy as np
import pytest

from model.bundle import open_bundle, shipped_bundle
from model.classify import Classifier
from model.contract import CLASSES
from model.errors import BundleInvalid
from model.runtime import Answers
from model.synth.digits import DigitSource
from tests.model_builders import biased, reading
from worker.errors import ModelRefused
from worker.reader import load_reader
from worker.trial import check_works

pytestmark = pytest.mark.usefixtures("trial_here")


def tried(folder):
    check_works(open_bundle(folder), "ours")


def test_the_shipped_model_and_one_like_it_may_read(tmp_path, capfd):
    tried(shipped_bundle())
    tried(reading(tmp_path / "model"))

    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("bias", [np.nan, np.inf])
def test_a_network_whose_answers_are_no_numbers_does_not_load(tmp_path, bias):
    folder = biased(tmp_path / "model", bias)

    with pytest.raises(BundleInvalid, match="does not load: its answers are not finite"):
        Classifier.load(folder)
    for refusing in (load_reader, tried):
        with pytest.raises(ModelRefused, match="its answers are not finite"):
            refusing(folder)


class Answering:
    """A network that gives what a test wants it to give."""

    classes = CLASSES
    told = staticmethod(lambda batch: np.full((len(batch), CLASSES), 1 / CLASSES, np.float32))

    def __init__(self, content):
        pass

    def probabilities(self, batch):
        return self.told(batch)

    def answers(self, batch):
        return Answers(self.told(batch), None)


@pytest.fixture
def answering(monkeypatch):
    """Return a function that says what networks answer."""

    def answer(answers):
        monkeypatch.setattr("model.classify.LiteRtNetwork", Answering)
        monkeypatch.setattr(Answering, "told", staticmethod(answers))

    return answer


@pytest.mark.parametrize(
    "row",
    [
        [0.5] * CLASSES,
        [0.0] * CLASSES,
        [2.0, -1.0, *[0.0] * (CLASSES - 2)],
        [12.5, *[-1.0] * (CLASSES - 1)],
    ],
    ids=["more than all", "nothing", "less than nothing", "logits"],
)
def test_a_network_that_gives_no_probabilities_does_not_load(answering, row):
    answering(lambda batch: np.tile(np.float32(row), (len(batch), 1)))

    with pytest.raises(BundleInvalid, match="its answers are no probabilities"):
        Classifier.load()


def test_what_the_runtime_says_in_several_lines_is_told_in_one(monkeypatch):
    def fail(content):
        raise RuntimeError("tensor 6 has no value\nNode number 12 failed to prepare.\n")

    monkeypatch.setattr("model.classify.LiteRtNetwork", fail)

    with pytest.raises(BundleInvalid, match=r"value Node number 12 failed to prepare\.$"):
        Classifier.load()


def test_probabilities_in_eight_bits_load(answering):
    steps = np.float32(np.round(256 / CLASSES) / 256)
    answering(lambda batch: np.full((len(batch), CLASSES), steps, np.float32))

    assert Classifier.load().bundle.folder == shipped_bundle()


def test_answers_that_fail_with_digits_only_are_found(answering):
    def answers(batch):
        rows = np.full((len(batch), CLASSES), 1 / CLASSES, np.float32)
        return rows * np.float32(np.nan) if len(batch) > 100 else rows

    answering(answers)

    with pytest.raises(ModelRefused, match="ours cannot read: its answers to digits are not finite"):
        tried(shipped_bundle())


def test_a_network_that_knows_one_answer_cannot_read(tmp_path):
    with pytest.raises(ModelRefused, match="reads 50 right, and 250 is the least") as refused:
        tried(biased(tmp_path / "model", 1e4))

    assert "current model goes on" in refused.value.remedy


@pytest.mark.parametrize("wrong", [250, 251])
def test_half_of_the_digits_is_enough(answering, wrong):
    labels = DigitSource.builtin().labels.copy()
    labels[:wrong] = (labels[:wrong] + 1) % 10
    rows = np.eye(CLASSES, dtype=np.float32)[labels]
    answering(lambda batch: rows[: len(batch)])

    if wrong == 250:
        tried(shipped_bundle())
    else:
        with pytest.raises(ModelRefused, match="reads 249 right"):
            tried(shipped_bundle())


@pytest.mark.parametrize("temperature", [0.02, 60.0, 0, -1, True, "warm"])
def test_a_damaged_temperature_is_found(tmp_path, temperature):
    folder = reading(tmp_path / "model", calibration={"temperature": temperature})

    with pytest.raises(ModelRefused, match=r"manifest\.json: .*temperature"):
        tried(folder)


@pytest.mark.parametrize(
    ("calibration", "said"),
    [
        ({"accept_confidence": 0}, "accepts guesses: .* and 0 is enough"),
        ({"accept_confidence": 0.05}, "accepts guesses"),
        ({"number": {"weights": [0.0] * 10, "bias": 50.0}}, "accepts guesses: .* has the confidence 1,"),
        ({"number": {"weights": [-1.0, *[0.0] * 9], "bias": 0.0}}, "accepts guesses"),
        ({"number": {"weights": [1.0, *[0.0] * 9], "bias": -80.0}}, "upside down: a digit that is certain"),
        ({"makes": [[1e-30] * 10 + [1.0]] * 3}, "of makes, of 500 digits .* it reads 0 right"),
        ({"makes": [[1.0, *[1e-30] * 10]] * 3}, "of makes, of 500 digits .* and 250 is the least"),
    ],
    ids=["all", "a twentieth", "certain", "turned", "nothing", "no digits", "noughts"],
)
def test_a_calibration_that_makes_no_sense_is_found(tmp_path, calibration, said):
    folder = reading(tmp_path / "model", calibration=calibration)

    with pytest.raises(ModelRefused, match=rf"manifest\.json: .*{said}"):
        tried(folder)


def test_what_the_shipped_model_says_of_confidence_makes_sense(tmp_path):
    calibration = open_bundle(shipped_bundle()).manifest["calibration"]

    tried(reading(tmp_path / "model", calibration=calibration))
