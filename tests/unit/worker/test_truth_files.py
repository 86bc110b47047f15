"""What a truth may look like, and how what is wrong with one is named."""

import json

import pytest

from tests.fake_readers import number_record
from tests.job_builders import failed_record, job_of, read_record
from worker.errors import NoUsableInput
from worker.records import Kind
from worker.tables import stream_results
from worker.truth import load_truth
from worker.truth_page import compared_text, tells_signs


@pytest.fixture
def written(tmp_path):
    """Write a truth and load it."""

    def load(content, name="truth.csv", **options):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return load_truth(path, **options)

    return load


def test_a_table_of_file_and_text_is_in_reading_order(written):
    (page,) = written("file,text\n1.png,12\n1.png,007\n")
    assert (page.file, page.page, page.rows) == ("1.png", None, (("12",), ("007",)))


def test_lines_and_numbers_are_put_in_order(written):
    (page,) = written("file,page,line,number,text\n1.png,2,2,1,5\n1.png,2,1,2,4\n1.png,2,1,1,3\n")
    assert (page.page, page.rows) == (2, (("3", "4"), ("5",)))


def test_the_kind_in_a_table_of_results_is_about_the_number_and_not_the_page(tmp_path):
    job = job_of(tmp_path, [31])
    kinds = {"12": Kind.PRINTED, "7": Kind.HANDWRITTEN}
    numbers = [number_record(text, line=row, kind=kinds[text]) for row, text in enumerate(kinds, start=1)]
    job.write_record(job.entries[0].key, read_record(job.entries[0], numbers))
    with (tmp_path / "results.csv").open("wb") as out:
        stream_results(job, "csv", out)

    (page,) = load_truth(tmp_path / "results.csv")

    assert (page.kind, page.rows) == ("", (("12",), ("7",)))


def test_pages_kinds_and_blank_pages(written):
    pages = written("file;page;text;kind\n1.png;1;12;clean\n1.png;2;;blank\n2.png;1;3;\n")
    assert [(p.file, p.page, p.kind, p.numbers) for p in pages] == [
        ("1.png", 1, "clean", ("12",)),
        ("1.png", 2, "blank", ()),
        ("2.png", 1, "", ("3",)),
    ]


def test_json_of_drawn_pages_is_taken_as_it_is(written):
    entry = {"file": "1.png", "rows": [["12", ""], []], "layout": "lines", "kind": "clean", "join": False}
    (page,) = written([entry | {"extra_ok": True, "page": 3}], "truth.json")
    assert page.rows == (("12",), ())
    assert (page.page, page.kind, page.extra_ok, page.join, page.any_order) == (
        3,
        "clean",
        True,
        False,
        False,
    )


def test_a_cell_that_was_made_harmless_is_what_it_was(written):
    (page,) = written("file,text\n'=1.png,'-5\n")
    assert (page.file, page.rows) == ("=1.png", (("-5",),))


@pytest.mark.parametrize("format_", ["csv", "json"])
def test_results_that_were_put_right_are_a_truth(tmp_path, format_):
    job = job_of(tmp_path, [31, 32])
    one, two = job.entries
    signed = number_record("5", line=1, number=2).model_copy(update={"text": "-5"})
    numbers = [number_record("007"), signed, number_record("1", line=2)]
    job.write_record(one.key, read_record(one, numbers))
    job.write_record(two.key, failed_record(two))
    path = tmp_path / f"truth.{format_}"
    with path.open("wb") as stream:
        stream_results(job, format_, stream)
    (page,) = load_truth(path)
    assert (page.file, page.page, page.rows) == ("31.png", 1, (("007", "-5"), ("1",)))


def test_the_order_may_say_nothing_on_any_page(written):
    assert [page.any_order for page in written("file,text\n1,2\n3,4\n", any_order=True)] == [True, True]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "a column file is needed once; found none"),
        ("file,value\n1.png,1\n", "a column text is needed once; found file, value"),
        ("file,text\n", "tells of no page"),
        ("file,text\n1.png,1\n,2\n", "row 3: a file is needed"),
        ("file,text\n1.png,1,2\n", "row 2: 3 cells where there are 2 columns"),
        ("file,text\n1.png,1\n1.png,1?3\n", "row 3: a digit that nobody knows"),
        ("file,text\n1.png,one\n", "row 2: a number has digits. Received: 'one'"),
        ("file,page,text\n1.png,0,7\n", "row 2: page is a whole number from 1. Received: '0'"),
        ("file,line,text\n1.png,²,7\n", "row 2: line is a whole number from 1"),
        (f"file,number,text\n1.png,{'9' * 5000},7\n", "row 2: number is a whole number from 1"),
        ("file,text,kind\n1.png,1,a\n1.png,2,b\n", "row 3: the page is b here and a above"),
        ("file,page,text\n1.png,,1\n1.png,1,2\n", "row 3: 1.png, page 1 stands above already"),
    ],
)
def test_what_is_wrong_with_a_table_is_named_with_its_row(written, tmp_path, content, said):
    with pytest.raises(NoUsableInput) as raised:
        written(content)
    assert raised.value.message.startswith(str(tmp_path / "truth.csv"))
    assert said in raised.value.message
    assert raised.value.exit_code == 5


GOOD = {"file": "1.png", "rows": [["1"]]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ({"rows": []}, "neither a list of pages nor a results.json"),
        ([], "tells of no page"),
        ([GOOD, 7], "page 2 of its list: a page has `file` and `rows`. Received: 7"),
        ([{"rows": []}], "page 1 of its list: file is needed, and is a text. Received: null"),
        ([{"file": "", "rows": []}], "page 1 of its list: file is needed"),
        ([{"file": "1.png"}], "page 1 of its list: rows is needed, and is a list"),
        ([{"file": "1.png", "rows": [["1"], "2"]}], "page 1 of its list, row 2: a row is a list of texts"),
        ([{"file": "1.png", "rows": [[12]]}], "page 1 of its list, row 1: a row is a list of texts"),
        ([{"file": "1.png", "rows": [["-"]]}], "page 1 of its list, row 1: a number has digits"),
        ([GOOD | {"join": "no"}], 'page 1 of its list: join is true or false. Received: "no"'),
        ([GOOD | {"page": 0}], "page 1 of its list: page is a whole number from 1. Received: 0"),
        ([GOOD, GOOD], "page 2 of its list: 1.png stands above already"),
        ([GOOD | {"page": 1}, GOOD], "page 2 of its list: 1.png stands above already"),
        ({"pages": [{"file": "1.png"}]}, "page 1 of its list: record is needed, and is an object"),
        (
            {
                "pages": [
                    {"file": "1", "record": {"outcome": "read", "source": {}, "numbers": [{"text": "1"}]}}
                ]
            },
            "page 1 of its list, number 1: line is a whole number from 1. Received: null",
        ),
    ],
)
def test_what_is_wrong_with_json_is_named_with_its_page(written, tmp_path, content, said):
    with pytest.raises(NoUsableInput) as raised:
        written(content, "truth.json")
    assert raised.value.message.startswith(str(tmp_path / "truth.json"))
    assert said in raised.value.message


@pytest.mark.parametrize("name", ["not-there.csv", "not-there.json"])
def test_a_truth_that_is_missing_is_named(tmp_path, name):
    with pytest.raises(NoUsableInput, match=name):
        load_truth(tmp_path / name)


def test_signs_count_where_a_truth_writes_any(written):
    assert not tells_signs(written("file,text\n1,12 €\n"))
    assert tells_signs(written("file,text\n1,12\n1,\u22123\n"))
    assert compared_text("\u22121 234,50 €", "text") == "-1234,50"
    assert compared_text("\u22121 234,50 €", "digits") == "123450"
