"""What is drawn with which source: shares by weight, parts that share no image, and what is no digit."""

from dataclasses import replace

import numpy as np
import pytest

from model.contract import NOT_A_DIGIT
from model.dataset_digits import Digits
from model.dataset_mix import Ingredient
from model.dataset_split import kept_back
from model.errors import DataInvalid
from model.synth.digits import DigitSource
from tests.digit_files import digits, image_set
from worker.reader_training import Plan, Run, dealt_sources
from worker.specimens import specimens_of_everything
from worker.written_sources import PARTS, judging_source, written_sources


def of(start=0, each=4, **changed):
    return Ingredient(
        f"from {start}",
        Digits(*digits(each, start), *digits(2, start + each), f"from {start}", **changed),
        1.0,
    )


def besides(said):
    """What is told besides how many are kept back."""
    return [line for line in said if not line.endswith("are kept back to fit the confidence")]


def others(count=6):
    """Crosses: nothing that the page maker draws of its own accord."""
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 12:16] = image[12:16, 4:24] = 255
    return np.stack([np.where(np.roll(image, k % 3, axis=1), 255 - k, 0) for k in range(count)]).astype(
        np.uint8
    )


def test_the_parts_share_no_image():
    (written,) = written_sources([of()], 0, [].append)

    sets = [set(image_set(written.sides[part].images)) for part in PARTS]
    assert [len(written.sides[part].labels) for part in PARTS] == [30, 10, 20]
    assert not sets[0] & sets[1]
    assert not sets[0] & sets[2]
    assert not sets[1] & sets[2]


def test_what_is_calibrated_by_in_one_source_is_trained_on_in_none():
    first = of(each=12, train_others=others(12))
    kept = kept_back(first.digits)[0]
    images, labels = digits(12, 20)
    both = {
        "train_images": np.concatenate([first.digits.train_images[kept][:4], images]),
        "train_labels": np.concatenate([first.digits.train_labels[kept][:4], labels]),
        "train_others": np.concatenate([others(12)[-1:], others(40)[30:]]),
    }
    said = []

    written = written_sources([first, Ingredient("b", replace(of(34).digits, **both), 1)], 0, said.append)

    calibrating, trained = (
        {image.tobytes() for each in written for image in each.sides[part].others}
        for part in ("held out", "training")
    )
    assert calibrating
    assert not calibrating & trained
    assert len(written[1].sides["training"].labels) == len(labels) - 10
    assert besides(said) == ["b: 5 training images are left out, which the confidence is fitted on"]


def test_an_image_that_is_kept_back_and_trained_on_in_one_source_is_only_kept_back():
    said = []
    images, labels = digits(4)
    twice = {"train_images": np.concatenate([images] * 2), "train_labels": np.concatenate([labels] * 2)}

    (written,) = written_sources([Ingredient("a", replace(of().digits, **twice), 1)], 0, said.append)

    assert len(written.sides["held out"].labels) == 10
    assert len(written.sides["training"].labels) == 60
    assert besides(said) == ["a: 10 training images are left out, which the confidence is fitted on"]


def test_the_first_source_needs_every_digit_beside_what_is_calibrated_by():
    images, labels = digits(4)
    images = np.where(labels[:, None, None] == 3, images[labels == 3][:1], images)

    with pytest.raises(DataInvalid, match="a: no training image of 3 is left without those"):
        written_sources([Ingredient("a", replace(of().digits, train_images=images), 1)], 0, [].append)


def test_what_is_no_digit_is_in_every_part():
    (written,) = written_sources([of(train_others=others(24), test_others=others(3))], 0, [].append)

    assert [len(written.sides[part].others) for part in PARTS] == [22, 2, 3]


def test_a_source_of_one_writer_is_not_kept_back_where_there_are_others():
    said = []
    images = 4 * 10

    written = written_sources([of(), of(10, train_groups=("anna",) * images)], 0, said.append)

    assert written[1].sides["held out"] is None
    assert len(written[1].sides["training"].labels) == images
    assert said[0] == "from 0: 10 digits of the training are kept back to fit the confidence"
    (told,) = besides(said)
    assert "the confidence is fitted without from 10" in told
    with pytest.raises(DataInvalid, match="no 0 can be held out"):
        written_sources([of(10, train_groups=("anna",) * images)], 0, said.append)


def test_the_first_source_of_several_keeps_every_digit_on_both_sides():
    _, labels = digits(6)
    # Whoever wrote one nine wrote half of them all; without nines there would be nothing to lend.
    writers = tuple("all nines" if label == 9 else f"{k % 12}" for k, label in enumerate(labels))
    first = of(each=6, train_groups=writers)
    said = []

    written = written_sources([first, of(20)], 0, said.append)

    assert "no 9 can be held out" in said[0]
    assert written[0].sides["held out"] is None
    assert set(written[0].sides["training"].labels.tolist()) == set(range(10))
    assert written[1].sides["held out"] is not None


def of_files(start, files):
    """Corrections: each file has some digits of its own in every job that it stands in."""
    images, labels = digits(len(files), start)
    groups = tuple(files[k // 10] for k in range(len(labels)))
    return Ingredient(
        f"job {start}",
        replace(
            of(start).digits,
            train_images=images,
            train_labels=labels,
            train_groups=groups,
            test_labels=labels[:0],
            test_images=images[:0],
        ),
        1.0,
    )


def files_of(side, *jobs):
    """Tell whose files the digits of a side are of; ones and sevens may be written otherwise."""
    seen = set() if side is None else set(image_set(side.images))
    return {
        group
        for job in jobs
        for image, group in zip(job.digits.train_images, job.digits.train_groups, strict=True)
        if image.tobytes() in seen
    }


@pytest.mark.parametrize("files", [("abcdef", "efghij"), ("efghij", "abcdef"), ("abcdef", "fedcba")])
def test_a_file_of_several_jobs_is_not_trained_on_in_one_and_calibrated_by_in_another(files):
    jobs = [of_files(20, files[0]), of_files(36, files[1])]

    written = written_sources([of(each=12), *jobs], 0, [].append)[1:]

    trained, calibrating = (
        {file for each in written for file in files_of(each.sides[part], *jobs)}
        for part in ("training", "held out")
    )
    assert trained and calibrating
    assert not trained & calibrating
    assert trained | calibrating == set("".join(files))


def test_a_job_whose_files_are_all_calibrated_by_is_told():
    first = of_files(20, "abcdef")
    kept = kept_back(first.digits, every_digit=False)[0]
    (file,) = {group for group, back in zip(first.digits.train_groups, kept, strict=True) if back}
    said = []

    written = written_sources([of(each=12), first, of_files(36, file)], 0, said.append)

    assert written[2].sides["training"] is None
    assert besides(said) == [
        "job 36: nothing is left to train on, because the confidence is fitted on its files"
    ]


def test_what_corrections_lack_is_lent_from_the_same_part_of_the_first_source():
    images, labels = digits(6, 20)
    some = labels < 3
    few = Digits(images[some], labels[some], *(array[:4] for array in digits(1, 40)), "few", tuple("ab" * 9))
    first, second = written_sources([of(each=12), Ingredient("few", few, 0.25)], 0, [].append)

    for part in PARTS:
        lender, source = first.sides[part], second.sides[part]
        lent = image_set(source.images[~np.isin(source.labels, (0, 1, 2, 3))])
        assert lent
        assert set(lent) <= set(image_set(lender.images))
    own = [set(image_set(side.images[side.labels < 3])) for side in second.sides.values()]
    assert not own[0] & own[1]


def test_corrections_are_judged_by_with_what_they_lack_lent():
    first = of()
    images, labels = digits(2, 30)
    few = Digits(images, labels, images[:4], labels[:4], "few")

    source = judging_source(Ingredient("few", few, 1.0), first)

    assert set(source.labels.tolist()) == set(range(10))
    assert set(image_set(source.images[4:])) <= set(image_set(first.digits.test_images))
    assert judging_source(Ingredient("few", replace(few, test_labels=labels[:0]), 1.0), first) is None


def test_each_source_is_drawn_with_by_its_weight_in_every_part():
    first, second = of(), of(10)
    heavy = Ingredient(second.name, second.digits, 3.0)
    written = written_sources([first, heavy], 0, [].append)

    for part, count, shares in (("training", 40, [10, 30]), ("test", 4, [1, 3]), ("held out", 1, [1, 1])):
        sources = dealt_sources(written, part, count)
        assert [sum(s is each.sides[part] for s in sources) for each in written] == shares


def test_a_part_that_no_source_has_is_told():
    digits_alone = of()
    (written,) = written_sources([digits_alone], 0, [].append)
    written.sides["test"] = None

    with pytest.raises(DataInvalid, match="nothing can be held out of any source"):
        dealt_sources([written], "test", 4)


def test_given_images_of_what_is_no_digit_are_cut_out_as_such():
    images, labels = digits(4)
    plain, crossed = (
        specimens_of_everything(np.random.default_rng(0), source, sheets=1, pages=0)
        for source in (DigitSource(images, labels), DigitSource(images, labels, others()))
    )

    more = int((crossed.labels == NOT_A_DIGIT).sum() - (plain.labels == NOT_A_DIGIT).sum())
    assert 35 <= more <= 42
    assert (crossed.labels != NOT_A_DIGIT).sum() == (plain.labels != NOT_A_DIGIT).sum()


def test_a_run_draws_the_same_on_any_number_of_processes():
    from worker.reader_training import _drawn

    plan = Plan(tasks=2, sheets=1, pages=1, held_out_tasks=1)
    written = written_sources([of(), of(10)], 0, [].append)

    once, again = (_drawn(written, Run(plan, 5, jobs, [].append)) for jobs in (1, 2))

    assert [len(glyphs.labels) for glyphs in once] == [len(glyphs.labels) for glyphs in again]
    for a, b in zip(once, again, strict=True):
        assert (a.images == b.images).all()
