import shutil

import pytest

from model.bundle import extend_manifest, open_bundle, shipped_bundle
from model.error_curve import CurvePoint, ErrorCurve
from worker.errors import ModelRefused
from worker.promises import forewarning, promises, promises_of

POINTS = ((0.99, 9_000, 0), (0.9, 15_000, 60), (0.5, 18_000, 3_000))
CURVE = ErrorCurve(tuple(CurvePoint(*point) for point in POINTS), 20_000)


@pytest.fixture
def judged(tmp_path):
    """The shipped model as if it had been judged so."""
    folder = tmp_path / "judged"
    shutil.copytree(shipped_bundle(), folder)
    extend_manifest(folder, calibration={"error_curve": CURVE.as_manifest()})
    return folder


def test_what_is_promised_is_told_with_what_is_kept():
    assert promises(CURVE) == [
        ("0.46 in 1,000 (at best)", "", "45.0 %"),
        ("0.5 in 1,000", "0.99", "45.0 %"),
        ("1 in 1,000", "0.99", "45.0 %"),
        ("2 in 1,000", "0.99", "45.0 %"),
        ("5 in 1,000", "0.99", "45.0 %"),
        ("10 in 1,000", "0.9", "75.0 %"),
        ("20 in 1,000", "0.9", "75.0 %"),
        ("50 in 1,000", "0.9", "75.0 %"),
    ]


def test_a_manifest_tells_the_same(judged):
    assert promises_of(open_bundle(judged).manifest) == promises(CURVE)


@pytest.mark.parametrize("manifest", [{}, {"calibration": {}}, {"calibration": {"error_curve": [1]}}])
def test_a_manifest_without_a_curve_promises_nothing(manifest):
    assert promises_of(manifest) == []


def test_what_cannot_be_promised_is_said_before_anything_is_read(judged):
    told = forewarning(str(judged), 0.0004)
    assert told.startswith("that at most 0.4 in 1,000 are wrong cannot be promised: nothing will be accepted")
    assert told.endswith("can promise at most 0.46 in 1,000, keeping 45 % of the numbers")


@pytest.mark.parametrize("rate", [None, 0.0005, 0.5])
def test_nothing_is_said_where_nothing_is_asked_or_it_is_held(judged, rate):
    assert forewarning(str(judged), rate) == ""


def test_a_curve_that_is_none_is_refused_where_a_share_is_asked_for(judged):
    extend_manifest(judged, calibration={"error_curve": [1]})
    with pytest.raises(ModelRefused, match="error_curve"):
        forewarning(str(judged), 0.01)
