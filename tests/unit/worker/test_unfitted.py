"""A model that was trained is not lost where its confidence cannot be fitted."""

import pytest

from model.bundle import extend_manifest, open_bundle
from tests.model_builders import stand_in
from worker.errors import DigitizeError
from worker.reader_training import Run, fit_if_possible
from worker.training_plan import Plan
from worker.unfitted import UNFITTED


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (DigitizeError("a process was ended"), "a process was ended"),
        (MemoryError(), "the memory did not suffice"),
    ],
)
def test_the_manifest_says_why_and_holds_nothing_of_another_fit(tmp_path, monkeypatch, error, why):
    # The recipe of ink begins with the manifest of the model that it gives another network of ink.
    folder = stand_in(tmp_path / "model", calibration={"temperature": 1.2, "accept_confidence": 0.9})

    def fail(*_):
        extend_manifest(folder, calibration={"number": {"bias": 1.0}})
        raise error

    monkeypatch.setattr("worker.reader_training.fit_confidence", fail)
    said = []

    fit_if_possible(folder, [], Run(Plan(), 1, 1, said.append))

    assert open_bundle(folder).manifest["calibration"] == {"temperature": 1.2, UNFITTED: why}
    assert said == [f"the confidence is not fitted: {why}"]
