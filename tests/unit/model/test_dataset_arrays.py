"""Arrays that cannot be digits as they are: of other values, turned round, empty, or labelled twice."""

import cv2
import numpy as np
import pytest

from model.errors import DataInvalid
from model.sources import load_side, load_source
from tests.digit_files import TEST_NAMES, TRAIN_NAMES, digits, write_idx


def _one(images, place, value):
    changed = images.copy()
    changed[place] = value
    return changed


IMAGES, LABELS = digits()
#: What is wrong with the images, and what is said.
WRONG = {
    "0 to 1": (IMAGES // 128, "Received: 0 to 1; multiply the images by 255"),
    "0 to 16": (IMAGES // 16, "Received: 0 to 15; multiply the images by 17"),
    "dark on light": (255 - IMAGES, "dark on light; turn them round: 255 - images"),
    "all black": (IMAGES * 0, "nothing is on any image: every pixel is 0"),
    "all white": (IMAGES * 0 + 255, "nothing is on any image: every pixel is 255"),
    "one black": (_one(IMAGES, 17, 0), "nothing is on the image at index 17$"),
    "two white": (_one(IMAGES, [17, 20], 255), "nothing is on the image at index 17, nor on 1 others"),
    "two labels": (_one(IMAGES, 32, IMAGES[3]), "indices 3 and 32 are the same, but labelled 0 and 6"),
}


def _whole(folder, images):
    np.savez(folder / "d.npz", images=images, labels=LABELS)
    return folder / "d.npz", "d.npz"


def _train(folder, images):
    np.savez(folder / "d.npz", x_train=images, y_train=LABELS, x_test=IMAGES, y_test=LABELS)
    return folder / "d.npz", "d.npz, x_train"


def _test(folder, images):
    np.savez(folder / "d.npz", x_train=IMAGES, y_train=LABELS, x_test=images, y_test=LABELS)
    return folder / "d.npz", "d.npz, x_test"


def _idx(folder, images):
    write_idx(folder, TRAIN_NAMES)
    return write_idx(folder, TEST_NAMES, (images, LABELS)).parent, TEST_NAMES[0]


@pytest.mark.parametrize("write", [_whole, _train, _test, _idx])
@pytest.mark.parametrize(("images", "said"), WRONG.values(), ids=WRONG)
def test_images_that_cannot_be_digits_are_refused_with_what_helps(tmp_path, write, images, said):
    path, named = write(tmp_path, images)
    with pytest.raises(DataInvalid, match=f"{named}.*: .*{said}"):
        load_source(path)


@pytest.mark.parametrize(("images", "said"), WRONG.values(), ids=WRONG)
def test_so_are_those_of_a_file_that_holds_one_side(tmp_path, images, said):
    np.savez(tmp_path / "d.npz", x_test=images, y_test=LABELS)
    with pytest.raises(DataInvalid, match=rf"d\.npz: .*{said}"):
        load_side(tmp_path / "d.npz")


def _eight_by_eight(image):
    """As the digits of eight pixels that many libraries bring are enlarged."""
    small = cv2.resize(image, (8, 8), interpolation=cv2.INTER_AREA) // 16 * 16
    return cv2.resize(small, (28, 28), interpolation=cv2.INTER_LINEAR)


#: What is done to each image by those who hand digits out.
USUAL = {
    "filled to the edge": lambda image: cv2.resize(image[4:24, 4:24], (28, 28)),
    "of sixteen pixels": lambda image: cv2.resize(cv2.resize(image[4:24, 4:24], (16, 16)), (28, 28)),
    "of eight pixels": _eight_by_eight,
    "of two values": lambda image: np.uint8(255) * (image > 100),
    "grey": lambda image: image // 3 * 2,
    "on grey paper": lambda image: image // 2 + 90,
}


@pytest.mark.parametrize("change", USUAL.values(), ids=USUAL)
def test_what_people_hand_out_is_taken(tmp_path, change):
    images = np.stack([change(image) for image in IMAGES])
    np.savez(tmp_path / "d.npz", images=images, labels=LABELS)
    assert len(load_source(tmp_path / "d.npz").train_labels) == 40


def test_an_image_that_is_there_twice_under_one_label_is_taken(tmp_path):
    images, labels = np.concatenate([IMAGES, IMAGES[:3]]), np.concatenate([LABELS, LABELS[:3]])
    np.savez(tmp_path / "d.npz", images=images, labels=labels)
    found = load_source(tmp_path / "d.npz")
    assert len(found.train_labels) + len(found.test_labels) == 53
