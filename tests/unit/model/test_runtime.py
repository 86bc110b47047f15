"""The runtime file is run as it is, for any number of glyphs."""

import numpy as np
import pytest

from model.bundle import RUNTIME, shipped_bundle, write_manifest
from model.calibration import Calibration
from model.classify import Classifier
from model.contract import to_batch
from model.errors import BundleInvalid
from model.runtime import CHUNK, LiteRtNetwork
from model.synth.digits import DigitSource


@pytest.fixture(scope="module")
def batch():
    return to_batch(DigitSource.builtin().images[: 3 * CHUNK])


@pytest.fixture(scope="module")
def network():
    return LiteRtNetwork((shipped_bundle() / RUNTIME).read_bytes())


@pytest.mark.parametrize("count", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_a_glyph_gives_the_same_among_any_number(count, network, batch):
    alone = np.concatenate([network.probabilities(batch[k : k + 1]) for k in range(3 * CHUNK)])

    answers = network.probabilities(batch[:count])

    assert answers.shape == (count, 11)
    assert answers.dtype == np.float32
    assert answers == pytest.approx(alone[:count], abs=1e-6)
    assert np.ptp(alone, axis=0).min() > 0.01


def test_answers_are_not_overwritten_by_the_next_call(network, batch):
    first = network.probabilities(batch[:CHUNK])
    kept = first.copy()
    network.probabilities(batch[CHUNK : 2 * CHUNK])

    assert (first == kept).all()


def test_glyphs_are_not_modified(network, batch):
    given = batch.copy()
    given.setflags(write=False)
    network.probabilities(given)

    assert (given == batch).all()


def whole_int8(folder):
    """Write a folder whose network takes and gives bytes, as converters can make it."""
    tf = pytest.importorskip("tensorflow", reason="networks need the extra `train`")
    from model.architecture import build_original

    converter = tf.lite.TFLiteConverter.from_keras_model(build_original(11))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    glyphs = np.random.default_rng(0).random((4, 1, 28, 28, 1), np.float32)
    converter.representative_dataset = lambda: ([glyph] for glyph in glyphs)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    (folder / RUNTIME).write_bytes(converter.convert())
    write_manifest(folder, {})
    return folder


@pytest.mark.train
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_a_network_that_takes_bytes_is_refused_before_it_reads(tmp_path):
    with pytest.raises(BundleInvalid, match="int8"):
        Classifier.load(whole_int8(tmp_path))


def test_temperature_softens_what_the_network_gives(batch):
    from model.bundle import open_bundle

    bundle = open_bundle(shipped_bundle())
    plain = Classifier(bundle, Calibration()).predict(batch)
    soft = Classifier(bundle, Calibration(temperature=2.0)).predict(batch)

    assert (soft.argmax(axis=1) == plain.argmax(axis=1)).all()
    assert (soft.max(axis=1) < plain.max(axis=1)).all()
    assert soft.sum(axis=1) == pytest.approx(np.ones(len(batch)), abs=1e-5)
