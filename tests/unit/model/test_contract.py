import numpy as np
import pytest

from model.contract import check_batch, to_batch
from model.errors import BatchInvalid


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_batch_of_the_contract_is_returned_as_it_is(count):
    batch = np.linspace(0, 1, count * 784, dtype=np.float32).reshape(count, 28, 28)
    assert check_batch(batch) is batch


@pytest.mark.parametrize(
    ("batch", "said"),
    [
        (np.zeros((28, 28), np.float32), "shape"),
        (np.zeros((2, 28, 27), np.float32), "shape"),
        (np.zeros((2, 28, 28, 1), np.float32), "shape"),
        (np.zeros((2, 28, 28), np.float64), "float32"),
        (np.zeros((2, 28, 28), np.uint8), "float32"),
        (np.full((1, 28, 28), 255, np.float32), r"\[0, 1\]"),
        (np.full((1, 28, 28), -0.1, np.float32), r"\[0, 1\]"),
        (np.full((1, 28, 28), np.nan, np.float32), r"\[0, 1\]"),
    ],
)
def test_anything_else_is_refused_and_named(batch, said):
    with pytest.raises(BatchInvalid, match=said):
        check_batch(batch)


def test_full_ink_becomes_one():
    glyphs = np.zeros((1, 28, 28), np.uint8)
    glyphs[0, 3, 4] = 255
    batch = to_batch(glyphs)
    assert batch.dtype == np.float32
    assert batch[0, 3, 4] == 1.0
    assert batch.sum() == 1.0
