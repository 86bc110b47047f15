"""Sources of digits as they are typed, and as they are loaded."""

from dataclasses import replace

import numpy as np
import pytest

from model.dataset_digits import Digits
from model.errors import DataInvalid
from tests.digit_files import digits, moved, write_classes
from tests.job_builders import job_of, plain_settings
from worker.errors import UsageError
from worker.ingredients import Asked, asked_sources, described, load_ingredients, parse_asked


@pytest.mark.parametrize(
    ("text", "kind", "path", "weight"),
    [
        ("ours", "digits", "ours", None),
        ("ours=2", "digits", "ours", 2.0),
        ("ours=0.25", "digits", "ours", 0.25),
        ("a=b=1e1", "digits", "a=b", 10.0),
        ("mnist", "mnist", "mnist", None),
        ("mnist=3", "mnist", "mnist", 3.0),
        ("./mnist", "digits", "mnist", None),
    ],
)
def test_a_source_is_a_path_and_may_have_a_weight(text, kind, path, weight):
    asked = parse_asked(text)

    assert (asked.kind, str(asked.path), asked.weight) == (kind, path, weight)


def test_a_path_that_is_there_keeps_its_equals_sign(tmp_path):
    (tmp_path / "year=2026").mkdir()

    assert parse_asked(f"{tmp_path}/year=2026") == Asked("digits", tmp_path / "year=2026")
    assert parse_asked(f"{tmp_path}/year=2026=2") == Asked("digits", tmp_path / "year=2026", 2.0)


@pytest.mark.parametrize("weight", ["0", "-1", "nan", "inf", "1e999", "half", "1,5", "1_0", "٣", " 1"])
def test_what_is_no_weight_is_refused(weight):
    with pytest.raises(UsageError, match=f"a number above 0. Received: '{weight}' in 'ours={weight}'"):
        parse_asked(f"ours={weight}")


@pytest.mark.parametrize(("text", "said"), [("", "empty"), ("=2", "empty"), ("ours=", "no weight after")])
def test_what_is_no_source_is_refused(text, said):
    with pytest.raises(UsageError, match=said):
        parse_asked(text)


def test_jobs_are_found_by_name_or_folder(tmp_path):
    job = job_of(tmp_path, [30])
    settings = plain_settings(jobs_dir=tmp_path)

    asked = asked_sources(["ours"], ["job=2", str(job.path)], settings)

    assert asked == [
        Asked("digits", parse_asked("ours").path),
        Asked("corrections", job.path, 2.0),
        Asked("corrections", job.path),
    ]
    with pytest.raises(UsageError, match="no job 'nobody'"):
        asked_sources([], ["nobody"], settings)


@pytest.fixture
def mnist(monkeypatch):
    """Stand in for what would be fetched."""
    (train, labels), (test, others) = digits(3), digits(2, 3)
    found = Digits(moved(train), labels, moved(test), others, "MNIST")
    from model.dataset import find_mnist

    def find(data, *, say):
        return find_mnist(data, say=say) if data is not None else found

    monkeypatch.setattr("worker.ingredients.find_mnist", find)
    return found


def few(start=20):
    """Corrections of four digits, of one file."""
    images, labels = digits(1, start)
    none = np.zeros((0, 28, 28), np.uint8)
    return Digits(moved(images[:4]), labels[:4], none, none[:, 0, 0], "corrections", ("file",) * 4)


def test_nothing_asked_is_mnist(mnist):
    (only,) = load_ingredients([], [].append)

    assert (only.name, only.digits, only.weight) == ("mnist", mnist, 1.0)


def test_two_folders_of_one_name_are_called_differently(tmp_path, mnist):
    for k, name in enumerate("ab"):
        write_classes(tmp_path / name / "ours", 3, start=10 * k)
    asked = [Asked("digits", tmp_path / name / "ours") for name in "ab"]

    assert [each.name for each in load_ingredients(asked, [].append)] == ["ours", "ours-2"]


def test_corrections_stand_beside_mnist_by_a_small_weight(tmp_path, mnist, monkeypatch):
    monkeypatch.setattr("worker.ingredients.load_all_corrections", lambda *_: [few()])

    first, second = load_ingredients([Asked("corrections", tmp_path / "job")], [].append)

    assert (first.name, second.name) == ("mnist", "job")
    assert (first.weight, second.weight) == (1.0, 0.25)


def test_digits_that_are_given_take_the_place_of_mnist_beside_corrections(tmp_path, mnist, monkeypatch):
    monkeypatch.setattr("worker.ingredients.load_all_corrections", lambda *_: [few(30)])
    write_classes(tmp_path / "ours", 3, start=10)
    asked = [Asked("corrections", tmp_path / "job", 2.0), Asked("digits", tmp_path / "ours")]

    found = load_ingredients(asked, [].append)

    assert [(each.name, each.weight) for each in found] == [("ours", 1.0), ("job", 2.0)]


def test_a_source_is_refused_that_is_judged_by_what_it_trains_on(tmp_path):
    images, labels = digits(3, 10)
    np.savez(tmp_path / "a.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)

    with pytest.raises(DataInvalid, match=r"a\.npz is judged by 30 images that it trains on"):
        load_ingredients([Asked("digits", tmp_path / "a.npz")], [].append)


def test_a_source_is_refused_that_is_judged_by_what_another_trains_on(tmp_path):
    (images, labels), (others, named) = digits(3, 10), digits(3, 20)
    np.savez(tmp_path / "a.npz", x_train=moved(images), y_train=labels, x_test=others, y_test=named)
    np.savez(tmp_path / "b.npz", x_train=moved(others), y_train=named, x_test=moved(images), y_test=labels)

    with pytest.raises(DataInvalid, match=r"b\.npz is judged by 30 images that a\.npz trains on"):
        load_ingredients([Asked("digits", tmp_path / f"{name}.npz") for name in "ab"], [].append)


def test_the_digits_that_every_model_is_judged_by_are_not_trained_on(tmp_path):
    (images, labels), (others, named) = digits(5), digits(2, 5)
    mixed = np.concatenate([images, moved(images)])
    np.savez(tmp_path / "a.npz", x_train=mixed, y_train=np.tile(labels, 2), x_test=others, y_test=named)
    said = []

    (found,) = load_ingredients([Asked("digits", tmp_path / "a.npz")], said.append)

    assert (found.digits.train_images == moved(images)).all()
    assert "a.npz: 50 training images are left out, by which every model is judged" in said


def test_a_manifest_is_told_every_source_with_its_counts(mnist):
    (only,) = load_ingredients([], [].append)

    (told,) = described([only], [40])
    hashes = {told.pop("train_sha256"), told.pop("test_sha256")}
    assert [told] == [
        {
            "name": "mnist",
            "origin": "MNIST",
            "train_digits": 30,
            "test_digits": 20,
            "train_not_a_digit": 0,
            "test_not_a_digit": 0,
            "weight": 1.0,
            "drawn_parts": 40,
        }
    ]
    assert "weight" not in described([only])[0]
    assert len(hashes) == 2


@pytest.mark.parametrize("changed", ["images", "labels", "others"])
def test_a_manifest_tells_other_digits_in_the_same_place_apart(mnist, changed):
    (only,) = load_ingredients([], [].append)
    digits = only.digits
    other = {
        "images": {"train_images": moved(digits.train_images)},
        "labels": {"train_labels": digits.train_labels[::-1].copy()},
        "others": {"train_others": digits.train_images[:1]},
    }[changed]

    before, after = (
        described([replace(only, digits=each)])[0] for each in (digits, replace(digits, **other))
    )

    assert before["train_sha256"] != after["train_sha256"]
    assert before["test_sha256"] == after["test_sha256"]
