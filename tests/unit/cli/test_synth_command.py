import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.app import app
from tests.digit_files import write_classes

pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning")


def run(*args: str) -> Result:
    return CliRunner().invoke(app, ["synth", *args])


def test_it_writes_pages_and_their_truth(tmp_path: Path) -> None:
    result = run(str(tmp_path / "out"), "--pages", "1", "--kinds", "clean,boxes", "--seed", "4")

    assert result.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "boxes-001.png",
        "clean-001.png",
        "truth.json",
    ]
    assert result.stderr.startswith("2 pages; the truth: ")
    assert [page["kind"] for page in json.loads((tmp_path / "out/truth.json").read_text())] == [
        "clean",
        "boxes",
    ]


def test_json_tells_where_the_pages_are(tmp_path: Path) -> None:
    result = run(str(tmp_path), "--pages", "1", "--kinds", "boxes", "--json")

    assert json.loads(result.stdout) == {
        "folder": str(tmp_path),
        "pages": 1,
        "truth": str(tmp_path / "truth.json"),
    }
    assert result.stderr.startswith("1 page; ")


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["--kinds", "papyrus"], "papyrus"),
        (["--font", "not-there.ttf"], "not-there.ttf"),
        (["--font", __file__], "is not a TrueType"),
        (["--digits", "not-there.npz", "--split", "half"], "half"),
    ],
)
def test_wrong_usage_is_named_and_writes_nothing(tmp_path: Path, args: list[str], word: str) -> None:
    result = run(str(tmp_path / "out"), *args)

    assert result.exit_code == 2
    assert word in result.stderr
    assert not (tmp_path / "out").exists()


def test_the_truth_of_other_pages_is_replaced_only_when_asked(tmp_path: Path) -> None:
    draw = (str(tmp_path), "--pages", "1", "--kinds", "boxes")
    run(*draw, "--seed", "1")
    before = (tmp_path / "truth.json").read_bytes()

    refused = run(*draw, "--seed", "2")

    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert (tmp_path / "truth.json").read_bytes() == before
    assert run(*draw, "--seed", "2", "--force").exit_code == 0
    assert (tmp_path / "truth.json").read_bytes() != before


def test_digits_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    (tmp_path / "bad.npz").write_bytes(b"PK\x03\x04 and no more")

    for name, said in (
        ("bad.npz", "bad.npz is not an .npz of digits"),
        ("none.npz", "no such file or folder"),
    ):
        result = run(str(tmp_path / "out"), "--digits", str(tmp_path / name))

        assert result.exit_code == 5
        assert said in result.stderr
        assert name in result.stderr


def test_it_writes_with_any_digits_that_can_be_trained_on(tmp_path: Path) -> None:
    write_classes(tmp_path / "digits", 5)
    draw = ("--pages", "1", "--kinds", "boxes", "--digits", str(tmp_path / "digits"))

    assert run(str(tmp_path / "test"), *draw).exit_code == 0
    assert run(str(tmp_path / "train"), *draw, "--split", "train").exit_code == 0
    pages = [next((tmp_path / part).glob("*.png")).read_bytes() for part in ("test", "train")]
    assert pages[0] != pages[1]


def test_a_folder_that_cannot_be_made_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    result = run(str(tmp_path / "file" / "out"), "--pages", "1", "--kinds", "boxes")

    assert result.exit_code == 6
