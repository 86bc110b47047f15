"""Fonts as hands: every digit varied and framed, families whole on one side, bad files named."""

import hashlib
import shutil

import cv2
import numpy as np
import pytest

from model import sources_fonts
from model.classify import Classifier
from model.contract import to_batch
from model.errors import DataInvalid
from model.fonts.catalogue import Fetched, write_manifest
from model.sources_fonts import DIGIT_FORMS, OTHER_FORMS, SIGNS, is_font_folder, load_fonts
from model.synth.marks import CLEAR_LETTERS
from tests.font_files import font_file, remade

FONTS = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSerif", "DejaVuSansMono")


def silent(_):
    """Say nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Four fonts of three families, one in a folder within."""
    folder = tmp_path_factory.mktemp("typefaces")
    (folder / "within").mkdir()
    for name in FONTS[:3]:
        shutil.copy(font_file(name), folder)
    shutil.copy(font_file(FONTS[3]), folder / "within")
    (folder / "README.txt").write_text("no font")
    return folder


@pytest.fixture(scope="module")
def digits(folder):
    return load_fonts(folder, silent)


def test_each_font_gives_each_digit_and_what_is_none(digits):
    labels = np.concatenate([digits.train_labels, digits.test_labels])

    assert np.bincount(labels).tolist() == [4 * DIGIT_FORMS] * 10
    others = len(digits.train_others) + len(digits.test_others)
    assert others == 4 * OTHER_FORMS * len(CLEAR_LETTERS + SIGNS)


def test_a_family_is_on_one_side_as_a_whole(digits):
    held = {"DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono"} - set(digits.train_groups)

    assert len(held) == 1
    assert held.isdisjoint(digits.train_other_groups)
    assert len(digits.train_groups) == len(digits.train_labels)
    assert len(digits.train_other_groups) == len(digits.train_others)
    fonts = 2 if held == {"DejaVu Sans"} else 1
    assert len(digits.test_labels) == fonts * 10 * DIGIT_FORMS


def test_images_are_framed_as_other_digits_are(digits):
    for images in (digits.train_images, digits.test_others):
        sizes = np.array([cv2.boundingRect(image)[2:] for image in images])
        # Another pen makes a digit larger by less than a pixel on each side.
        assert sizes.max() <= 22
        assert np.median(sizes.max(axis=1)) == 20
        assert (images.max(axis=(1, 2)) > 150).all()
    middle = digits.train_images.astype(float).sum(axis=0)
    place = np.arange(28)
    assert abs((middle.sum(axis=0) @ place) / middle.sum() - 13.5) < 0.6
    assert abs((middle.sum(axis=1) @ place) / middle.sum() - 13.5) < 0.6


def test_forms_differ_and_are_still_what_their_labels_say(digits):
    answers = Classifier.load().predict(to_batch(digits.train_images))

    assert len(np.unique(digits.train_images, axis=0)) == len(digits.train_images)
    assert (answers[:, :10].argmax(axis=1) == digits.train_labels).mean() > 0.9


@pytest.fixture
def upright(monkeypatch):
    """Characters are neither turned, slanted nor stretched: what is left is bent, or of another pen."""
    for name, value in (("TURN_DEG", 0.0), ("SLANT", 0.0), ("STRETCH", 1.0)):
        monkeypatch.setattr(sources_fonts, name, value)


def forms_of_the_eight(folder):
    """What one font gives for an eight, which has strokes in every direction."""
    for name in ("DejaVuSans", "DejaVuSerif"):
        shutil.copy(font_file(name), folder)
    digits = load_fonts(folder, silent)
    return digits.train_images[digits.train_labels == 8]


@pytest.mark.usefixtures("upright")
def test_characters_are_bent_each_time_in_another_way(tmp_path, monkeypatch):
    monkeypatch.setattr(sources_fonts, "REWRITTEN", 0.0)

    forms = forms_of_the_eight(tmp_path)

    assert len(np.unique(forms, axis=0)) == len(forms) == DIGIT_FORMS
    strength = forms.astype(float)
    apart = np.abs(strength - strength.mean(axis=0)).sum(axis=(1, 2)) / strength.sum(axis=(1, 2))
    assert (apart > 0.1).all()


@pytest.mark.usefixtures("upright")
def test_some_characters_are_written_with_thinner_and_with_bolder_pens(tmp_path, monkeypatch):
    monkeypatch.setattr(sources_fonts, "BEND", 0.0)

    forms = forms_of_the_eight(tmp_path)

    kinds, counts = np.unique(forms, axis=0, return_counts=True)
    # All that keep their pen are the same; each of the others has a pen of its own.
    assert sorted(counts)[:-1] == [1] * (len(kinds) - 1)
    assert 0.2 < counts.max() / len(forms) < 0.8
    inks = kinds.sum(axis=(1, 2), dtype=np.int64)
    usual = inks[counts.argmax()]
    assert inks.min() < 0.95 * usual
    assert inks.max() > 1.05 * usual


def test_the_origin_names_every_family_and_no_folder_of_this_machine(digits, folder):
    assert digits.origin.startswith(f"{folder.name}, 4 fonts (DejaVu Sans, DejaVu Sans Mono, DejaVu Serif)")
    assert str(folder) not in digits.origin


def test_the_same_files_give_the_same_whatever_they_are_called(digits, folder, tmp_path):
    for name, renamed in zip(FONTS, "dcba", strict=True):
        shutil.copy(next(folder.rglob(f"{name}.ttf")), tmp_path / f"{renamed}.ttf")

    again = load_fonts(tmp_path, silent)

    assert np.array_equal(again.train_images, digits.train_images)
    assert np.array_equal(again.test_others, digits.test_others)
    assert again.train_groups == digits.train_groups


def test_a_second_copy_of_a_font_is_passed_over(tmp_path):
    for name in ("DejaVuSans", "DejaVuSerif"):
        shutil.copy(font_file(name), tmp_path)
    shutil.copy(font_file("DejaVuSans"), tmp_path / "copy.ttf")
    told = []

    digits = load_fonts(tmp_path, told.append)

    assert len(digits.train_labels) + len(digits.test_labels) == 2 * 10 * DIGIT_FORMS
    assert [line for line in told if "passed over" in line and "same font" in line]


def test_letters_may_be_missing_digits_may_not(tmp_path):
    (tmp_path / "few.ttf").write_bytes(remade(without=CLEAR_LETTERS + SIGNS))
    shutil.copy(font_file("DejaVuSerif"), tmp_path)

    digits = load_fonts(tmp_path, silent)

    others = len(digits.train_others) + len(digits.test_others)
    assert others == OTHER_FORMS * len(CLEAR_LETTERS + SIGNS)

    (tmp_path / "less.ttf").write_bytes(remade(without="4"))
    with pytest.raises(DataInvalid, match=r"less\.ttf: the font has no 4"):
        load_fonts(tmp_path, silent)


def test_a_file_that_is_no_font_is_named(tmp_path):
    shutil.copy(font_file(), tmp_path / "a.ttf")
    (tmp_path / "broken.woff").write_bytes(b"wOFF, but nothing behind")

    with pytest.raises(DataInvalid, match=r"broken\.woff is no font"):
        load_fonts(tmp_path, silent)


def test_a_single_family_cannot_be_parted(tmp_path):
    for name in FONTS[:2]:
        shutil.copy(font_file(name), tmp_path)

    with pytest.raises(DataInvalid, match="can be held out"):
        load_fonts(tmp_path, silent)


def fetched(folder, name, version="5.0.1"):
    """Put a font into a folder, and return what its manifest says."""
    data = font_file(name).read_bytes()
    (folder / f"{name}.ttf").write_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    return Fetched(f"{name}.ttf", name, version, "OFL-1.1", "printed", sha256)


def test_fetched_fonts_are_named_with_their_versions(tmp_path):
    write_manifest(tmp_path, [fetched(tmp_path, "DejaVuSans"), fetched(tmp_path, "DejaVuSerif")])

    assert "(DejaVu Sans 5.0.1, DejaVu Serif 5.0.1)" in load_fonts(tmp_path, silent).origin


def test_a_fetched_font_that_was_changed_is_refused(tmp_path):
    write_manifest(tmp_path, [fetched(tmp_path, "DejaVuSans"), fetched(tmp_path, "DejaVuSerif")])
    shutil.copy(font_file("DejaVuSansMono"), tmp_path / "DejaVuSerif.ttf")

    with pytest.raises(DataInvalid, match=r"DejaVuSerif\.ttf is not the font that was fetched"):
        load_fonts(tmp_path, silent)


def test_a_fetched_font_that_is_gone_is_missed(tmp_path):
    write_manifest(tmp_path, [fetched(tmp_path, "DejaVuSans"), fetched(tmp_path, "DejaVuSerif")])
    (tmp_path / "DejaVuSerif.ttf").unlink()

    with pytest.raises(DataInvalid, match=r"DejaVuSerif\.ttf is missing"):
        load_fonts(tmp_path, silent)


@pytest.mark.parametrize(
    ("name", "holds"),
    [("a.ttf", True), ("b.OTF", True), ("within/c.woff", True), ("d.woff2", False), (".hidden/e.ttf", False),
     ("7/picture.png", False)],
)  # fmt: skip
def test_a_folder_of_fonts_is_told_by_the_names_of_its_files(tmp_path, name, holds):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()

    assert is_font_folder(tmp_path) is holds
