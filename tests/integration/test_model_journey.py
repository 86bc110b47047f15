"""The way that docs/model.md leads: digits in a folder, trained on, reading, gone back from, exported."""

import json
from pathlib import Path

import pytest

from model.bundle import open_bundle, shipped_bundle
from tests.digit_files import digits, write_classes, write_picture
from worker.judging import FrozenPlan
from worker.training_plan import Plan

SMALLEST = Plan(tasks=1, sheets=1, pages=1, held_out_tasks=1, read_tasks=1, judged_tasks=1, read_pages=4)
TINY = FrozenPlan(tasks=1, sheets=1, pages=0, ink_pages=1)


@pytest.fixture
def little(monkeypatch):
    """Let little be drawn, by one process: what is tried is the way, and not how well it is trained."""
    monkeypatch.setattr("worker.training.Plan", lambda: SMALLEST)
    monkeypatch.setattr("worker.candidate.FrozenPlan", lambda: TINY)
    for module in ("training", "judging"):
        monkeypatch.setattr(f"worker.{module}.usable_cores", lambda: 1)


def ids_of_pages(job):
    """Return the ids of the models that read the pages of a job, and what they read."""
    (record,) = (json.loads(path.read_text()) for path in Path(job, "pages").glob("**/*.json"))
    return record["model"]["id"], [number["text"] for number in record["numbers"]]


@pytest.mark.train
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated.*:UserWarning")
def test_a_model_of_ones_own_is_trained_reads_is_gone_back_from_and_taken_along(digitize, little):
    pytest.importorskip("tensorflow", reason="training needs the extra `train`")
    write_classes(Path("our-digits"), each=12)
    images, labels = digits(each=1, start=30)
    write_picture(Path("page.png"), images[labels == 7][0])

    # Steps so small that the shipped network stays what it is: a real training, whose end is known.
    course = ("--epochs", "1", "--learning-rate", "1e-8")
    trained = digitize("retrain", "--from", "shipped", "--data", "our-digits", "--name", "ours", *course)

    *table, decision, folder = trained.stdout.splitlines()
    assert trained.exit_code == 0, trained.output
    assert decision == f"promoted: ours is not worse than shipped on {len(table) - 1} sets", trained.output
    assert "hint: `digitize models rollback` goes back." in trained.stderr
    ours = open_bundle(Path(folder))
    assert ours.manifest["versions"].keys() >= {"tensorflow", "numpy", "opencv", "digitize"}

    assert digitize("submit", "page.png", "-o", "with-ours").exit_code == 0
    assert ids_of_pages("with-ours") == (ours.id, ["7"])

    assert digitize("models", "rollback").stdout == "shipped\n"
    assert digitize("submit", "page.png", "-o", "with-shipped").exit_code == 0
    assert ids_of_pages("with-shipped") == (open_bundle(shipped_bundle()).id, ["7"])

    exported = digitize("models", "export", "ours", "--format", "tflite", "-o", "reader.tflite", "--json")
    assert exported.exit_code == 0, exported.output
    assert json.loads(exported.stdout)["model"] == ours.id
    assert Path("reader.tflite").stat().st_size > 100_000
