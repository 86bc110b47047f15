"""`digitize evaluate` as a user types it."""

import json
from pathlib import Path

import pytest

import model.judge_pictures
from tests.fake_readers import number_record
from tests.job_builders import failed_record, job_of, read_record
from worker.jobs import Job, PageEntry
from worker.records import Status
from worker.worst_pages import SHEET

TRUTH = "file,page,line,text,kind\n40.png,1,1,12,clean\n40.png,1,2,34,clean\n41.png,1,1,56,photo\n"


@pytest.fixture
def job(digitize):
    """A job of three pages: one with a wrong number, one without any mistake, one that was not read."""
    job = job_of(Path(), [40, 41, 42])
    first, second, third = job.entries
    wrong = number_record("39", line=2, status=Status.REVIEW, confidence=0.5)
    job.write_record(first.key, read_record(first, [number_record("12", confidence=0.98), wrong]))
    job.write_record(second.key, read_record(second, [number_record("56", confidence=0.97)]))
    job.write_record(third.key, failed_record(third))
    Path("truth.csv").write_text(TRUTH)
    return job


@pytest.fixture
def evaluate(digitize, job):
    return lambda *options: digitize("evaluate", job.path, "--truth", "truth.csv", *options)


def test_figures_go_to_stdout_and_what_is_left_out_to_stderr(evaluate, job):
    result = evaluate()

    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "written numbers found 66.67 % 20.77 to 93.85 % 3" in lines
    assert "digits right 83.33 % 43.65 to 96.99 % 6" in lines
    assert "digit 4 right 0.00 % 0.00 to 79.35 % 1" in lines
    assert "written numbers accepted 66.67 % 20.77 to 93.85 % 3" in lines
    assert "2 pages: page_f1 0.750, f1 0.667, cer 0.167" in lines
    assert "wrong per 1,000 accepted: 0.00 (0.00 to 657.62), 0 of 2" in lines
    assert "photo 1 1.000 1.000 0.000 100.00 % 0.0" in lines
    assert f"40.png 1 1 of 2 2 1 {job.overlay_path(job.entries[0].key)}" in lines
    assert job.overlay_path(job.entries[0].key).is_file()
    assert result.stderr.splitlines() == [
        "warning: 1 page of the job not in the truth, and left out: 42.png, page 1"
    ]


def test_what_was_accepted_and_is_wrong_is_named_for_explain(evaluate):
    Path("truth.csv").write_text(TRUTH.replace("40.png,1,1,12", "40.png,1,1,13"))
    lines = [" ".join(line.split()) for line in evaluate().stdout.splitlines()]

    assert any(line.startswith("accepted and wrong read written confidence") for line in lines)
    (named,) = [line for line in lines if line.startswith("40.png:1:1.")]
    assert named.split()[2] == "13"


def test_unread_pages_are_told(evaluate):
    Path("truth.csv").write_text(TRUTH + "42.png,1,1,7,\n99.png,1,1,8,\n")
    result = evaluate()

    assert result.stderr.splitlines() == [
        "warning: 1 page of the truth counted as unread (truncated): 42.png, page 1",
        "warning: 1 page of the truth counted as unread (not-in-job): 99.png, page 1",
    ]
    assert "none: the page was not read" in result.stdout


def test_json_holds_everything(evaluate, job):
    found = json.loads(evaluate("--json").stdout)

    assert found["job"] == str(job.path)
    assert found["truth"] == "truth.csv"
    assert found["compared"] == "digits"
    assert found["page_f1"] == 0.75
    assert found["not_in_truth"] == ["42.png, page 1"]
    assert [page["file"] for page in found["worst"]] == ["40.png"]
    assert found["worst"][0]["overlay"] == str(job.overlay_path(job.entries[0].key))
    assert found["pictures"] is None


def test_a_folder_gets_figures_pictures_and_the_worst_pages(evaluate):
    pytest.importorskip("matplotlib", reason="pictures need the extra `train`")
    result = evaluate("-o", "out/deep")

    out = Path("out/deep")
    assert sorted(path.name for path in out.iterdir()) == [
        "confusion.png",
        "error-reject.png",
        "evaluation.json",
        "reliability.png",
        "worst",
        SHEET,
    ]
    assert f"figures: {out / 'evaluation.json'}" in result.stderr
    assert f"worst pages: {out / SHEET}" in result.stderr
    found = json.loads((out / "evaluation.json").read_text())
    assert found["truth"] == "truth.csv"
    assert set(found["pictures"]) == {"confusion", "error-reject", "reliability"}


def test_without_matplotlib_the_figures_are_written_all_the_same(evaluate, monkeypatch):
    monkeypatch.setattr(model.judge_pictures, "find_spec", lambda name: None)
    result = evaluate("-o", "out")

    assert "no pictures of the figures: Matplotlib is not installed" in result.stderr
    assert json.loads(Path("out/evaluation.json").read_text())["pictures"] is None
    assert (Path("out") / SHEET).is_file()


def test_no_worst_pages_where_none_are_asked_for(evaluate, job):
    result = evaluate("--worst", "0", "-o", "out")

    assert result.exit_code == 0
    assert "worst" not in result.stdout + result.stderr
    assert not (Path("out") / SHEET).exists()
    assert not (job.path / "overlays").exists()


@pytest.mark.parametrize(
    ("options", "compared", "exact"),
    [((), "text", 2), (("--compare", "text"), "text", 2), (("--compare", "digits"), "digits", 3)],
)
def test_signs_of_the_truth_decide_unless_it_is_said(evaluate, job, options, compared, exact):
    Path("truth.csv").write_text('file,line,text\n40.png,1,12\n40.png,2,"3,9"\n41.png,1,56\n')
    found = json.loads(evaluate("--json", *options).stdout)
    assert (found["compared"], found["numbers"]["exact"]["count"]) == (compared, exact)
    assert ("with all of their signs" in evaluate(*options).stdout) == (compared == "text")


def test_the_order_may_be_left_open(evaluate):
    Path("truth.csv").write_text("file,text\n40.png,39\n40.png,12\n")
    assert json.loads(evaluate("--json").stdout)["cer"] > 0
    assert json.loads(evaluate("--json", "--any-order").stdout)["cer"] == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("file,text\n40.png,x\n", "truth.csv, row 2: a number has digits"),
        ("file,text\nelse.png,1\n", "no page of the truth is one of the job"),
    ],
)
def test_a_truth_that_cannot_be_used_has_its_code_and_a_remedy(evaluate, content, said):
    Path("truth.csv").write_text(content)
    result = evaluate("-o", "out")

    assert result.exit_code == 5
    assert said in result.stderr
    assert "docs/evaluate.md" in result.stderr
    assert not Path("out").exists()


def test_a_page_that_never_was_one_counts_as_unread(digitize):
    assert digitize("submit", "no.png", "-o", "job").exit_code != 0
    Path("truth.json").write_text('[{"file": "no.png", "rows": [["1"]]}]')
    result = digitize("evaluate", "job", "--truth", "truth.json")
    assert result.exit_code == 0
    assert "1 page of the truth counted as unread (no-page): no.png" in result.stderr
    assert "no number was accepted on pages that count" in result.stdout


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("job", "--truth", "truth.csv", "-o", "job/pages"), 2),
        (("job", "--truth", "truth.csv", "-o", "truth.csv"), 6),
        (("other", "--truth", "truth.csv"), 2),
        (("job",), 2),
        (("job", "--truth", ""), 2),
        (("job", "--truth", "truth.csv", "--worst", "-1"), 2),
        (("job", "--truth", "truth.csv", "--compare", "words"), 2),
        (("job", "--truth", "missing.csv"), 5),
    ],
)
def test_odd_arguments_have_their_codes(digitize, job, options, code):
    assert digitize("evaluate", *options).exit_code == code


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_done(evaluate, job):
    assert evaluate("-o", "truth.csv").exit_code == 6
    assert not (job.path / "overlays").exists()


def test_a_row_may_go_over_a_file_of_several_pages(digitize, job):
    entries = [PageEntry.of(job.entries[0].file, name="40.png", page=page) for page in (1, 2)]
    both = Job.create(Path("both"), entries, [], job.options)
    for entry, text in zip(entries, ("12", "34"), strict=True):
        both.write_record(entry.key, read_record(entry, [number_record(text)]))
    Path("truth.csv").write_text("file,text\n40.png,12\n40.png,34\n")
    found = json.loads(digitize("evaluate", "both", "--truth", "truth.csv", "--json").stdout)
    assert (found["pages"], found["page_f1"], found["cer"]) == (1, 1, 0)
