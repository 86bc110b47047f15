"""Folders of pictures of single digits: what is taken, whose they are, and what is refused by its name."""

import shutil

import numpy as np
import pytest

from model.dataset import find_mnist
from model.errors import DataInvalid
from model.sources import load_source
from model.sources_framing import frame_digit
from tests import builders
from tests.digit_files import (
    SAMPLE,
    digits,
    framed,
    image_set,
    of_digit,
    on_paper,
    write_classes,
    write_picture,
)


def test_a_folder_of_pictures_is_framed_labelled_and_split(tmp_path):
    write_classes(tmp_path / "ours", 5)
    said = []

    found = find_mnist(tmp_path / "ours", say=said.append)

    assert np.bincount(found.train_labels).tolist() == [4] * 10
    assert np.bincount(found.test_labels).tolist() == [1] * 10
    assert found.origin == "ours, 50 pictures, 20% of each digit held out by seed 0"
    assert "framing 50 pictures" in said
    assert "40 images to train on, 10 to judge by" in said
    images, labels = digits(5)
    for digit in range(10):
        wanted = framed(images[labels == digit])
        parts = [
            found.train_images[found.train_labels == digit],
            found.test_images[found.test_labels == digit],
        ]
        assert image_set(np.concatenate(parts)) == image_set(wanted)


def test_pictures_of_every_kind_and_polarity_may_be_mixed(tmp_path):
    looks = (
        (".png", {}),
        (".JPG", {"paper": 20, "ink": 230}),
        (".bmp", {"scale": 9}),
        (".tiff", {"paper": 140}),
    )
    for digit in range(10):
        image = SAMPLE.images[SAMPLE.labels == digit][0]
        for ending, look in looks:
            write_picture(tmp_path / str(digit) / f"x{ending}", image, **look)
    found = load_source(tmp_path)
    for digit in range(10):
        one = of_digit(found, digit)
        assert len(one) == 4
        assert np.abs(one - one.mean(axis=0)).mean() < 20


def test_folders_within_a_digit_are_writers_and_stay_on_one_side(tmp_path):
    by_writer = {}
    for k, writer in enumerate(("anna", "ben", "cleo")):
        write_classes(tmp_path, 2, start=2 * k, writer=writer)
        by_writer[writer] = image_set(framed(digits(2, 2 * k)[0]))

    found = load_source(tmp_path)

    assert image_set(found.test_images) in list(by_writer.values())


def test_the_same_picture_under_two_names_stays_on_one_side(tmp_path):
    for path in write_classes(tmp_path, 3):
        shutil.copy(path, path.with_name(f"copy-of-{path.name}"))
    found = load_source(tmp_path)
    assert not image_set(found.train_images).keys() & image_set(found.test_images).keys()
    assert len(found.train_labels) + len(found.test_labels) == 60


def test_parts_that_are_stated_are_kept(tmp_path):
    write_classes(tmp_path / "train", 3)
    write_classes(tmp_path / "test", 2, start=3)
    found = load_source(tmp_path)
    assert image_set(found.test_images) == image_set(
        np.stack([frame_digit(on_paper(i)) for i in digits(2, 3)[0]])
    )
    assert len(found.train_labels) == 30
    assert "held out" not in found.origin


@pytest.mark.parametrize("writer", ["", "anna"], ids=["picture", "writer"])
def test_stated_parts_that_share_a_picture_or_a_writer_are_refused(tmp_path, writer):
    write_classes(tmp_path / "train", 3, writer=writer)
    write_classes(tmp_path / "test", 2, start=0 if not writer else 3, writer=writer)
    with pytest.raises(DataInvalid, match=r"test/0/.*png and .*train/0/.*one writer or the same picture"):
        load_source(tmp_path)


def test_a_digit_that_a_stated_part_lacks_is_named(tmp_path):
    write_classes(tmp_path / "train", 3)
    write_classes(tmp_path / "test", 2, start=3)
    shutil.rmtree(tmp_path / "test" / "4")
    with pytest.raises(DataInvalid, match="no test image of 4"):
        load_source(tmp_path)


def test_what_systems_leave_behind_is_passed_over_and_what_lies_beside_is_named(tmp_path):
    write_classes(tmp_path)
    for name in ("0/.DS_Store", "3/Thumbs.db", ".hidden", "README.txt"):
        (tmp_path / name).write_text("x")
    said = []
    assert len(load_source(tmp_path, said.append).train_labels) == 20
    assert [line for line in said if "passed over" in line] == [f"passed over {tmp_path / 'README.txt'}"]


@pytest.mark.parametrize("empty", [True, False], ids=["empty", "absent"])
def test_a_digit_without_a_picture_is_named(tmp_path, empty):
    write_classes(tmp_path)
    shutil.rmtree(tmp_path / "6")
    if empty:
        (tmp_path / "6").mkdir()
    with pytest.raises(DataInvalid, match="no image of 6"):
        load_source(tmp_path)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("5/notes.txt", b"x", r"5/notes\.txt is no picture"),
        ("5/a.HEIC", b"x", r"5/a\.HEIC is no picture: .* are taken: save it as JPEG"),
        ("5/page.pdf", b"%PDF-1.7", r"5/page\.pdf is no picture"),
        ("5/a.png", b"no picture", r"5/a\.png: it is no picture"),
        ("5/b.png", b"", r"5/b\.png: the file is empty"),
        ("5/c.png", builders.truncated_png(), r"5/c\.png: .*damaged"),
        ("5/d.png", builders.blank_png(), r"5/d\.png: .*nothing stands out"),
        ("5/e.tif", builders.multi_page_tiff(), r"5/e\.tif: more than one picture"),
        ("ten/a.png", b"x", r"ten: folders are called 0 to 9"),
        ("10/a.png", b"x", r"10: folders are called 0 to 9"),
        ("not-a-digit/a.png", b"x", r"not-a-digit/a\.png: it is no picture"),
        ("a.png", b"x", r"a\.png lies in no folder 0 to 9"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_name(tmp_path, name, data, said):
    write_classes(tmp_path)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DataInvalid, match=said):
        load_source(tmp_path)


def test_a_file_that_is_not_there_any_more_is_named(tmp_path):
    write_classes(tmp_path)
    (tmp_path / "2" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    with pytest.raises(DataInvalid, match=r"2/gone\.png cannot be read"):
        load_source(tmp_path)


def test_one_picture_that_is_said_to_be_two_digits_is_refused_with_both_names(tmp_path):
    path = write_classes(tmp_path)[0]
    shutil.copy(path, tmp_path / "8" / "wrong.png")
    with pytest.raises(DataInvalid, match=r"8/wrong\.png and .*0/0\.png are the same picture.* 8 and 0"):
        load_source(tmp_path)


def test_folders_of_digits_without_any_picture_are_refused(tmp_path):
    (tmp_path / "0").mkdir()
    with pytest.raises(DataInvalid, match="no pictures"):
        load_source(tmp_path)


@pytest.mark.parametrize("target", [".", "..", "writers"], ids=["own", "above", "a writer's"])
def test_a_link_to_a_folder_above_is_refused_by_its_name(tmp_path, target):
    """Followed it would be the same pictures forty times over, and of two such links without end."""
    write_classes(tmp_path, 2)
    place = tmp_path / "4" / "writers" if target == "writers" else tmp_path / "4"
    place.mkdir(exist_ok=True)
    for name in ("a", "b"):
        (place / name).symlink_to(place if target == "writers" else target)
    with pytest.raises(DataInvalid, match=r"4/.* leads back to a folder that it lies in: remove the link"):
        load_source(tmp_path)


def test_a_link_to_a_folder_elsewhere_is_followed(tmp_path):
    write_classes(tmp_path / "digits", 2, writer="anna")
    write_classes(tmp_path / "others", 2, start=2)
    for digit in range(10):
        (tmp_path / "digits" / str(digit) / "ben").symlink_to(tmp_path / "others" / str(digit))
    found = load_source(tmp_path / "digits")
    assert len(found.train_labels) + len(found.test_labels) == 40


def test_pictures_beside_those_of_writers_are_counted(tmp_path):
    write_classes(tmp_path, each=4, writer="anna")
    write_classes(tmp_path, each=4, start=4, writer="ben")
    told = "pictures name no writer: their hands may stand on both sides"
    said = []
    load_source(tmp_path, said.append)
    assert not [line for line in said if told in line]
    write_classes(tmp_path, each=2, start=8)
    load_source(tmp_path, said.append)
    assert [line for line in said if told in line] == [f"{tmp_path.name}: 20 {told}"]
