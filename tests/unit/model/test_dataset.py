import io

import numpy as np
import pytest

from model.dataset import load_npz, read_idx
from model.errors import DataInvalid
from model.synth.digits import DigitSource


def test_an_idx_file_gives_its_array():
    body = bytes(range(12))
    data = bytes([0, 0, 8, 3]) + b"".join(n.to_bytes(4, "big") for n in (2, 2, 3)) + body
    found = read_idx(data, name="x")
    assert found.shape == (2, 2, 3)
    assert found.tobytes() == body


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x00\x08",
        b"\x00\x00\x0d\x01\x00\x00\x00\x01\x05",
        b"\x00\x00\x08\x01\x00\x00\x00\x03\x01\x02",
        b"\x00\x00\x08\x01\x00\x00\x00\x01\x01\x02",
        b"\x00\x00\x08\x03\x00",
        b"\x00\x00\x08\xff" + bytes(4 * 255),
    ],
    ids=["empty", "cut short", "of floats", "too short", "too long", "half a header", "too many axes"],
)
def test_any_other_file_is_refused_by_its_name(data):
    with pytest.raises(DataInvalid, match="labels-file"):
        read_idx(data, name="labels-file")


def _arrays():
    labels = np.arange(10, dtype=np.uint8)
    images = DigitSource.builtin().images[::50]
    return {"x_train": images, "y_train": labels, "x_test": images, "y_test": labels}


def test_digits_in_the_known_layout_load(tmp_path):
    np.savez(tmp_path / "digits.npz", **_arrays())
    digits = load_npz(tmp_path / "digits.npz")
    assert digits.train_images.shape == (10, 28, 28)
    assert digits.test_labels.tolist() == list(range(10))


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("x_train", np.zeros((10, 32, 32), np.uint8), "28, 28"),
        ("x_test", np.zeros((10, 28, 28), np.float32), "uint8"),
        ("y_test", np.zeros(9, np.uint8), "9 labels"),
        ("y_test", np.full(10, 11, np.uint8), "0 to 9"),
        ("y_train", np.zeros(10, np.uint8), "no training image of 1, 2"),
        ("y_test", np.zeros(10, np.uint8), "no test image of 1, 2"),
        ("y_test", np.array([str(digit) for digit in range(10)]), "whole numbers"),
        ("y_train", np.eye(10, dtype=np.uint8), "whole numbers"),
    ],
)
def test_arrays_that_are_not_digits_are_refused(tmp_path, key, value, said):
    np.savez(tmp_path / "digits.npz", **{**_arrays(), key: value})
    with pytest.raises(DataInvalid, match=said):
        load_npz(tmp_path / "digits.npz")


def test_a_missing_array_is_named(tmp_path):
    arrays = _arrays()
    del arrays["y_test"]
    np.savez(tmp_path / "digits.npz", **arrays)
    with pytest.raises(DataInvalid, match="y_test"):
        load_npz(tmp_path / "digits.npz")


def _bytes(save, *arrays, **named):
    stream = io.BytesIO()
    save(stream, *arrays, **named)
    return stream.getvalue()


WHOLE = _bytes(np.savez_compressed, **_arrays())
DAMAGED = {
    "cut short": WHOLE[: len(WHOLE) // 2],
    "head only": WHOLE[:10],
    "damaged inside": WHOLE[:80] + bytes(40) + WHOLE[120:],
    "a single array": _bytes(np.save, np.zeros(3)),
    "objects": _bytes(np.savez, **{**_arrays(), "x_train": np.array([{}])}),
}


@pytest.mark.parametrize("data", [None, b"", b"no archive at all", *DAMAGED.values()])
def test_a_file_that_is_no_archive_is_refused_by_its_name(tmp_path, data):
    path = tmp_path / "digits.npz"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(DataInvalid, match=r"digits\.npz"):
        load_npz(path)
    with pytest.raises(DataInvalid, match=r"digits\.npz"):
        DigitSource.from_npz(path, "train")
