"""Paths as typed -> files, in natural order, each once."""

import os
from pathlib import Path

import pytest

from worker.inputs import find_inputs, natural_key


@pytest.fixture
def scans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder `scans` in the current folder, with pages and other things."""
    folder = tmp_path / "scans"
    (folder / "deeper").mkdir(parents=True)
    for name in ("10.png", "9.PNG", "2.jpeg", "notes.txt", ".hidden.png", "deeper/1.tif"):
        (folder / name).write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    return folder


def names(found) -> list[str]:
    return [file.name for file in found.files]


def test_folder_in_natural_order_other_kinds_counted(scans):
    found = find_inputs(["scans"])

    assert names(found) == ["scans/2.jpeg", "scans/9.PNG", "scans/10.png"]
    assert found.skipped == 2
    assert found.errors == []


def test_files_are_absolute(scans):
    assert find_inputs(["scans/10.png"]).files[0].path == scans / "10.png"


def test_recursive_goes_down(scans):
    assert "scans/deeper/1.tif" in names(find_inputs(["scans"], recursive=True))


def test_recursive_leaves_job_folders_and_hidden_folders_out(scans):
    for folder in ("job/overlays", ".cache"):
        (scans / folder).mkdir(parents=True)
        (scans / folder / "1.png").write_bytes(b"x")
    (scans / "job" / "job.json").write_text("{}")

    found = names(find_inputs(["scans"], recursive=True))

    assert not [name for name in found if "job" in name or ".cache" in name]


def test_arguments_of_an_unquoted_glob_come_in_natural_order(scans):
    assert names(find_inputs(["scans/10.png", "scans/2.jpeg"])) == ["scans/2.jpeg", "scans/10.png"]


def test_quoted_glob(scans):
    assert names(find_inputs(["scans/*.p[n]g"])) == ["scans/10.png"]


def test_quoted_glob_goes_down(scans):
    assert names(find_inputs(["scans/**/*.tif"])) == ["scans/deeper/1.tif"]


def test_glob_without_a_match_is_an_error(scans):
    (problem,) = find_inputs(["scans/*.webp"]).errors
    assert tuple(problem) == ("scans/*.webp", "file-missing", "no file matches this pattern")


def test_a_name_with_brackets_that_exists_is_no_glob(scans):
    (scans / "a[1].png").write_bytes(b"x")
    (scans / "a1.png").write_bytes(b"x")

    assert names(find_inputs(["scans/a[1].png"])) == ["scans/a[1].png"]


def test_no_file_twice(scans):
    (scans / "link.png").symlink_to(scans / "10.png")

    found = find_inputs(["scans/10.png", "scans", str(scans / "10.png"), "scans/link.png"])

    assert len(found.files) == 3


def test_named_directly_any_file_is_taken(scans):
    assert names(find_inputs(["scans/notes.txt"])) == ["scans/notes.txt"]


def test_two_files_of_one_name_in_two_folders(scans):
    (scans / "deeper" / "10.png").write_bytes(b"x")
    assert len(find_inputs(["scans/10.png", "scans/deeper/10.png"]).files) == 2


def test_missing_path(scans):
    (problem,) = find_inputs(["scans/11.png", "scans/10.png"]).errors
    assert (problem.name, problem.code) == ("scans/11.png", "file-missing")


def test_file_used_as_folder_is_missing(scans):
    assert find_inputs(["scans/10.png/1.png"]).errors[0].code == "file-missing"


def test_broken_link_in_a_folder_is_an_error(scans):
    (scans / "gone.png").symlink_to("nowhere")
    (problem,) = find_inputs(["scans"]).errors
    assert (problem.name, problem.code) == ("scans/gone.png", "file-missing")


@pytest.mark.parametrize("typed", ["scans", "scans/pipe.png"])
def test_pipe_is_an_error_and_never_opened(scans, typed):
    os.mkfifo(scans / "pipe.png")
    (problem,) = find_inputs([typed]).errors
    assert (problem.name, problem.code) == ("scans/pipe.png", "not-a-regular-file")


def test_folder_named_like_a_page_is_a_folder(scans):
    (scans / "book.png").mkdir()
    (scans / "book.png" / "1.png").write_bytes(b"x")

    assert names(find_inputs(["scans/book.png"])) == ["scans/book.png/1.png"]
    assert find_inputs(["scans"]).errors == []


def test_empty_folder_is_told(scans):
    (scans / "empty").mkdir()
    found = find_inputs(["scans/empty", "scans"])
    assert found.empty_folders == ["scans/empty"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open every folder")
def test_unreadable_folder_is_an_error(scans):
    (scans / "deeper").chmod(0)
    (problem,) = find_inputs(["scans"], recursive=True).errors
    (scans / "deeper").chmod(0o700)
    assert (problem.name, problem.code) == ("scans/deeper", "file-unreadable")


def test_strange_names_are_kept(scans):
    for name in ("-w.png", "zwei wörter.png", "two\nlines.png"):
        (scans / name).write_bytes(b"x")
    assert {"scans/-w.png", "scans/zwei wörter.png", "scans/two\nlines.png"} <= set(
        names(find_inputs(["scans"]))
    )


def test_name_that_is_not_utf8_gets_one_that_can_be_written(scans):
    path = scans / os.fsdecode(b"\xff.png")
    path.write_bytes(b"x")
    (*_, file) = find_inputs(["scans"]).files
    assert (file.name, file.path) == ("scans/\\xff.png", path)


def test_name_too_long_for_the_file_system_is_an_error(scans):
    assert find_inputs(["x" * 5000]).errors[0].code == "file-unreadable"


@pytest.mark.parametrize(
    "ordered",
    [
        ["p1", "p2", "p10", "q"],
        ["a/2", "a/10", "b/1"],
        ["P1", "p2", "P3"],
        ["02", "2", "10", "x"],
        ["1", "a", "²"],
    ],
)
def test_natural_key(ordered):
    backwards = ordered[::-1]
    assert sorted(backwards, key=natural_key) == ordered
