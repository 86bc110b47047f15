"""How wide the reader's network is stands in its manifest, and what stands there is not believed blindly."""

import json

import pytest

from model.architecture import READER_WIDTHS, WIDEST, ReaderWidths
from model.bundle import open_bundle, shipped_bundle
from model.errors import BundleInvalid


def test_widths_come_back_from_the_manifest_as_they_were_written():
    widths = ReaderWidths((1, 20, 300, WIDEST), 7)

    written = json.loads(json.dumps({"architecture": widths.as_manifest()}))

    assert ReaderWidths.from_manifest(written) == widths


def test_a_manifest_that_says_nothing_means_the_usual_ones():
    assert ReaderWidths.from_manifest({}) == READER_WIDTHS
    assert ReaderWidths.from_manifest(open_bundle(shipped_bundle()).manifest) == READER_WIDTHS


@pytest.mark.parametrize("width", [0, -1, WIDEST + 1, 10**30, 32.0, "32", None, True, [32]])
@pytest.mark.parametrize("layer", [0, 3, "dense"])
def test_impossible_widths_are_refused(width, layer):
    said = READER_WIDTHS.as_manifest()
    (said if layer == "dense" else said["convolutions"])[layer] = width

    with pytest.raises(BundleInvalid, match="architecture is none"):
        ReaderWidths.from_manifest({"architecture": said})


@pytest.mark.parametrize(
    "said",
    [
        *(None, [], "reader", 7, {}, {"dense": 96}, {"convolutions": [32, 64, 96, 96]}),
        {"convolutions": [32, 64, 96], "dense": 96},
        {"convolutions": [32] * 5, "dense": 96},
        {"convolutions": "3264", "dense": 96},
        {"convolutions": ["x" * 10_000] * 4, "dense": 96},
    ],
)
def test_what_is_no_architecture_is_refused_in_few_words(said):
    with pytest.raises(BundleInvalid, match="architecture is none") as refused:
        ReaderWidths.from_manifest({"architecture": said})
    assert len(str(refused.value)) < 400
