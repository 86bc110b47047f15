"""What a pupil is taught: the teacher's doubts, softened, and a loss that is least where both agree."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.distillation import SOFTENED, softened


@given(arrays(np.float32, (3, 10), elements=st.floats(-6, 6, width=32)))
def test_softening_divides_the_logits(logits):
    said = np.exp(logits - logits.max(axis=1, keepdims=True), dtype=np.float64)
    said /= said.sum(axis=1, keepdims=True)
    wanted = np.exp((logits - logits.max(axis=1, keepdims=True)) / SOFTENED)
    wanted /= wanted.sum(axis=1, keepdims=True)

    found = softened(said.astype(np.float32))

    # Probabilities below one in ten million are taken for that.
    np.testing.assert_allclose(found, wanted, atol=2e-3)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)


@pytest.mark.train
class TestTrained:
    keras = pytest.importorskip("keras", reason="training is not installed")

    def test_the_loss_is_least_for_the_pupil_that_says_what_the_teacher_says(self):
        from model.distillation import distilled

        rng = np.random.default_rng(3)
        teacher = rng.dirichlet(np.ones(10), 16).astype(np.float32)
        wanted = softened(teacher)
        labels = np.eye(10, dtype=np.float32)[rng.integers(0, 10, 16)]
        both = np.concatenate([wanted, labels], axis=1)
        least = np.asarray(distilled(both, teacher))
        entropy = -(SOFTENED**2) * (wanted * np.log(wanted)).sum(axis=1)
        np.testing.assert_allclose(least, entropy, rtol=1e-4)
        for _ in range(5):
            other = rng.dirichlet(np.ones(10), 16).astype(np.float32)
            assert (np.asarray(distilled(both, other)) > least).all()

    def test_the_figures_are_those_of_the_labels(self):
        from model.distillation import label_loss, right

        said = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]], np.float32)
        taught = np.array([[0.1, 0.8, 0.1], [0.1, 0.8, 0.1]], np.float32)
        labels = np.eye(3, dtype=np.float32)[[0, 2]]
        both = np.concatenate([taught, labels], axis=1)
        np.testing.assert_allclose(label_loss(both, said), [-np.log(0.7), -np.log(0.1)], rtol=1e-5)
        np.testing.assert_array_equal(right(both, said), [1, 0])

    def test_a_teacher_is_asked_about_any_number_of_images(self):
        from model.architecture import build_original
        from model.distillation import ASKED, teaching

        teacher = build_original()
        images = np.random.default_rng(0).integers(0, 256, (ASKED + 3, 28, 28), np.uint8)
        said = teaching(teacher)(images)
        assert said.shape == (ASKED + 3, 10)
        alone = teaching(teacher)(images[-2:])
        np.testing.assert_allclose(said[-2:], alone, atol=1e-5)
