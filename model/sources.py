"""Labelled digits from whatever people have: a file or folder is looked at, and read as what it is."""

import stat
from collections.abc import Callable
from pathlib import Path

from model.dataset_digits import Digits
from model.errors import DataInvalid
from model.npz import holds_arrays
from model.sources_fonts import is_font_folder, load_fonts
from model.sources_idx import idx_files, is_idx_name, load_idx, load_idx_folder
from model.sources_npz import load_npz
from model.sources_pictures import ENDINGS, has_classes, load_folder
from model.sources_table import load_table
from model.synth.digits import DigitSource, Split

__all__ = ["load_side", "load_source"]


def load_source(path: Path, say: Callable[[str], None] = lambda _: None) -> Digits:
    """Load digits from an ``.npz``, IDX files, a folder of pictures or fonts, or a CSV of file and label.

    Parameters
    ----------
    path : Path
        The file or folder.
    say : callable
        Told what is passed over, and how many images there are on either side.

    Returns
    -------
    Digits
        Where the source has no test part of its own, one is held out; `origin` says so.

    Raises
    ------
    DataInvalid
        Anything about it cannot be used; the message names the file, and the row of a table.
    TrainingUnavailable
        These are fonts, and what draws them is not installed.
    """
    _check_there(path)
    try:
        digits = _load(path, say)
    except OSError as error:
        raise DataInvalid(f"{path} cannot be read: {error.strerror or error}") from error
    except MemoryError as error:
        raise DataInvalid(f"{path} cannot be read: the memory does not suffice for it") from error
    say(f"{len(digits.train_labels)} images to train on, {len(digits.test_labels)} to judge by")
    return digits


def load_side(path: Path, split: Split = "test", say: Callable[[str], None] = lambda _: None) -> DigitSource:
    """Load the test or the training part of anything that :func:`load_source` takes, to write with it.

    Parameters
    ----------
    path : Path
        The file or folder. An ``.npz`` may hold this part alone: ``x_test, y_test``.
    split : {"test", "train"}
        Which part; where the source has no test part of its own, that which training holds out.
    say : callable
        Told what is passed over, and how many images there are.

    Raises
    ------
    DataInvalid
        Anything about it cannot be used; the message names the file.
    TrainingUnavailable
        These are fonts, and what draws them is not installed.
    """
    _check_there(path)
    other = "train" if split == "test" else "test"
    if holds_arrays(path, f"x_{split}", f"y_{split}") and not holds_arrays(path, f"x_{other}"):
        return DigitSource.from_npz(path, split)
    return DigitSource.of_digits(load_source(path, say), split)


def _check_there(path: Path) -> None:
    """Refuse what is not there, and what is no file: whoever opened a pipe would wait for ever."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise DataInvalid(f"no such file or folder: {path}") from None
    except OSError as error:
        raise DataInvalid(f"{path} cannot be read: {error.strerror or error}") from error
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise DataInvalid(f"{path} is neither a file nor a folder, but a pipe, a socket or a device")


def _load(path: Path, say: Callable[[str], None]) -> Digits:
    if path.is_dir():
        return _load_folder(path, say)
    if is_idx_name(path.name):
        return load_idx(path)
    if path.suffix.lower() == ".csv":
        return load_table(path, say)
    if path.suffix.lower() in ENDINGS:
        raise DataInvalid(f"{path} is a single picture; give a folder 0/ … 9/ of pictures, or a CSV of them")
    return load_npz(path)


def _load_folder(folder: Path, say: Callable[[str], None]) -> Digits:
    """Load what a folder holds, which is one kind of digits."""
    idx, classes = bool(idx_files(folder)), has_classes(folder)
    if idx and classes:
        raise DataInvalid(f"{folder} holds both IDX files and folders of digits; give one of them")
    if idx:
        return load_idx_folder(folder, say)
    if classes:
        return load_folder(folder, say)
    if is_font_folder(folder):
        return load_fonts(folder, say)
    raise DataInvalid(f"{folder} holds neither folders 0 to 9 nor IDX files (…images-idx3-ubyte) nor fonts")
