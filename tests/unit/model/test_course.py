"""Each epoch sees other glyphs, and from some epoch on none whose label the network does not believe."""

from typing import Any

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="training is not installed")

from model import course  # noqa: E402
from model.contract import CLASSES, NOT_A_DIGIT  # noqa: E402
from model.course import LEARNING_EPOCHS, TrainConfig, follow_course  # noqa: E402
from model.glyphs import Glyphs, Sort  # noqa: E402
from model.synth.digits import DigitSource  # noqa: E402

pytestmark = pytest.mark.train

SOURCE = DigitSource.builtin()
LABELS = np.where(np.arange(300) % 3 == 0, NOT_A_DIGIT, SOURCE.labels[:300]).astype(np.int64)
SORTS = np.where(LABELS == NOT_A_DIGIT, Sort.PAGE_PIECE, Sort.PAGE_DIGIT).astype(np.int64)
GLYPHS = Glyphs(SOURCE.images[:300], LABELS, np.zeros(300, np.int64), SORTS, np.zeros(300, np.int64))
PLAIN = SOURCE.images[:300] / np.float32(255)
#: Glyphs that the stand-in takes for something else.
DOUBTED = [0, 3, 6, 9]


class Network:
    """Believes every label but some."""

    def predict(self, batch: Any, **_: Any) -> Any:
        assert len(batch) == len(LABELS)
        rows = np.eye(CLASSES, dtype=np.float32)[LABELS]
        rows[DOUBTED] = np.roll(rows[DOUBTED], 1, axis=1)
        return rows


@pytest.fixture
def fitted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, Any, Any]]:
    """Epoch, glyphs and labels of each fit."""
    seen: list[tuple[int, Any, Any]] = []

    def fit(
        _: Any, images: Any, labels: Any, *, initial_epoch: int, epochs: int, on_epoch: Any, **__: Any
    ) -> None:
        assert epochs == initial_epoch + 1
        seen.append((initial_epoch, images[..., 0], labels))
        on_epoch(initial_epoch, dict.fromkeys(("loss", "accuracy", "val_loss", "val_accuracy"), 0.5))

    monkeypatch.setattr(course, "fit", fit)
    return seen


def _follow(**settings: Any) -> tuple[list[int], int]:
    knows = settings.pop("knows", False)
    reports, left_out = follow_course(
        Network(), GLYPHS, GLYPHS, TrainConfig(**settings), lambda _: None, lambda: False, knows=knows
    )
    return [report.epoch for report in reports], left_out


def test_a_network_that_knew_nothing_doubts_after_some_epochs(fitted: list[Any]) -> None:
    epochs, left_out = _follow(epochs=LEARNING_EPOCHS + 2)

    assert epochs == list(range(1, LEARNING_EPOCHS + 3))
    assert [len(images) for _, images, _ in fitted] == [300] * LEARNING_EPOCHS + [296] * 2
    assert sorted(fitted[-1][2]) == sorted(np.delete(LABELS, DOUBTED))
    assert left_out == 4


def test_a_network_that_knows_digits_doubts_beforehand(fitted: list[Any]) -> None:
    _, left_out = _follow(epochs=1, knows=True)
    assert [len(images) for _, images, _ in fitted] == [296]
    assert left_out == 4


def test_few_epochs_leave_no_time_to_doubt(fitted: list[Any]) -> None:
    _, left_out = _follow(epochs=LEARNING_EPOCHS)
    assert left_out == 0
    assert all(len(images) == 300 for _, images, _ in fitted)


def test_each_epoch_bends_others_and_the_seed_says_which(fitted: list[Any]) -> None:
    for _ in range(2):
        _follow(epochs=2, bent=0.5, seed=4)

    first, second, again, _ = (images for _, images, _ in fitted)
    plain = {image.tobytes() for image in PLAIN}
    for images in (first, second):
        assert 0.35 < np.mean([image.tobytes() in plain for image in images]) < 0.65
    assert len({image.tobytes() for image in first} & {image.tobytes() for image in second}) < 150
    assert np.array_equal(first, again)


def test_each_epoch_takes_another_order_and_labels_stay_with_their_glyphs(fitted: list[Any]) -> None:
    _follow(epochs=2, bent=0.0)

    of = {image.tobytes(): label for image, label in zip(PLAIN, LABELS, strict=True)}
    for _, images, labels in fitted:
        assert [of[image.tobytes()] for image in images] == labels.tolist()
    assert not np.array_equal(fitted[0][1], fitted[1][1])
    assert sorted(fitted[0][2]) == sorted(fitted[1][2])
