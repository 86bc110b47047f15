"""`digitize models evaluate` and what `digitize retrain` says of its candidate."""

import json
import shutil
from pathlib import Path

import pytest

from model.bundle import open_bundle, shipped_bundle
from model.judge_pair import Comparison
from model.rates import wilson
from model.synth.digits import DigitSource
from tests.digit_files import write_classes
from tests.job_builders import job_of
from tests.model_builders import biased, reading, stand_in
from worker.candidate import Candidate, Judge
from worker.errors import ModelRefused
from worker.ingredients import Asked, load_ingredients
from worker.ink_judging import frozen_scenes
from worker.judging import FrozenPlan, frozen_glyphs


@pytest.fixture(scope="module")
def glyphs():
    return frozen_glyphs(DigitSource.builtin(), plan=FrozenPlan(tasks=1, sheets=1, pages=0), jobs=1)


@pytest.fixture(scope="module")
def scenes():
    return frozen_scenes(1, jobs=1)


@pytest.fixture
def few_glyphs(monkeypatch, glyphs, scenes):
    monkeypatch.setattr("worker.evaluation.frozen_glyphs", lambda *_, **__: glyphs)
    monkeypatch.setattr("worker.evaluation.frozen_scenes", lambda *_, **__: scenes)


def test_evaluate_prints_what_people_ask_first(digitize, few_glyphs, glyphs, capfd):
    result = digitize("models", "evaluate", "-q")

    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    pictures = len(set(glyphs.origins[glyphs.labels < 10].tolist()))
    assert lines[0] == f"{pictures} pictures of digits, each drawn once; intervals are by picture"
    assert lines[2].startswith("digits read right")
    assert lines[2].rstrip().endswith("240")
    assert sum(line.startswith("digit ") for line in lines) == 10
    assert "expected calibration error: " in result.stdout
    assert "rejected, " in lines[-1]
    assert any(line.startswith("digits by hand  ") for line in lines)
    assert "on 1 drawn pages" in result.stdout
    assert capfd.readouterr().err == ""


def test_evaluate_writes_figures_and_says_where(digitize, few_glyphs):
    result = digitize("models", "evaluate", "shipped", "-o", "out", "--json")

    content = json.loads(result.stdout)
    assert result.exit_code == 0
    assert json.loads(Path("out/evaluation.json").read_text()) == content
    assert "out/evaluation.json" in result.stderr
    assert len(content["confusion"]) == 11
    assert content["ink"]["pages"] == 1
    assert content["ink"]["squares"] == sum(map(sum, content["ink"]["confusion"]))
    assert content["ink"]["recall"]["digit"] > 0.8


def test_evaluate_of_a_model_without_a_network_of_ink_says_so(digitize, few_glyphs, tmp_path):
    model = reading(tmp_path / "model")

    assert "no network of ink" in digitize("models", "evaluate", model).stdout
    assert json.loads(digitize("models", "evaluate", model, "--json").stdout)["ink"] is None


def test_evaluate_without_matplotlib_says_so_and_gives_the_figures(digitize, few_glyphs, monkeypatch):
    monkeypatch.setattr("worker.evaluation.can_draw", lambda: False)

    result = digitize("models", "evaluate", "-o", "out", "--json")

    assert "warning: no pictures: Matplotlib is not installed" in result.stderr
    assert json.loads(result.stdout)["pictures"] is None
    assert [path.name for path in Path("out").iterdir()] == ["evaluation.json"]


def test_evaluate_compares_two_models_as_retrain_does(digitize, few_glyphs, tmp_path):
    same, deaf = reading(tmp_path / "same"), biased(tmp_path / "deaf", -1e4, digit=3)

    shown = digitize("models", "evaluate", deaf, "--against", "shipped").stdout.splitlines()
    equal = json.loads(digitize("models", "evaluate", same, "--against", deaf, "--json").stdout)["compared"]
    others, equal = equal["against"], equal["sets"]

    assert others["id"] == open_bundle(deaf).id
    assert others["folder"] == str(deaf)
    assert others["sha256"] == open_bundle(deaf).sha256
    rows = {line.split("  ")[0]: line.split() for line in shown[-3:]}
    assert rows["set"][1:3] == ["glyphs", "shipped"]
    assert rows["digits"][1] == "240"
    assert int(rows["digits"][4]) >= 20
    assert rows["digits"][-1] == "worse"
    assert rows["not a digit"][-2:] == ["not", "worse"]
    assert [(each["set"], each["worse"]) for each in equal] == [("digits", False), ("not a digit", False)]
    assert equal[0]["won"] == int(rows["digits"][4])
    assert json.loads(digitize("models", "evaluate", same, "--json").stdout)["compared"] is None


def test_evaluate_judges_own_digits_by_the_glyphs_that_retrain_judges_a_candidate_by(
    digitize, tmp_path, monkeypatch
):
    tiny = FrozenPlan(tasks=1, sheets=1, pages=0, ink_pages=1)
    monkeypatch.setattr("worker.evaluation.FrozenPlan", lambda: tiny)
    monkeypatch.setattr("worker.candidate.can_draw", lambda: False)
    write_classes(tmp_path / "ours")
    model = biased(tmp_path / "model", -1e4, digit=3)
    judge = Judge(shipped_bundle(), "shipped", lambda _: None, tiny, 1)
    judge(model, load_ingredients([Asked("digits", tmp_path / "ours")], lambda _: None))

    command = ("models", "evaluate", model, "--data", tmp_path / "ours", "--against", "shipped", "--json")
    found = json.loads(digitize(*command).stdout)

    assert [each["set"] for each in found["compared"]["sets"]][:2] == ["digits", "not a digit"]
    assert found["compared"]["sets"] == [each.as_json() for each in judge.comparisons]


@pytest.mark.parametrize("recipe", ["original", "mnist"])
def test_evaluate_of_a_model_that_knows_digits_alone_is_refused_before_anything_is_drawn(
    digitize, monkeypatch, tmp_path, recipe
):
    monkeypatch.setattr("worker.evaluation.frozen_glyphs", lambda *_, **__: pytest.fail("it was drawn"))

    result = digitize("models", "evaluate", stand_in(tmp_path / "model", recipe=recipe))

    assert result.exit_code == 8
    assert "its ten outputs are digits, and reading needs an eleventh" in result.stderr
    assert "metrics.digit_accuracy" in result.stderr


def test_evaluate_of_a_model_that_there_is_not(digitize):
    assert digitize("models", "evaluate", "nobody").exit_code == 8


@pytest.fixture
def candidate(monkeypatch):
    """Return what the stand-in for a training was asked for, and let it give a candidate back."""
    asked = {}
    comparisons = (
        Comparison("digits", 200, 100, 180, 190, 5, 15, 0.994, 0.994),
        Comparison("not a digit", 80, 80, 70, 60, 10, 0, 0.001, 0.002),
    )

    def retrain(data, registry, **options):
        asked.update(options, data=data, registry=registry)
        return Candidate(
            Path("models/ours"),
            "shipped",
            comparisons,
            False,
            "not promoted: worse on not a digit",
            "promote it all the same",
        )

    monkeypatch.setattr("cli.retrain.find_spec", lambda _: True)
    monkeypatch.setattr("worker.candidate.retrain_candidate", retrain)
    return asked


def test_retrain_says_in_a_table_what_was_compared_and_what_was_decided(digitize, candidate):
    result = digitize("retrain", "--name", "ours", "--seed", "3")

    rows = {line.split("  ")[0]: line.split() for line in result.stdout.splitlines()}
    assert result.exit_code == 0
    assert rows["digits"][1:] == ["200", "180", "190", "5", "15", "0.994", "not", "worse"]
    assert rows["not a digit"][3:] == ["80", "70", "60", "10", "0", "0.002", "worse"]
    assert result.stdout.splitlines()[-2:] == ["not promoted: worse on not a digit", "models/ours"]
    assert result.stderr.splitlines()[-1] == "hint: promote it all the same"
    assert (candidate["name"], candidate["out"], candidate["promote"], candidate["seed"]) == (
        "ours",
        None,
        True,
        3,
    )


@pytest.mark.parametrize("option", ["--epochs", "--seed", "--drawing-seed"])
@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("1_0", "it has to be a whole number; found '1_0'"),
        ("1e2", "it has to be a whole number"),
        (" 3", "it has to be a whole number"),
        ("\u0663", "it has to be a whole number"),
        ("-1", "it has to be at least"),
        ("9" * 6000, "it has to be at most"),
        ("-" + "9" * 6000, "it has to be at least"),
        ("4294967295", "it has to be at most"),
    ],
)
def test_retrain_takes_whole_numbers_that_somebody_can_mean(digitize, candidate, option, number, said):
    result = digitize("retrain", option, number)

    assert result.exit_code == 2
    assert f"Invalid value for '{option}': {said}" in result.stderr
    assert len(result.stderr) < 300
    assert not candidate


@pytest.mark.parametrize(("epochs", "code"), [("1", 0), ("10000", 0), ("10001", 2), ("0", 2)])
def test_retrain_takes_epochs_within_reason(digitize, candidate, epochs, code):
    assert digitize("retrain", "--epochs", epochs).exit_code == code
    assert candidate.get("epochs") == (int(epochs) if code == 0 else None)


@pytest.mark.parametrize(("rate", "taken"), [("0.001", 1e-3), ("1e-5", 1e-5), (".1", 0.1)])
def test_retrain_hands_on_the_size_of_the_steps_and_the_seed_of_the_drawing(digitize, candidate, rate, taken):
    assert digitize("retrain", "--learning-rate", rate, "--drawing-seed", "4").exit_code == 0

    assert (candidate["learning_rate"], candidate["drawing_seed"], candidate["seed"]) == (taken, 4, 0)


@pytest.mark.parametrize("rate", ["0", "-0.001", "0.11", "1", "nan", "inf", "1e-400", "fast", "", "1,5"])
def test_retrain_takes_no_steps_that_teach_nothing(digitize, candidate, rate):
    result = digitize("retrain", "--learning-rate", rate)

    assert result.exit_code == 2
    assert "Invalid value for '--learning-rate': it has to be a number above 0" in result.stderr
    assert not candidate


def test_retrain_hands_on_how_wide_the_network_is_to_be(digitize, candidate):
    assert digitize("retrain", "--from", "shipped", "--wider", "1.5").exit_code == 0

    assert (candidate["wider"], candidate["parent"]) == (1.5, "shipped")


@pytest.mark.parametrize("times", ["1", "0.5", "-2", "4.1", "nan", "inf", "wide", "", "1,5"])
def test_retrain_makes_no_network_narrower_or_huge(digitize, candidate, times):
    result = digitize("retrain", "--from", "shipped", "--wider", times)

    assert result.exit_code == 2
    assert "Invalid value for '--wider': it has to be a number above 1, at most 4" in result.stderr
    assert not candidate


def test_retrain_says_it_as_json(digitize, candidate):
    content = json.loads(digitize("retrain", "--no-promote", "--json").stdout)

    assert (content["model"], content["promoted"]) == ("models/ours", False)
    assert content["remedy"] == "promote it all the same"
    assert [entry["worse"] for entry in content["judged"]] == [False, True]
    assert candidate["promote"] is False


def test_retrain_uses_the_registry_of_the_settings(digitize, candidate, monkeypatch):
    monkeypatch.setenv("DIGITIZE_MODELS_DIR", "elsewhere")

    digitize("retrain", "-o", "runs")

    assert candidate["registry"].folder == Path("elsewhere").absolute()
    assert candidate["out"] == Path("runs")


def test_retrain_hands_on_where_the_digits_come_from_and_what_to_go_on_from(digitize, candidate, tmp_path):
    job = job_of(tmp_path, [30])

    result = digitize(
        *("retrain", "--data", "mnist=2", "--data", "ours", "--from-corrections", f"{job.path}=0.5"),
        *("--from", "shipped", "--keep-optimizer"),
    )

    assert result.exit_code == 0
    assert candidate["data"] == [
        Asked("mnist", Path("mnist"), 2.0),
        Asked("digits", Path("ours")),
        Asked("corrections", job.path, 0.5),
    ]
    assert (candidate["parent"], candidate["keep_optimizer"]) == ("shipped", True)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--data", "ours=heavy"), 2),
        (("--data", "ours=0"), 2),
        (("--from-corrections", "nobody"), 2),
    ],
)
def test_retrain_refuses_what_is_no_source(digitize, candidate, arguments, code):
    assert digitize("retrain", *arguments).exit_code == code
    assert candidate == {}


def test_a_model_to_go_on_from_that_there_is_not_is_told(digitize, monkeypatch):
    monkeypatch.setattr("cli.retrain.find_spec", lambda _: True)
    monkeypatch.setattr("worker.candidate.run_retrain", lambda *_, **__: pytest.fail("it was trained"))

    result = digitize("retrain", "--from", "nobody")

    assert result.exit_code == 8
    assert "no model 'nobody'" in result.stderr


def test_a_name_and_a_folder_exclude_each_other(digitize, candidate):
    result = digitize("retrain", "-o", "runs", "--name", "ours")

    assert result.exit_code == 2
    assert candidate == {}


def test_what_is_wrong_with_the_current_model_is_told(digitize, candidate, monkeypatch):
    def refuse(*_, **__):
        raise ModelRefused("it is damaged")

    monkeypatch.setattr("worker.candidate.retrain_candidate", refuse)

    assert digitize("retrain").exit_code == 8


def test_few_pictures_that_are_drawn_often_are_told_as_few(digitize, scenes, tmp_path, monkeypatch):
    tiny = FrozenPlan(tasks=1, sheets=1, pages=0, ink_pages=1)
    monkeypatch.setattr("worker.evaluation.FrozenPlan", lambda: tiny)
    monkeypatch.setattr("worker.evaluation.frozen_scenes", lambda *_, **__: scenes)
    write_classes(tmp_path / "ours", each=2)

    result = digitize("models", "evaluate", "--data", tmp_path / "ours", "-o", "out")

    assert result.stdout.startswith(
        "10 pictures of digits, each drawn about 24 times; intervals are by picture\n"
    )
    found = json.loads(Path("out/evaluation.json").read_text())
    assert found["data"]["pictures"] == 10
    rate = found["per_digit"][7]
    low, high = wilson(rate["right"], rate["count"])
    assert rate["high"] - rate["low"] > 1.5 * (high - low)


@pytest.mark.parametrize("table", [False, True], ids=["folder", "table"])
def test_a_wrong_label_is_told_by_its_file(digitize, scenes, tmp_path, monkeypatch, table):
    tiny = FrozenPlan(tasks=1, sheets=1, pages=1, ink_pages=1)
    monkeypatch.setattr("worker.evaluation.FrozenPlan", lambda: tiny)
    monkeypatch.setattr("worker.evaluation.frozen_scenes", lambda *_, **__: scenes)
    for part, start in (("train", 0), ("test", 3)):
        write_classes(tmp_path / "ours" / part, each=2, start=start)
    wrong = tmp_path / "ours" / "test" / "3" / "wrong.png"
    shutil.move(next((tmp_path / "ours" / "test" / "8").glob("*")), wrong)
    data = tmp_path / "ours"
    if table:
        data = tmp_path / "ours.csv"
        rows = [f"{p},{p.parent.name},{p.parent.parent.name}" for p in (tmp_path / "ours").glob("*/*/*")]
        data.write_text("\n".join(["file,label,part", *rows]))

    result = digitize("models", "evaluate", "--data", data, "-o", "out")

    assert result.exit_code == 0, result.stderr
    (line,) = [line for line in result.stdout.splitlines() if line.startswith(str(wrong))]
    assert line.split()[1:3] == ["3", "8"]
    mistakes = json.loads(Path("out/evaluation.json").read_text())["mistakes"]
    (found,) = [each for each in mistakes if each["file"] == str(wrong) and each["is"] == "3"]
    assert (found["taken_for"], found["label_doubtful"]) == ("8", True)
    assert found["glyphs"] >= found["wrong"] > 5
