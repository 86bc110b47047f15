"""Which digits each step of the reader's training is given: to draw, fit, calibrate and judge with."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model.architecture import READER_WIDTHS
from model.bundle import open_bundle, shipped_bundle
from model.dataset_digits import Digits
from model.dataset_mix import Ingredient
from model.errors import BundleInvalid
from model.glyphs import Glyphs
from model.synth.digits import DigitSource
from model.train import TrainConfig
from tests.digit_files import digits, image_set
from worker import drawing, reader_training
from worker.asked_course import AskedCourse
from worker.drawing import DrawingTask, drawn_parts
from worker.drawn_reading import read_drawn_pages
from worker.errors import ModelRefused
from worker.outcomes import Outcomes
from worker.parent_model import OPTIMIZER, Parent
from worker.reader_training import Plan, Run, train_reader
from worker.written_sources import PARTS

PLAN = Plan(tasks=6, sheets=2, pages=3, held_out_tasks=2, read_tasks=2, judged_tasks=3, read_pages=5)
#: Ones and sevens may be given the habits of other countries, which makes other images of them.
AS_GIVEN = (0, 2, 3, 4, 5, 6, 8, 9)


def ingredient(start: int, weight: float = 1.0) -> Ingredient:
    given = Digits(*digits(8, start), *digits(4, start + 8), f"from {start}")
    return Ingredient(f"from {start}", given, weight)


def as_given(source: DigitSource) -> set[bytes]:
    return set(image_set(source.images[np.isin(source.labels, AS_GIVEN)]))


@dataclass
class Steps:
    """What the steps of a training were given."""

    drawn: list[tuple[DigitSource, DrawingTask]] = field(default_factory=list)
    glyphs: list[Glyphs] = field(default_factory=list)
    trained: tuple[Any, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    read: list[tuple[list[DigitSource], list[Any], list[Outcomes]]] = field(default_factory=list)
    calibrated: tuple[Outcomes, ...] = ()
    noted: dict[str, Any] = field(default_factory=dict)
    noted_after: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    carried: list[Path] = field(default_factory=list)

    def of_part(self, number: int) -> list[tuple[DigitSource, DrawingTask]]:
        """What was drawn with the digits of one part; a task's seed says which."""
        return [(source, task) for source, task in self.drawn if task.seed[1] == number]


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    steps = Steps()

    def draw(sources: Any, tasks: Any, _jobs: int, on_done: Any) -> list[Glyphs]:
        steps.drawn = list(zip(sources, tasks, strict=True))
        number = np.arange(len(steps.drawn))
        steps.glyphs = [Glyphs(np.full((1, 28, 28), k, np.uint8), *[np.full(1, k)] * 4) for k in number]
        for glyphs in steps.glyphs:
            on_done(glyphs)
        return steps.glyphs

    def train(folder: Path, *given: Any, **settings: Any) -> Path:
        steps.trained, steps.settings = given, settings
        return folder

    def read(work: Any, sources: Any, tasks: Any, *, jobs: int, on_done: Any) -> list[Outcomes]:
        assert work is read_drawn_pages
        assert jobs == 1
        mark, one = 10.0 * len(steps.read), np.ones(1, bool)
        outcomes = [
            Outcomes(np.full((1, 2), mark + k), one, 1, one, np.zeros((1, 2)), one, np.ones(1))
            for k in range(len(tasks))
        ]
        steps.read.append((list(sources), list(tasks), outcomes))
        for outcome in outcomes:
            on_done(outcome)
        return outcomes

    def fit(outcomes: Outcomes) -> dict[str, Any]:
        return {"number": outcomes.features[:, 0].tolist()}

    def note(_: Path, **given: Any) -> None:
        # What is None is taken out of a manifest.
        more = {
            name: {key: value for key, value in section.items() if value is not None}
            for name, section in given.items()
        }
        steps.noted_after.append((len(steps.read), more))
        steps.noted.update(more)

    def calibrate(*outcomes: Outcomes) -> tuple[dict[str, Any], dict[str, Any]]:
        steps.calibrated = outcomes
        figures = dict.fromkeys(("numbers_read", "numbers_right", "accepted", "wrong_among_accepted"), 1)
        return {"accept_confidence": 0.5}, figures

    # Of these few images the shipped sample would write half of the pages: test_page_sources.py.
    monkeypatch.setattr("worker.page_sources.FEW", 0)
    monkeypatch.setattr(reader_training, "LEAST_IMAGES", 0)
    monkeypatch.setattr(reader_training, "drawn_parts", draw)
    monkeypatch.setattr(reader_training, "train_bundle", train)
    monkeypatch.setattr(reader_training, "done_by_crew", read)
    monkeypatch.setattr(reader_training, "calibrated", calibrate)
    monkeypatch.setattr(reader_training, "found_ink", steps.carried.extend)
    monkeypatch.setattr(reader_training, "give_ink", lambda *_: None)
    monkeypatch.setattr(reader_training, "fitted_confidence", fit)
    monkeypatch.setattr(reader_training, "extend_manifest", note)
    return steps


def run(folder: Path, ingredients: list[Ingredient], said: list[str] | None = None, **changed: Any) -> None:
    options: dict[str, Any] = {"course": AskedCourse(7), "parent": None, "keep_optimizer": False, **changed}
    say = [].append if said is None else said.append
    train_reader(folder, ingredients, Run(PLAN, 7, 1, say), {"recipe": "default"}, **options)


def test_only_digits_to_train_on_are_bent(steps: Steps, tmp_path: Path) -> None:
    run(tmp_path, [ingredient(0)])

    shares = [{task.bent for _, task in steps.of_part(part)} for part in range(3)]
    assert shares == [{reader_training.BENT}, {0.0}, {0.0}]
    assert reader_training.BENT > 0
    assert steps.settings["details"]["drawing"]["bent"] == reader_training.BENT


def test_each_part_is_drawn_as_often_as_planned_with_seeds_of_its_own(steps: Steps, tmp_path: Path) -> None:
    run(tmp_path, [ingredient(0)])

    assert [len(steps.of_part(part)) for part in range(3)] == [6, 2, 2]
    assert {(task.sheets, task.pages) for _, task in steps.drawn} == {(PLAN.sheets, PLAN.pages)}
    read = [seed for _, tasks, _ in steps.read for seed, _, _ in tasks]
    seeds = [tuple(seed) for seed in [*(task.seed for _, task in steps.drawn), *read]]
    assert len(set(seeds)) == len(seeds) == 10 + PLAN.read_tasks + PLAN.judged_tasks
    assert {seed[0] for seed in seeds} == {7}


def test_few_digits_are_drawn_less_often_than_planned_at_most(
    steps: Steps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.training_plan.LEAST_PARTS", 4)
    said: list[str] = []

    run(tmp_path, [ingredient(0), ingredient(20)], said)

    assert [len(steps.of_part(part)) for part in range(3)] == [4, 2, 2]
    details = steps.settings["details"]
    assert details["drawing"]["tasks"] == 4
    assert [source["drawn_parts"] for source in details["sources"]] == [2, 2]
    assert any(line.startswith("parts to draw for training: 4, 2 with from 0 (70 digits") for line in said)
    assert any(line.startswith("parts to draw besides: 2 to fit") for line in said)


def test_a_source_that_has_nothing_to_train_on_is_dealt_no_part(steps: Steps, tmp_path: Path) -> None:
    nothing = digits(1)[0][:0], digits(1)[1][:0]
    judged = Ingredient("judged by", Digits(*nothing, *digits(4, 40), "judged by"), 1.0)

    run(tmp_path, [ingredient(0), judged])

    assert [source["drawn_parts"] for source in steps.settings["details"]["sources"]] == [6, 0]
    assert len(steps.of_part(0)) == 6


def test_each_part_is_drawn_with_its_own_digits(steps: Steps, tmp_path: Path) -> None:
    given = ingredient(0)
    run(tmp_path, [given])

    own = [{image for source, _ in steps.of_part(part) for image in as_given(source)} for part in range(3)]
    train, test = (
        set(image_set(images[np.isin(labels, AS_GIVEN)]))
        for images, labels in (
            (given.digits.train_images, given.digits.train_labels),
            (given.digits.test_images, given.digits.test_labels),
        )
    )
    assert own[2] == test
    assert own[0] | own[1] == train
    assert not own[0] & own[1]


def test_the_network_is_given_what_was_drawn_for_each_part(steps: Steps, tmp_path: Path) -> None:
    run(tmp_path, [ingredient(0), ingredient(20, 2.0)])

    by_part = [[k for k, (_, task) in enumerate(steps.drawn) if task.seed[1] == part] for part in range(3)]
    assert [glyphs.labels.tolist() for glyphs in steps.trained[:3]] == by_part
    assert [len(numbers) for numbers in by_part] == [6, 2, 2]


def test_confidence_is_fitted_on_held_out_digits_and_judged_by_test_digits(
    steps: Steps, tmp_path: Path
) -> None:
    run(tmp_path, [ingredient(0)])

    (fitted_with, fitting, fitted), (judged_with, judging, judged) = steps.read
    for sources, part in ((fitted_with, PARTS.index("held out")), (judged_with, PARTS.index("test"))):
        drawn_with = {id(source) for source, _ in steps.of_part(part)}
        assert {id(source) for source in sources} == drawn_with
    for given, outcomes in zip(steps.calibrated, (fitted, judged), strict=True):
        assert np.array_equal(given.features, np.concatenate([each.features for each in outcomes]))
    assert {task[1:] for task in map(tuple, fitting + judging)} == {(PLAN.read_pages, tmp_path)}
    assert steps.noted["calibration"] == {"accept_confidence": 0.5}
    assert steps.noted["metrics"]["pages"]["accepted"] == 1


def test_the_pages_to_judge_by_are_read_by_the_confidence_that_was_fitted(
    steps: Steps, tmp_path: Path
) -> None:
    run(tmp_path, [ingredient(0)])

    fitted = [outcome.features[0, 0] for outcome in steps.read[0][2]]
    assert steps.noted_after[0] == (1, {"calibration": {"number": fitted}})
    assert [after for after, _ in steps.noted_after] == [1, 2]


def test_a_new_network_is_trained_as_usual(steps: Steps, tmp_path: Path) -> None:
    run(tmp_path, [ingredient(0)])

    assert steps.trained[3] == TrainConfig(seed=7)
    assert steps.settings["start"] is steps.settings["optimizer"] is steps.settings["keep_optimizer"] is None
    assert "parent" not in steps.settings["details"]


def test_going_on_from_a_model_hands_on_its_weights_optimizer_and_shorter_steps(
    steps: Steps, tmp_path: Path
) -> None:
    parent = Parent(open_bundle(shipped_bundle()), tmp_path / "state.npz")

    run(tmp_path, [ingredient(0)], parent=parent, keep_optimizer=True)

    assert steps.trained[3] == parent.config(TrainConfig(seed=7)) != TrainConfig(seed=7)
    assert steps.settings["start"] == parent.folder
    assert steps.settings["optimizer"] == tmp_path / "state.npz"
    assert steps.settings["keep_optimizer"] == tmp_path / OPTIMIZER
    assert steps.settings["details"]["parent"] == parent.described()
    assert steps.settings["details"]["rounds"] == parent.rounds()
    assert steps.carried[0] == parent.folder


def test_a_model_that_does_not_fit_is_named_and_what_else_is_wrong_is_not_put_down_to_it(
    steps: Steps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = Parent(open_bundle(shipped_bundle()), None)

    def refuse(*_: Any, **__: Any) -> None:
        raise BundleInvalid("model.weights.h5 does not fit")

    with monkeypatch.context() as patch:
        patch.setattr(reader_training, "train_bundle", refuse)
        with pytest.raises(ModelRefused, match=r"cannot go on from .*shipped: model\.weights\.h5") as caught:
            run(tmp_path, [ingredient(0)], parent=parent)
        assert "--from" in caught.value.remedy
        with pytest.raises(BundleInvalid):
            run(tmp_path, [ingredient(0)])
    monkeypatch.setattr(reader_training, "found_ink", refuse)
    with pytest.raises(BundleInvalid):
        run(tmp_path, [ingredient(0)], parent=parent)
    assert steps.trained == ()


def test_the_glyphs_of_another_seed_are_drawn_where_that_is_asked_for(steps: Steps, tmp_path: Path) -> None:
    run(tmp_path, [ingredient(0)], course=AskedCourse(3, drawing_seed=7))

    assert {task.seed[0] for _, task in steps.drawn} == {7}
    assert steps.trained[3] == TrainConfig(seed=3)
    assert steps.settings["details"]["drawing"]["seed"] == 7


def test_reading_pages_tells_how_far_it_is(steps: Steps, tmp_path: Path) -> None:
    said: list[str] = []

    run(tmp_path, [ingredient(0)], said)

    assert [line for line in said if line.startswith("read ")] == [
        "read 5 of 10 drawn pages (to fit the confidence)",
        "read 10 of 10 drawn pages (to fit the confidence)",
        "read 5 of 15 drawn pages (to judge it)",
        "read 10 of 15 drawn pages (to judge it)",
        "read 15 of 15 drawn pages (to judge it)",
    ]


def test_epochs_that_are_asked_for_count_more_than_those_of_going_on(steps: Steps, tmp_path: Path) -> None:
    parent = Parent(open_bundle(shipped_bundle()), None)

    run(tmp_path, [ingredient(0)], parent=parent, course=AskedCourse(7, epochs=9, learning_rate=1e-4))

    assert steps.trained[3] == replace(parent.config(TrainConfig(seed=7)), epochs=9, learning_rate=1e-4)
    assert steps.settings["optimizer"] is None


def test_a_wider_network_goes_on_without_the_state_of_the_narrower_ones_optimizer(
    steps: Steps, tmp_path: Path
) -> None:
    parent = Parent(open_bundle(shipped_bundle()), tmp_path / "optimizer.npz")

    run(tmp_path, [ingredient(0)], parent=parent)
    assert (steps.settings["wider"], steps.settings["optimizer"]) == (1.0, parent.optimizer)

    run(tmp_path, [ingredient(0)], parent=parent, course=AskedCourse(7, wider=1.5))
    assert (steps.settings["wider"], steps.settings["optimizer"]) == (1.5, None)
    (round_before,) = steps.settings["details"]["rounds"]
    assert round_before["architecture"] == READER_WIDTHS.as_manifest()


def test_what_is_asked_to_be_bent_is_bent_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[DigitSource] = []

    def specimens(_: object, source: DigitSource, *, sheets: int, pages: int) -> Glyphs:
        assert (sheets, pages) == (2, 3)
        written.append(source)
        return Glyphs(source.images[:0], *[np.zeros(0, np.int64)] * 4)

    monkeypatch.setattr(drawing, "specimens_of_everything", specimens)
    source = DigitSource(*digits(4))

    drawn_parts([source] * 3, [DrawingTask([1], 2, 3, share) for share in (0.0, 0.5, 1.0)], 1)

    others = [(each.images != source.images).any(axis=(1, 2)).mean() for each in written]
    assert others[0] == 0
    assert 0.2 < others[1] < 0.8
    assert others[2] == 1
    assert all(np.array_equal(each.labels, source.labels) for each in written)
