"""The figures of small jobs, by hand."""

import pytest

import worker.job_evaluation
from model.rates import wilson
from tests.fake_readers import number_record
from tests.job_builders import failed_record, job_of, read_record
from worker.errors import NoUsableInput
from worker.job_evaluation import evaluate_job
from worker.records import Status
from worker.truth import truth_of_job
from worker.truth_page import TruthPage

ACCEPTED, REVIEW, REJECTED = Status.ACCEPTED, Status.REVIEW, Status.REJECTED


@pytest.fixture
def evaluated(tmp_path):
    """Evaluate a job whose pages, named by width, were read as given; None = failed, ... = not read yet."""

    def evaluate(read, truth, *, compared="digits", **options):
        job = job_of(tmp_path / "-".join(map(str, read)), list(read))
        for entry, numbers in zip(job.entries, read.values(), strict=True):
            if numbers is None:
                job.write_record(entry.key, failed_record(entry))
            elif numbers is not ...:
                job.write_record(entry.key, read_record(entry, numbers))
        return evaluate_job(job, truth_of_job(job, truth), compared=compared, **options)

    return evaluate


def page(width, *rows, **more):
    return TruthPage(tuple(tuple(row) for row in rows), f"{width}.png", **more)


def number(text, status=ACCEPTED, confidence=0.9, line=1, place=1):
    plain = text if set(text) <= set("0123456789?") else "0"
    record = number_record(plain, line=line, number=place, status=status, confidence=confidence)
    return record.model_copy(update={"text": text})


def share(count, of):
    low, high = (round(bound, 6) for bound in wilson(count, of))
    return {"count": count, "of": of, "share": round(count / of, 6), "low": low, "high": high}


def test_a_wrong_digit_a_missing_and_an_extra_number(evaluated):
    read = [
        number("12", confidence=0.95),
        number("395", confidence=0.85, line=2),
        number("7", REVIEW, 0.45, line=3),
        number("88", REJECTED, 0.15, line=4),
    ]
    found = evaluated({20: read}, [page(20, ["12"], ["345"], ["7"], ["601"])]).as_json()

    assert found["pages"] == found["pages_counted"] == 1
    assert found["page_f1"] == found["numbers"]["f1"] == 0.5
    assert found["numbers"]["recall"] == found["numbers"]["precision"] == share(2, 4)
    assert found["numbers"]["exact"] == share(2, 4)
    assert found["cer"] == round(4 / 9, 6)  # 4 read as 9, and 601 as 88
    digits = found["digits"]
    assert (digits["changed"], digits["missed"], digits["added"]) == (3, 1, 0)
    assert digits["right"] == share(5, 9)
    assert digits["per_digit"][4] == share(0, 1)
    assert digits["confusion"][4][9] == 1
    assert found["accepted"]["wrong"] == share(1, 2)
    assert found["accepted"]["wrong_per_1000"]["value"] == 500
    assert found["accepted"]["coverage"] == share(2, 4)
    assert {status: of["right"]["count"] for status, of in found["by_status"].items()} == {
        "accepted": 1,
        "review": 1,
        "rejected": 0,
        "blank": 0,
    }


def test_the_curve_and_the_calibration(evaluated):
    read = [
        number("1", confidence=0.95),
        number("2", confidence=0.95),
        number("3", REVIEW, 0.55),
        number("9", REVIEW, 0.25),
    ]
    found = evaluated({20: read}, [page(20, ["1", "2", "3", "4"])]).as_json()

    assert [(p["kept"], p["numbers"], p["confidence"], p["error"]) for p in found["error_reject"]] == [
        (1.0, 4, 0.25, 0.25),
        (0.75, 3, 0.55, 0.0),
        (0.5, 2, 0.95, 0.0),
    ]
    bins = found["calibration"]["reliability"]
    assert [(b["numbers"], b["confidence"], b["right"]) for b in bins] == [
        (1, 0.25, 0.0),
        (1, 0.55, 1.0),
        (2, 0.95, 1.0),
    ]
    error = (0.25 + 0.45 + 2 * 0.05) / 4
    assert found["calibration"]["expected_calibration_error"] == pytest.approx(error)


def test_what_was_accepted_and_nobody_wrote_is_wrong_and_covers_nothing(evaluated):
    found = evaluated({20: [number("1"), number("5", line=2)]}, [page(20, ["1"])]).as_json()
    assert found["accepted"]["wrong"] == share(1, 2)
    assert found["accepted"]["coverage"] == share(1, 1)
    (wrong,) = found["wrong_accepted"]
    assert (wrong["file"], wrong["page"], wrong["line"], wrong["number"]) == ("20.png", 1, 2, 1)
    assert (wrong["read"], wrong["written"]) == ("5", None)


def test_what_was_accepted_and_is_wrong_is_named_the_surest_first(evaluated, monkeypatch):
    sure = [(0.8, ACCEPTED), (0.99, ACCEPTED), (0.9, REVIEW), (0.95, ACCEPTED)]
    read = {
        20 + k: [number("2", status, confidence=confidence)] for k, (confidence, status) in enumerate(sure)
    }
    monkeypatch.setattr(worker.job_evaluation, "MOST_NAMED", 2)

    found = evaluated(read, [page(width, ["1"]) for width in read]).as_json()

    assert [wrong["confidence"] for wrong in found["wrong_accepted"]] == [0.99, 0.95]
    assert {(wrong["read"], wrong["written"]) for wrong in found["wrong_accepted"]} == {("2", "1")}


def test_what_is_read_beside_print_is_not_named_as_wrong(evaluated):
    read = {20: [number("34"), number("7", line=2)]}
    assert evaluated(read, [page(20, ["34"], extra_ok=True)]).as_json()["wrong_accepted"] == []


def test_pages_that_were_not_read_count_as_read_with_nothing(evaluated):
    truth = [page(20, ["12"]), page(21, ["34"]), page(22, ["56"]), page(99, ["78"])]
    found = evaluated({20: [number("12")], 21: None, 22: ..., 23: [number("5")]}, truth)

    assert found.unread == {
        "truncated": ["21.png"],
        "not-read-yet": ["22.png"],
        "not-in-job": ["99.png"],
    }
    assert found.not_in_truth == ("23.png, page 1",)
    figures = found.as_json()
    assert figures["pages"] == 4
    assert figures["page_f1"] == 0.25
    assert figures["numbers"]["recall"] == share(1, 4)
    assert figures["numbers"]["precision"] == share(1, 1)
    assert figures["cer"] == 0.75
    assert figures["accepted"]["coverage"] == share(1, 4)


def test_beside_print_only_what_is_missing_counts(evaluated):
    read = [number("12"), number("2024", line=2)]
    found = evaluated({20: read}, [page(20, ["12"], ["34"], extra_ok=True)]).as_json()

    assert (found["pages"], found["pages_counted"]) == (1, 0)
    assert found["numbers"]["recall"] == found["accepted"]["coverage"] == share(1, 2)
    assert found["page_recall"] == 0.5
    assert found["digits"]["written"] == found["digits"]["added"] == 0
    assert [(m["written"], m["read"]) for m in found["worst"][0]["mistakes"]] == [("34", None)]
    assert found["accepted"]["wrong"]["of"] == 0
    assert found["error_reject"] == []
    assert found["calibration"]["expected_calibration_error"] is None


def test_what_is_too_long_to_be_compared_at_once_is_refused(evaluated, monkeypatch):
    monkeypatch.setattr(worker.job_evaluation, "_MOST_PLACES", 5)
    evaluated({20: [number("12")]}, [page(20, ["34"])])
    with pytest.raises(NoUsableInput, match=r"row 1: 21\.png is too long"):
        evaluated({21: [number("12")]}, [page(21, ["345"], place="row 1")])


def test_each_kind_has_its_figures(evaluated):
    truth = [page(20, ["1"], kind="clean"), page(21, ["2"], kind="photo"), page(22, ["3"])]
    found = evaluated({20: [number("1")], 21: [number("7")], 22: [number("3")]}, truth).as_json()
    assert {kind: figures["page_f1"] for kind, figures in found["by_kind"].items()} == {
        "clean": 1,
        "photo": 0,
    }
    assert found["pages"] == 3


def test_signs_decide_where_texts_are_compared(evaluated):
    truth = [page(20, ["12,50"], ["-3"], ["7"])]
    read = [number("1250"), number("−3", line=2), number("7", line=3)]
    found = evaluated({20: read}, truth, compared="text").as_json()

    assert found["numbers"]["f1"] == 1
    assert found["numbers"]["exact"] == share(2, 3)
    assert found["accepted"]["wrong"] == share(1, 3)
    (mistake,) = found["worst"][0]["mistakes"]
    assert (mistake["written"], mistake["read"]) == ("12,50", "1250")


def test_a_number_with_an_open_digit_is_not_right(evaluated):
    found = evaluated({20: [number("1?", REVIEW)]}, [page(20, ["1"])]).as_json()
    assert found["numbers"]["f1"] == 1
    assert found["numbers"]["exact"] == share(0, 1)
    assert found["by_status"]["review"]["right"] == share(0, 1)


def test_the_worst_pages_come_first_and_no_flawless_one(evaluated):
    truth = [page(w, ["1", "2"]) for w in (20, 21, 22, 23)]
    read = {
        20: [number("1"), number("2")],
        21: [number("1")],
        22: [number("2"), number("1")],
        23: [number("8"), number("9")],
    }
    found = evaluated(read, truth)
    assert [of_page.truth.file for of_page in found.worst] == ["23.png", "21.png", "22.png"]
    assert len(found.worst[0].mistakes) == 2


def test_no_more_of_the_worst_pages_are_kept_than_asked_for(evaluated):
    read = {20: [number("5")], 21: [], 22: [number("1"), number("5")]}
    found = evaluated(read, [page(w, ["1", "2"]) for w in (20, 21, 22)], worst=2)
    assert [of_page.truth.file for of_page in found.worst] == ["20.png", "21.png"]


def test_the_mistakes_of_a_page_say_where_they_are(evaluated):
    read = [number("19", REVIEW, 0.5, line=2, place=3), number("4", line=3)]
    (worst,) = evaluated({20: read}, [page(20, ["18"], ["77"])]).as_json()["worst"]
    assert worst["mistakes"] == [
        {
            "written": "18",
            "read": "19",
            "page": 1,
            "line": 2,
            "number": 3,
            "status": "review",
            "confidence": 0.5,
        },
        {
            "written": "77",
            "read": "4",
            "page": 1,
            "line": 3,
            "number": 1,
            "status": "accepted",
            "confidence": 0.9,
        },
    ]
    assert (worst["accepted"], worst["accepted_wrong"]) == (1, 1)


def test_each_page_is_told_once_it_is_compared(evaluated):
    seen = []
    evaluated({20: [], 21: []}, [page(21), page(20)], on_page=lambda p: seen.append(p.truth.file))
    assert seen == ["20.png", "21.png"]
