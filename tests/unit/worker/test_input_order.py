"""Files are ordered and counted once alike, whether they are sorted in one go or in parts."""

import os
from pathlib import Path

import pytest

import worker.outer_sort
from worker.input_order import InputOrder, natural_key

NAMES = [
    "p10.png",
    "p9.png",
    "P9.png",
    "p09.png",
    "p1/x.png",
    "P1/x.png",
    "p1/y 2.png",
    "p1/y 10.png",
    "p2",
    "ü.png",
]


@pytest.fixture
def paths(tmp_path):
    """Files, links to files and the same files through a link to their folder."""
    real = tmp_path / "real"
    for name in [*NAMES, os.fsdecode(b"\xff.png")]:
        path = real / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "folder").symlink_to(real)
    (real / "a.png").symlink_to("p1/x.png")
    (tmp_path / "z.png").symlink_to(real / "p2")
    found = [path for path in real.rglob("*") if path.is_file()]
    return [
        *found,
        tmp_path / "z.png",
        *(tmp_path / "folder" / path.relative_to(real) for path in found),
        *found,
    ]


def each_once_in_order(paths):
    """Return what is asked for, by the plainest code there is for it."""
    first = {}
    for path in sorted(paths, key=natural_key):
        first.setdefault(path.resolve(), path)
    return list(first.values())


@pytest.mark.parametrize("part", [1, 2, 7, 1000])
def test_order_and_the_first_of_several_names_do_not_depend_on_how_it_is_sorted(paths, part, monkeypatch):
    monkeypatch.setattr(worker.outer_sort, "_PART", part)
    order = InputOrder()
    for path in reversed(paths):
        order.add(str(path), path.name, is_link=path.is_symlink())
    assert len(order) == len(paths)
    files = order.in_order()
    assert [file.path for file in files] == each_once_in_order(paths)
    assert all(file.name == file.path.name for file in files)


def test_of_one_path_under_two_spellings_the_first_that_was_typed_stays(tmp_path):
    order = InputOrder()
    for name in ("./x.png", "x.png"):
        order.add(str(tmp_path / "x.png"), name, is_link=True)
    assert [file.name for file in order.in_order()] == ["./x.png"]


@pytest.mark.parametrize("path", ["/", ".", "a", "a/b", "/a 10/b", Path("x/y")])
def test_a_key_has_a_part_for_each_part_of_the_path_and_one_for_its_spelling(path):
    key = natural_key(path)
    assert len(key) == len(Path(path).parts) + 1
    assert key[-1] == [(2, 0, os.fspath(path))]
