"""Writers are halved, their pages corrected by what is written, and two models judged in both directions."""

import csv
from pathlib import Path

import numpy as np
import pytest

from bench import writers
from bench.writer_job import corrected_job, writers_of
from bench.writers import HEAD, Found, judged, rows_of, verdict
from model.bundle import shipped_bundle
from model.contract import CLASSES, NOT_A_DIGIT
from model.dataset_digits import Digits
from model.errors import DataInvalid
from model.glyphs import Glyphs
from model.judge_pair import Comparison
from model.synth.digits import DigitSource
from worker.corrections import load_corrections
from worker.job_folder import CORRECTIONS

SAMPLE = DigitSource.builtin()


def side(count, start=0):
    """So many images of each digit."""
    places = [k for digit in range(10) for k in np.flatnonzero(SAMPLE.labels == digit)[start : start + count]]
    return SAMPLE.images[places], SAMPLE.labels[places]


def of_writers(**groups):
    train, test = side(8), side(6, 20)
    return Digits(*train, *test, "ours", **groups)


def test_each_writer_is_halved_digit_by_digit_and_no_image_is_in_both():
    digits = of_writers(train_groups=("anna",) * 80, test_groups=("ben",) * 60)

    anna, ben = writers_of(digits, test_only=False)

    assert (anna.name, ben.name) == ("anna", "ben")
    assert [np.bincount(half.labels).tolist() for half in (anna.first, anna.other)] == [[4] * 10] * 2
    assert [np.bincount(half.labels).tolist() for half in (ben.first, ben.other)] == [[3] * 10] * 2
    halves = [{image.tobytes() for image in half.images} for half in (anna.first, anna.other)]
    assert not halves[0] & halves[1]


def test_what_a_model_may_have_been_trained_on_is_left_out():
    digits = of_writers(train_groups=("anna",) * 80, test_groups=("ben",) * 60)

    assert [writer.name for writer in writers_of(digits, test_only=True)] == ["ben"]


def test_where_no_writer_is_known_all_is_one_hand_and_hashes_are_no_names():
    (somebody,) = writers_of(of_writers(), test_only=False)
    (numbered,) = writers_of(of_writers(test_groups=("0:abcdef",) * 60), test_only=True)
    (all_alone,) = writers_of(of_writers(test_groups=tuple(map(str, range(60)))), test_only=True)

    assert (somebody.name, numbered.name, all_alone.name) == ("somebody", "writer 1", "somebody")
    assert len(somebody.first.labels) + len(somebody.other.labels) == 140


def test_too_few_images_of_a_digit_are_no_writer():
    with pytest.raises(DataInvalid, match="no writer has 4 images of each digit"):
        writers_of(Digits(*side(3), *side(3, 20), "ours"), test_only=True)


def test_a_printed_font_is_nobodys_hand(monkeypatch, tmp_path):
    both = Digits(
        *side(8),
        *[np.concatenate([part, part]) for part in side(6, 20)],
        "fonts",
        test_groups=("Caveat",) * 60 + ("Tinos",) * 60,
    )
    monkeypatch.setattr(writers, "load_source", lambda _: both)
    monkeypatch.setattr(writers, "is_font_folder", lambda _: True)
    (tmp_path / "fonts.json").write_text(
        '{"fonts": [{"file": "tinos.woff", "family": "Tinos", "version": "5", "licence": "OFL-1.1", '
        '"kind": "printed", "sha256": ""}]}'
    )

    assert [writer.name for writer in writers._unknown(tmp_path)] == ["Caveat"]


def test_every_number_is_corrected_to_what_is_written_where_it_stands(tmp_path):
    (writer,) = writers_of(of_writers(), test_only=False)

    job = corrected_job(writer.first, tmp_path / "job", pages=2, model=shipped_bundle(), seed=1)

    with (job.path / CORRECTIONS).open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["file"] for row in rows} == {"000.png", "001.png"}
    assert len(rows) > 10
    assert all(row["text"].isdigit() for row in rows)
    read = {
        (entry.name, str(number.line), str(number.number)): number.text
        for entry, record in job.records()
        for number in record.numbers
    }
    same = sum(read[row["file"], row["line"], row["number"]] == row["text"] for row in rows)
    assert same / len(rows) > 0.5
    digits = load_corrections(job.path, [].append)
    assert len(digits.train_labels) and len(digits.test_labels)


def test_the_same_glyphs_tell_whether_a_model_is_better_and_whether_it_is_worse(monkeypatch):
    labels = np.array([*range(10), *[NOT_A_DIGIT] * 4])
    right = np.eye(CLASSES, dtype=np.float32)[labels]
    wrong = right.copy()
    wrong[:8] = np.roll(right[:8], 1, axis=1)
    answers = {"old": wrong, "new": right}
    monkeypatch.setattr("worker.judging.answers_of", lambda folder, _: answers[folder.name])
    nothing = np.zeros(14, np.int64)
    glyphs = Glyphs(np.zeros((14, 28, 28), np.uint8), labels, nothing, nothing, np.arange(14))

    sets, better = judged(Path("old"), Path("new"), {"anna: ": glyphs})

    assert [each.name for each in sets] == ["anna: digits", "anna: not a digit"]
    assert [(each.lost, each.won) for each in sets] == [(0, 8), (0, 0)]
    assert [each.corrected_p for each in sets] == [1.0, 1.0]
    assert better == (2 / 2**8, 1.0)


def found(writer, worse=1.0, better=0.01):
    names = (f"{writer}: digits", f"{writer}: not a digit", "sample: digits", "sample: not a digit")
    sets = tuple(
        Comparison(name, 100, 50, 80, 90, 1, 11, p, p)
        for name, p in zip(names, [1, 1, worse, 1], strict=True)
    )
    return Found(writer, 40, sets, (better, 1.0, 1.0, 1.0))


def test_the_verdict_asks_for_every_writer_and_for_everybody_else():
    line, reached = verdict([found("anna"), found("ben")])
    assert reached
    assert line.endswith(", no set worse: 2 of 2 writers better, worse: none: reached")
    line, reached = verdict([found("anna", worse=0.02), found("ben", better=0.2)])
    assert not reached
    assert line.endswith("1 of 2 writers better, worse: anna: sample: digits: missed")


def test_the_rows_fit_the_head():
    rows = rows_of(found("anna"))

    assert {row.count("|") for row in [*rows, *HEAD.splitlines()]} == {10}
    assert rows[0] == "| 40 of anna | anna: digits | 100, 50 | 80.00 % | 90.00 % | 1 | 11 | 1.000 | 0.010 |"
    assert found("anna").as_json()["sets"][0]["corrected_p_of_better"] == 0.01


@pytest.mark.parametrize(
    "words", [["--writers", "0"], ["--pages", "1"], ["--weight", "0"], ["--digits", "nowhere"]]
)
def test_what_cannot_be_measured_is_refused(words, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["bench", *words])

    with pytest.raises(SystemExit) as caught:
        writers.main()
    assert caught.value.code == 2
    assert "error: " in capsys.readouterr().err
