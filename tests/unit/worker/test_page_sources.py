"""Few images write numbers enough to fit and judge a confidence, and say too little: the sample helps out."""

import numpy as np
import pytest

from model.bundle import open_bundle
from model.dataset_apart import contents
from model.synth.digits import DigitSource
from tests.model_builders import stand_in
from worker import page_sources as module
from worker import reader_training
from worker.error_rate import curve_of
from worker.errors import ModelRefused
from worker.outcomes import Outcomes
from worker.page_sources import LEAST_IMAGES, independent_images, page_sources
from worker.reader_training import Run, fit_confidence
from worker.training_plan import Plan
from worker.written_sources import Written


def some(count, start=0):
    """Return images that are nobody else's, each digit as often."""
    rng = np.random.default_rng(start)
    return DigitSource(rng.integers(0, 255, (count, 28, 28), np.uint8), np.arange(count, dtype=np.uint8) % 10)


def written(count, weight=1.0, **sides):
    parts = {"training": some(count, 1), "held out": some(count, 2), "test": some(count, 3)}
    return Written(weight, {**parts, **sides})


@pytest.mark.parametrize("part", ["held out", "test"])
def test_of_few_images_the_sample_writes_half_of_the_pages_and_says_so(part):
    said = []
    sources = [written(10), written(10, 0.5)]

    found = page_sources(sources, part, said.append)

    assert found[:2] == sources
    assert found[2].weight == 1.5
    sample = found[2].sides[part]
    assert sample is not None
    assert contents(sample.images) < contents(DigitSource.builtin().images)
    assert "of 20 images" in said[0]


def test_what_is_judged_by_was_not_fitted_on():
    halves = [page_sources([written(10)], part, print)[1].sides[part] for part in ("held out", "test")]

    assert not contents(halves[0].images) & contents(halves[1].images)


def test_what_a_source_judges_by_is_not_fitted_on_either():
    sample = DigitSource.builtin()
    theirs = DigitSource(sample.images[:100], sample.labels[:100])

    found = page_sources([written(10, test=theirs)], "held out", print)

    assert not contents(found[1].sides["held out"].images) & contents(theirs.images)
    assert page_sources([written(10, test=sample)], "held out", print)[1:] == []


def test_where_there_are_images_enough_they_write_alone():
    sources = [written(module.FEW), written(10)]

    assert page_sources(sources, "test", pytest.fail) == sources


def test_images_count_by_how_many_pages_each_writes():
    few, many = some(10), some(500)

    assert independent_images([many] * 4) == 500
    assert independent_images([few, many]) == 39
    assert independent_images([few] * 3) == 10
    assert independent_images([]) == 0


def outcomes(count=40):
    everything = np.ones(count, bool)
    return Outcomes(
        np.zeros((count, 8)), everything, count, everything, np.zeros((1, 2)), everything, np.ones(count)
    )


@pytest.mark.parametrize(("count", "promised"), [(10, False), (100, True)])
def test_from_few_independent_images_nothing_is_promised(tmp_path, monkeypatch, count, promised):
    earlier = {"judged": 9, "points": [[0.5, 9, 0]]}
    folder = stand_in(tmp_path / "model", calibration={"temperature": 1.0, "error_curve": earlier})
    fitted = {"accept_confidence": 0.9, "error_curve": {"judged": 40, "points": [[0.9, 40, 0]]}}
    counts = dict.fromkeys(("numbers_read", "numbers_right", "accepted", "wrong_among_accepted"), 40)
    monkeypatch.setattr(reader_training, "done_by_crew", lambda *_, **__: [outcomes()])
    monkeypatch.setattr(reader_training, "fitted_confidence", lambda _: {})
    monkeypatch.setattr(reader_training, "calibrated", lambda *_: (dict(fitted), dict(counts)))
    said = []

    fit_confidence(folder, [written(count)], Run(Plan(), 1, 1, said.append))

    bundle = open_bundle(folder)
    images = bundle.manifest["metrics"]["pages"]["images"]
    assert (images >= LEAST_IMAGES) is promised
    assert any("nothing is promised" in line for line in said) is not promised
    if promised:
        assert curve_of(bundle).judged == 40
    else:
        with pytest.raises(ModelRefused, match="was not judged for a share"):
            curve_of(bundle)
