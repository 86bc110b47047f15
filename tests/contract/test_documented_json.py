"""What `docs/commands.md` says that `models evaluate --json` prints is what it prints."""

import re
from pathlib import Path

from model.bundle import shipped_bundle
from worker.evaluation import evaluate
from worker.judging import FrozenPlan

TEXT = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")


def names(text):
    """Return what stands in backticks outside of brackets, and inside of them by what stands before."""
    outside = re.sub(r"\([^)]*\)", "", text)
    inside = {name: re.findall(r"`(\w+)`", said) for name, said in re.findall(r"`(\w+)` \(([^)]*)\)", text)}
    return set(re.findall(r"`(\w+)`", outside)), inside


def test_every_name_of_an_evaluation_is_documented():
    _, _, section = TEXT.partition("\n### models evaluate\n")
    row = next(line for line in section.splitlines() if line.startswith("| `--json` | "))
    plan = FrozenPlan(tasks=1, sheets=1, pages=0, ink_pages=1)

    found = evaluate(shipped_bundle(), None, against=shipped_bundle(), plan=plan, jobs=1)

    told, inside = names(row.removeprefix("| `--json` | "))
    assert told == set(found)
    assert set(inside["data"]) == set(found["data"])
    assert set(inside["mistakes"]) == set(found["mistakes"][0])
    assert set(inside["ink"]) == set(found["ink"])
    assert set(inside["compared"]) == set(found["compared"])
