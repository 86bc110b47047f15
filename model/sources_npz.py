"""``.npz`` files of digits: in the layout of Keras' MNIST, or images and labels without a test part."""

from pathlib import Path

import numpy as np

from model.dataset_arrays import check_arrays
from model.dataset_digits import Digits, checked_digits
from model.dataset_split import content_key, joined_groups, split_digits
from model.errors import DataInvalid
from model.npz import npz_arrays

__all__ = ["load_npz"]

_SPLIT = ("x_train", "y_train", "x_test", "y_test")
_WRITTEN = ("images", "labels", "writers")
_WHOLE = ("images", "labels")


def load_npz(path: Path) -> Digits:
    """Load ``x_train, y_train, x_test, y_test``, or ``images, labels`` and, where given, ``writers``.

    Of the latter a part is held out to judge by, whole writers where they are given.

    Raises
    ------
    DataInvalid
        The file is missing, no such archive, or holds something else.
    """
    arrays = npz_arrays(path, _SPLIT, _WRITTEN, _WHOLE)
    if len(arrays) == len(_SPLIT):
        for part in (0, 2):
            check_arrays(arrays[part], arrays[part + 1], f"{path}, {_SPLIT[part]}")
        digits = checked_digits(Digits(arrays[0], arrays[1], arrays[2], arrays[3], path.name))
        train, test = (labels.astype(np.uint8) for labels in (digits.train_labels, digits.test_labels))
        return Digits(digits.train_images, train, digits.test_images, test, path.name)
    images, labels, *rest = arrays
    check_arrays(images, labels, str(path))
    keys: list[list[str | None]] = [[content_key(image.tobytes()) for image in images]]
    for writers in rest:
        if writers.shape != labels.shape or writers.dtype.kind not in "iuUS":
            raise DataInvalid(
                f"{path}: writers are (N,) numbers or names. Received: {writers.shape} {writers.dtype}"
            )
        keys.append([str(writer) for writer in writers.tolist()])
    return split_digits(images, labels.tolist(), joined_groups(*keys), path.name)
