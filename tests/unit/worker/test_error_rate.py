import pytest

from model.bundle import open_bundle
from tests.model_builders import stand_in
from worker.error_rate import curve_of, in_thousand, parse_error_rate, rounded_up
from worker.errors import ModelRefused


@pytest.mark.parametrize(
    "written",
    ["0.5/1000", "0.05%", "0.0005", "5e-4", " 0.5 / 1000 ", "0.05 %", "1/2000", ".05%", "1/2e3", 0.0005],
)
def test_all_ways_to_write_it_are_one(written):
    assert parse_error_rate(written) == 0.0005


@pytest.mark.parametrize(
    "written",
    [
        *["", "few", "0", "0%", "0/1000", "1", "100%", "5", "1000/1000", "1/0", "-1/1000", "-0.1"],
        *["1/1000/2", "1e-400", "nan", "inf", "0,5/1000", "1%/2", "/1000", "0x1"],
        *[1, 0.0, float("nan"), True, None, [0.1]],
    ],
)
def test_what_is_no_share_is_refused(written):
    with pytest.raises(ValueError, match=r"^it has to be like 10/1000, 1% or 0\.01, above 0 and"):
        parse_error_rate(written)


@pytest.mark.parametrize(
    ("rate", "told"),
    [(0.0005, "0.5 in 1,000"), (0.001, "1 in 1,000"), (1e-7, "0.0001 in 1,000"), (0.25, "250 in 1,000")],
)
def test_a_share_is_told_as_people_say_it(rate, told):
    assert in_thousand(rate) == told


@pytest.mark.parametrize("rate", [0.016517, 0.0001, 0.0005, 0.3, 0.999, 1.0, 1e-9, 0.07])
def test_what_is_rounded_up_is_hardly_more_and_never_less(rate):
    assert rate * (1 - 1e-9) <= rounded_up(rate) <= min(1.0, rate * 1.1)


def test_two_digits_are_kept():
    assert (rounded_up(0.016517), rounded_up(0.07), rounded_up(0.0)) == (0.017, 0.07, 0.0)


def test_a_model_says_what_it_promises(tmp_path):
    curve = {"judged": 10, "points": [[0.9, 5, 0]]}
    model = stand_in(tmp_path / "model", calibration={"error_curve": curve})
    assert curve_of(open_bundle(model)).as_manifest() == curve


@pytest.mark.parametrize("details", [{}, {"calibration": {}}])
def test_a_model_that_was_not_judged_is_refused_with_what_to_do(tmp_path, details):
    with pytest.raises(ModelRefused, match="was not judged for a share of wrong numbers") as refused:
        curve_of(open_bundle(stand_in(tmp_path / "model", **details)))
    assert refused.value.exit_code == 8
    assert "digitize retrain" in refused.value.remedy
    assert "--min-confidence" in refused.value.remedy


def test_a_model_that_holds_nonsense_is_refused(tmp_path):
    model = stand_in(tmp_path / "model", calibration={"error_curve": {"judged": 3, "points": [[0.9, 5, 0]]}})
    with pytest.raises(
        ModelRefused, match=r"manifest\.json: calibration: error_curve: 5 numbers are kept of 3"
    ):
        curve_of(open_bundle(model))
