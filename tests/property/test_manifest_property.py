"""Whatever stands in a manifest, a model is used as it says or refused in words; nothing is guessed."""

import copy
import json
import math
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.bundle import MANIFEST, RUNTIME, WEIGHTS, open_bundle, shipped_bundle, write_manifest
from model.calibration import Calibration
from model.errors import BundleInvalid
from model.registry import check_files

SHIPPED = json.loads((shipped_bundle() / MANIFEST).read_text())
#: Of no kind that a manifest has in most of its places.
ODD = st.sampled_from(
    [
        *(True, False, None, "", "1.5", "true", [], {}, [True], {"sha256": True}, -1, 0, 1, 1.5),
        *(10**400, "a\nb", math.nan, math.inf, -math.inf, 2**63, "x" * 300),
    ]
)


def paths(value, before=()):
    """Every place in a manifest, those of lists and sections included."""
    yield before
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, (*before, name))
    elif isinstance(value, list):
        for k, inner in enumerate(value[:3]):
            yield from paths(inner, (*before, k))


PLACES = [path for path in paths(SHIPPED) if path]


def changed(path, value):
    manifest = copy.deepcopy(SHIPPED)
    place = manifest
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return manifest


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return shutil.copytree(shipped_bundle(), tmp_path_factory.mktemp("mutated") / "model")


def opened(folder, manifest):
    """Open a model as whoever reads with it does, but for the network, which no manifest changes."""
    (folder / MANIFEST).write_text(json.dumps(manifest))
    bundle = open_bundle(folder)
    check_files(bundle)
    try:
        return bundle, Calibration.from_manifest(bundle.manifest.get("calibration", {}))
    except ValueError as error:
        raise BundleInvalid(str(error)) from error


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(PLACES), value=ODD)
def test_a_changed_entry_is_refused_or_is_of_its_kind(folder, path, value):
    try:
        bundle, calibration = opened(folder, changed(path, value))
    except BundleInvalid as error:
        assert str(error)
        return
    assert isinstance(bundle.id, str)
    for name, said in bundle.manifest["files"].items():
        assert isinstance(name, str)
        assert len(said["sha256"]) == 64
    numbers = [calibration.temperature, calibration.accept_confidence, *calibration.number.weights]
    assert all(type(number) is float and math.isfinite(number) for number in numbers)
    if path[0] == "calibration":
        # What was taken was a number, and no truth value or text that passes for one.
        assert not isinstance(value, bool | str)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("format",), True, "format 1"),
        (("format",), 1.0, "format 1"),
        (("id",), 7, "id: text is needed; found int '7'"),
        (("id",), True, "id: text is needed; found bool"),
        (("data",), ["mnist"], "data: text is needed"),
        (("training",), [], "training: entries with names are needed"),
        (("sources",), [1], "sources: a list of entries with names is needed"),
        (("files", RUNTIME, "sha256"), True, f"names no hash of {RUNTIME}"),
        (("files", WEIGHTS, "bytes"), True, f"{WEIGHTS}: a count of bytes is needed"),
        (("metrics", "digit_accuracy"), math.nan, "NaN is no number"),
        (("metrics", "digit_accuracy"), math.inf, "Infinity is no number"),
        (("calibration", "temperature"), True, "temperature: a number is needed; found bool 'True'"),
        (("calibration", "temperature"), "1.5", "temperature: a number is needed; found str '1.5'"),
        (("calibration", "accept_confidence"), True, "accept_confidence: a number is needed"),
        (("calibration", "presence", "weights", 0), True, "presence: a number is needed; found bool"),
        (("calibration", "presence", "bias"), "0", "presence: a number is needed; found str"),
        (("calibration", "makes", 0, 0), True, "makes: a number is needed"),
        (("calibration", "makes"), "table", "makes: 3 rows of 11"),
        (("calibration", "usual_pages", "log_odds"), [True, 2], "log_odds: a lower and an upper bound"),
        (("calibration", "usual_pages", "log_odds"), "12", "log_odds: a lower and an upper bound"),
        (("calibration", "error_curve", "judged"), True, "error_curve: a count of numbers is needed"),
    ],
)
def test_what_is_wrong_is_named(folder, path, value, said):
    with pytest.raises(BundleInvalid, match=said):
        opened(folder, changed(path, value))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"format": 1, "id": "one", "id": "two", "files": {}}', "id stands there twice"),
        ('{"format": 1, "id": "one", "files": {}, "metrics": {"loss": 1e999}}', "1e999 is no number"),
        ('{"format": 1, "id": "one"}', "files is missing"),
        ('{"format": 1, "files": {}}', "id is missing"),
    ],
)
def test_what_json_lets_through_is_refused(folder, text, said):
    (folder / MANIFEST).write_text(text)

    with pytest.raises(BundleInvalid, match=said):
        open_bundle(folder)


@pytest.mark.parametrize("details", [{"metrics": {"loss": math.nan}}, {"training": [1]}, {"data": 7}])
def test_no_manifest_is_written_that_cannot_be_read(tmp_path, details):
    (tmp_path / RUNTIME).write_bytes(b"a network")

    with pytest.raises(BundleInvalid, match="no manifest of"):
        write_manifest(tmp_path, details)
    assert [path.name for path in tmp_path.iterdir()] == [RUNTIME]


def test_a_command_refuses_such_a_model_with_its_code(digitize, folder, tmp_path):
    model = shutil.copytree(folder, tmp_path / "model")
    (model / MANIFEST).write_text(json.dumps(changed(("metrics", "digit_accuracy"), math.nan)))

    shown = digitize("models", "show", str(model))

    assert shown.exit_code == 8
    assert "manifest.json cannot be used: NaN is no number" in shown.stderr
