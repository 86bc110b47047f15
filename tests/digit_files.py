"""Digits in files of every kind that people hand out, written by the tests."""

import csv
import gzip

import cv2
import numpy as np

from model.sources_framing import frame_digit
from model.synth.digits import DigitSource

SAMPLE = DigitSource.builtin()
TRAIN_NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
TEST_NAMES = ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def digits(each=5, start=0):
    """So many images of each digit, all different, with their labels."""
    places = [np.flatnonzero(SAMPLE.labels == digit)[start : start + each] for digit in range(10)]
    chosen = np.concatenate(places)
    return SAMPLE.images[chosen], SAMPLE.labels[chosen]


def moved(images):
    """Images that the program does not hold: everything a pixel to the right."""
    return np.roll(images, 1, axis=2)


def idx(array):
    """The IDX file of an array."""
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def write_idx(folder, names=TRAIN_NAMES, arrays=None, *, packed=False):
    """Write images and labels; return the file of images."""
    folder.mkdir(exist_ok=True)
    paths = [folder / (f"{name}.gz" if packed else name) for name in names]
    for path, array in zip(paths, digits() if arrays is None else arrays, strict=True):
        path.write_bytes(gzip.compress(idx(array)) if packed else idx(array))
    return paths[0]


def on_paper(image, *, scale=4, paper=225, ink=40):
    """A digit as a scan shows it: larger, dark on light, or light on dark where ink is the lighter one."""
    size = (28 * scale, 28 * scale)
    strength = cv2.resize(image, size, interpolation=cv2.INTER_CUBIC).astype(np.float64) / 255
    return np.rint(paper + (ink - paper) * strength.clip(0, 1)).astype(np.uint8)


def write_picture(path, image, **look):
    """Write a digit on paper; return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, on_paper(image, **look))[1].tobytes())
    return path


def write_classes(folder, each=3, *, start=0, writer=""):
    """Write a folder 0/ … 9/; return the pictures."""
    images, labels = digits(each, start)
    return [
        write_picture(folder / str(label) / writer / f"{start + k}.png", image)
        for k, (image, label) in enumerate(zip(images, labels, strict=True))
    ]


def write_table(path, rows, columns=("file", "label"), *, delimiter=",", encoding="utf-8"):
    """Write a CSV; return its path."""
    with path.open("w", newline="", encoding=encoding) as stream:
        csv.writer(stream, delimiter=delimiter).writerows([columns, *rows])
    return path


def image_set(images):
    """Images as something that can be compared whatever their order: how often each is there."""
    found, counts = np.unique(images.reshape(len(images), -1), axis=0, return_counts=True)
    return {image.tobytes(): int(count) for image, count in zip(found, counts, strict=True)}


def framed(images):
    """What pictures of these digits become."""
    return np.stack([frame_digit(on_paper(image)) for image in images])


def of_digit(found, digit):
    """All images of a digit, of both parts."""
    train, test = found.train_labels == digit, found.test_labels == digit
    return np.concatenate([found.train_images[train], found.test_images[test]])
