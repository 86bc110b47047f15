"""Paths, folders and globs -> files."""

import os
from pathlib import Path

import pytest

from worker.inputs import find_inputs, natural_key


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def touch(*names):
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()


def names(found):
    return [file.name for file in found.files]


def test_folder_in_natural_order():
    touch("in/p10.png", "in/p9.png", "in/P1.png", "in/q.tif")

    assert names(find_inputs(["in"], recursive=False)) == ["in/P1.png", "in/p9.png", "in/p10.png", "in/q.tif"]


@pytest.mark.parametrize("suffix", ["png", "JPG", "jpeg", "TIFF", "tif", "pdf", "bmp", "webp", "PnG"])
def test_kinds_of_pages_in_a_folder(suffix):
    touch(f"in/1.{suffix}")

    assert names(find_inputs(["in"], recursive=False)) == [f"in/1.{suffix}"]


def test_other_kinds_are_passed_over_and_counted():
    touch("in/1.png", "in/notes.txt", "in/.DS_Store", "in/Thumbs.db", "in/.hidden.png")

    found = find_inputs(["in"], recursive=False)

    assert (names(found), found.skipped, found.errors) == (["in/1.png"], 4, [])


def test_file_named_directly_is_taken_whatever_it_is_called():
    touch("notes.txt", ".hidden.png")

    assert names(find_inputs(["notes.txt", ".hidden.png"], recursive=False)) == [".hidden.png", "notes.txt"]


def test_folders_below_only_when_asked_for():
    touch("in/1.png", "in/sub/2.png", "in/sub/sub/3.png", "in/.git/4.png")

    assert names(find_inputs(["in"], recursive=False)) == ["in/1.png"]
    assert names(find_inputs(["in"], recursive=True)) == ["in/1.png", "in/sub/2.png", "in/sub/sub/3.png"]


def test_folders_below_that_are_not_searched_are_counted():
    touch("in/a.png", "in/below/b.png", "in/.hidden/c.png", "in/job.json", "in/pages/x.json")
    assert find_inputs(["in"]).not_searched == 1
    assert find_inputs(["in"], recursive=True).not_searched == 0


def test_job_folders_below_are_no_input_and_named():
    touch("in/1.png", "in/job 10/job.json", "in/job 10/overlays/1.png", "in/job 2/job.json", "in/job 2/2.png")

    found = find_inputs(["in"], recursive=True)

    assert (names(found), found.jobs) == (["in/1.png"], ["in/job 2", "in/job 10"])


def test_what_a_job_wrote_into_the_folder_of_its_pages_is_no_input():
    touch("in/1.png", "in/job.json", "in/overlays/1.png", "in/crops/1/1.png", "in/more/2.png")

    found = find_inputs(["in"], recursive=True)

    assert (names(found), found.jobs) == (["in/1.png", "in/more/2.png"], [])


def test_glob_that_the_shell_left_alone():
    touch("in/a1.png", "in/a2.png", "in/b.png")

    assert names(find_inputs(["in/a*.png"], recursive=False)) == ["in/a1.png", "in/a2.png"]


def test_file_whose_name_looks_like_a_glob():
    touch("page[1].png", "page1.png")

    assert names(find_inputs(["page[1].png"], recursive=False)) == ["page[1].png"]


def test_no_file_twice_under_whatever_name():
    touch("in/1.png")
    Path("link.png").symlink_to("in/1.png")

    assert len(find_inputs(["in", "in/1.png", "./in/../in/1.png", "link.png"], recursive=False).files) == 1


def test_two_files_of_one_name():
    touch("a/1.png", "b/1.png")

    found = find_inputs(["b", "a"], recursive=False)

    assert names(found) == ["a/1.png", "b/1.png"]
    assert len({file.path for file in found.files}) == 2


def test_paths_are_absolute():
    touch("in/1.png")

    assert next(iter(find_inputs(["in"], recursive=False).files)).path == Path.cwd() / "in" / "1.png"


def test_problems_are_told_by_code():
    os.mkfifo("pipe.png")
    Path("broken.png").symlink_to("nowhere")
    touch("file")

    problems = find_inputs(
        ["pipe.png", "broken.png", "nowhere", "file/below", "*.jpg"], recursive=False
    ).errors

    assert [(problem.name, problem.code) for problem in problems] == [
        ("pipe.png", "not-a-regular-file"),
        ("broken.png", "file-missing"),
        ("nowhere", "file-missing"),
        ("file/below", "file-missing"),
        ("*.jpg", "file-missing"),
    ]


def test_pipe_and_broken_link_in_a_folder_are_problems():
    Path("in").mkdir()
    os.mkfifo("in/pipe.png")
    Path("in/broken.png").symlink_to("nowhere")

    codes = {problem.name: problem.code for problem in find_inputs(["in"], recursive=False).errors}

    assert codes == {"in/pipe.png": "not-a-regular-file", "in/broken.png": "file-missing"}


def test_empty_folder_is_named():
    touch("in/notes.txt")

    found = find_inputs(["in"], recursive=False)

    assert (names(found), found.empty_folders, found.skipped) == ([], ["in"], 1)


def test_name_that_is_no_utf8():
    touch(os.fsdecode(b"in/\xff.png"))

    assert names(find_inputs(["in"], recursive=False)) == [r"in/\xff.png"]


def test_circle_of_links_ends():
    touch("in/1.png")
    Path("in/again").symlink_to(Path("in").absolute())

    assert names(find_inputs(["in"], recursive=True)) == ["in/1.png"]


@pytest.mark.parametrize(
    "ordered",
    [
        ["a/2.png", "a/10.png", "b/1.png"],
        ["p1.png", "P1.png"][::-1],
        ["p01.png", "p1.png", "p2.png"],
        ["1.png", "a.png"],
        ["p²1.png", "p²2.png"],
    ],
)
def test_natural_order(ordered):
    shuffled = ordered[::-1]

    assert sorted(shuffled, key=natural_key) == ordered


@pytest.mark.parametrize("name", ["IMG_1.HEIC", "scan.heif", "a.avif", "b.gif", "c.jp2"])
def test_pictures_that_are_not_read_are_not_passed_over(tmp_path, name):
    """They become failures that say what they are: who hands in a folder must not miss some of it."""
    (tmp_path / name).touch()
    (tmp_path / "notes.txt").touch()
    found = find_inputs([tmp_path])
    assert [file.path.name for file in found.files] == [name]
    assert found.skipped == 1
