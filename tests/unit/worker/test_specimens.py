from dataclasses import replace

import numpy as np
import pytest

from model.contract import NOT_A_DIGIT
from model.glyphs import Sort, joined
from model.synth.digits import DigitSource
from model.synth.page import make_page
from segmentation.normalize import normalize_glyph
from worker.specimens import (
    MOST_DIGITS,
    MOST_OTHERS,
    specimens_from_page,
    specimens_from_sheet,
    specimens_of_everything,
)

SOURCE = DigitSource.builtin()


def _one_of_each():
    """A source with one image a digit, so that a specimen can be told by its shape."""
    places = [int(np.flatnonzero(SOURCE.labels == digit)[3]) for digit in range(10)]
    return DigitSource(SOURCE.images[places], SOURCE.labels[places])


PLAIN = _one_of_each()


def _blurred(images):
    """Flatten images to vectors of unit length without mean; neighbours share ink."""
    spread = sum(np.roll(images.astype(float), (dy, dx), (1, 2)) for dy in (-1, 0, 1) for dx in (-1, 0, 1))
    flat = spread.reshape(len(images), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    return flat / np.linalg.norm(flat, axis=1, keepdims=True)


def _looks_like(images):
    """Return the digit of the source that each specimen resembles most."""
    tight = []
    for image in PLAIN.images:
        rows, columns = np.nonzero(image)
        tight.append(image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1])
    templates = np.stack([normalize_glyph(image) for image in tight])
    return (_blurred(images) @ _blurred(templates).T).argmax(axis=1)


def _page(kind="clean", seed=1, source=SOURCE):
    return specimens_from_page(np.random.default_rng(seed), source, kind)


# A digit that is cut from its neighbour has lost a little to it, or keeps a little of it.
@pytest.mark.parametrize(
    ("kind", "seed", "alike"), [("clean", 1, 0.85), ("ruled", 2, 0.85), ("touching", 3, 0.75)]
)
def test_digits_of_a_page_are_labelled_by_what_is_written_there(kind, seed, alike):
    specimens = _page(kind, seed, PLAIN)
    digits = specimens.labels != NOT_A_DIGIT
    assert digits.sum() > 20
    assert (_looks_like(specimens.images[digits]) == specimens.labels[digits]).mean() > alike


def test_what_is_no_digit_is_among_the_specimens_and_looks_different():
    specimens = _page("touching", 3)
    assert (specimens.labels == NOT_A_DIGIT).sum() > 20
    assert specimens.labels.min() >= 0
    assert specimens.images.max(axis=(1, 2)).min() == 255


def test_a_page_without_a_number_gives_what_is_no_digit(monkeypatch):
    drawn = make_page(np.random.default_rng(3), SOURCE, "marks")
    monkeypatch.setattr("worker.specimens.make_page", lambda *_: replace(drawn, rows=[]))
    specimens = _page("marks")
    assert set(specimens.labels.tolist()) <= {NOT_A_DIGIT}


@pytest.mark.parametrize(("kind", "seed"), [("dense", 1), ("labelled", 2)])
def test_no_page_gives_too_much_of_anything(kind, seed):
    labels = _page(kind, seed).labels
    others = int((labels == NOT_A_DIGIT).sum())
    digits = len(labels) - others
    assert 0 < digits <= MOST_DIGITS
    assert others <= round(MOST_OTHERS * digits) + 30


def _sheet(labels: np.ndarray) -> np.ndarray:
    return np.where(labels == NOT_A_DIGIT, Sort.MARK, Sort.SHEET_DIGIT).astype(np.int64)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    first, again, other = _page("dense", 1), _page("dense", 1), _page("clean", 2)
    assert first.images.tobytes() == again.images.tobytes()
    assert first.labels.tobytes() == again.labels.tobytes()
    assert first.images.tobytes() != other.images.tobytes()
    assert (first.labels != NOT_A_DIGIT).sum() == MOST_DIGITS


def test_the_specimens_of_a_sheet_keep_their_labels():
    labels = np.tile(np.arange(10), 6)
    specimens = specimens_from_sheet(np.random.default_rng(2), PLAIN.images[labels], labels, _sheet(labels))
    assert len(specimens.labels) >= 0.95 * len(labels)
    assert specimens.images.shape == (len(specimens.labels), 28, 28)
    assert (_looks_like(specimens.images) == specimens.labels).mean() > 0.9


def test_a_sheet_of_what_is_no_digit_is_labelled_so():
    labels = np.full(10, NOT_A_DIGIT, np.int64)
    specimens = specimens_from_sheet(np.random.default_rng(2), PLAIN.images, labels, _sheet(labels))
    assert set(specimens.labels.tolist()) == {NOT_A_DIGIT}


def test_what_paper_and_pen_swallowed_is_left_out_with_its_label():
    labels = np.tile(np.arange(10), 3)
    images = PLAIN.images[labels]
    images[labels == 4] = 0
    specimens = specimens_from_sheet(np.random.default_rng(2), images, labels, _sheet(labels))
    assert set(specimens.labels.tolist()) == set(range(10)) - {4}
    assert (_looks_like(specimens.images) == specimens.labels).mean() > 0.9


def test_everything_holds_each_digit_and_what_is_none_in_fair_shares():
    everything = specimens_of_everything(np.random.default_rng(0), SOURCE, sheets=1, pages=1)
    counts = np.bincount(everything.labels, minlength=11)
    assert counts.shape == (11,)
    assert counts[:10].min() >= 8
    assert 0.15 < counts[NOT_A_DIGIT] / counts.sum() < 0.6
    assert everything.images.shape == (counts.sum(), 28, 28)


def test_drawings_are_put_together_in_their_order():
    parts = [_page("clean", 2), _page("clean", 3)]
    both = joined(parts)
    assert both.labels.tolist() == [*parts[0].labels, *parts[1].labels]
    assert (both.images[-1] == parts[1].images[-1]).all()


def test_glyphs_say_where_they_come_from():
    given = DigitSource(SOURCE.images, SOURCE.labels, np.full((3, 28, 28), 255, np.uint8))
    everything = specimens_of_everything(np.random.default_rng(1), given, sheets=1, pages=1)
    assert set(everything.sorts.tolist()) == set(Sort)
    digit = everything.labels != NOT_A_DIGIT
    for sort in Sort:
        assert set(digit[everything.sorts == sort].tolist()) == {sort.is_digit}


@pytest.mark.parametrize("kind", ["broken", "touching"])
def test_digits_of_a_page_say_which_image_they_were_written_with(kind):
    sorted_out = np.argsort(SOURCE.labels, kind="stable")[::7]
    part = DigitSource(SOURCE.images[sorted_out], SOURCE.labels[sorted_out], origins=100 + sorted_out)

    specimens = _page(kind, 3, part)

    digits = specimens.labels != NOT_A_DIGIT
    assert (SOURCE.labels[specimens.origins[digits] - 100] == specimens.labels[digits]).all()
    assert set(specimens.origins[specimens.origins >= 0]) <= set(part.origins)
    assert len(set(specimens.origins[digits])) > 10


def test_what_a_page_holds_beside_digits_is_of_that_page():
    one, other = (_page("marks", seed).origins for seed in (1, 2))

    pages = [set(origins[origins < 0]) for origins in (one, other)]
    assert [len(each) for each in pages] == [1, 1]
    assert pages[0] != pages[1]
    assert max(pages[0] | pages[1]) < -1


def test_glyphs_of_sheets_say_which_image_they_were_drawn_from():
    crosses = np.zeros((3, 28, 28), np.uint8)
    crosses[:, 4:24, 12:16] = crosses[:, 12:16, 4:24] = 255
    everything = specimens_of_everything(
        np.random.default_rng(1), DigitSource(SOURCE.images, SOURCE.labels, crosses), sheets=2, pages=0
    )

    def of(sort):
        return everything.origins[everything.sorts == sort]

    loose = everything.sorts == Sort.SHEET_DIGIT
    assert (SOURCE.labels[of(Sort.SHEET_DIGIT)] == everything.labels[loose]).all()
    assert (SOURCE.labels[of(Sort.PART)] != 1).all()
    assert len(set(of(Sort.PAIR))) > 20
    assert set(of(Sort.GIVEN)) == set(len(SOURCE.labels) + np.arange(3))
    assert set(of(Sort.MARK)) == {-1}
