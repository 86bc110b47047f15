"""Pictures of single digits, one a file: what is in a folder ``0/ … 9/``, and how they become digits."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from model.bundle import regular_bytes
from model.contract import NOT_A_DIGIT
from model.dataset_digits import Digits, checked_digits
from model.dataset_split import content_key, joined_groups, parted, split_digits
from model.errors import DataInvalid
from model.sources_framing import Ink, decode_picture, frame_digit

__all__ = ["ENDINGS", "NO_DIGIT_NAME", "Part", "Picture", "has_classes", "load_folder", "load_pictures"]

Part = Literal["train", "test"]
#: How the names of pictures end; what a file is, its content says.
ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"})
#: Pictures that phones take and that are not read here.
_OF_PHONES = frozenset({".heic", ".heif"})
#: Folder and label of what is no digit.
NO_DIGIT_NAME = "not-a-digit"
_CLASSES = {**{str(digit): digit for digit in range(10)}, NO_DIGIT_NAME: NOT_A_DIGIT}
#: What systems leave in folders without being asked.
_LEFT_BEHIND = frozenset({"thumbs.db", "desktop.ini"})
_PARTS: tuple[Part, Part] = ("train", "test")


@dataclass(frozen=True, slots=True)
class Picture:
    """One file, and what is said about it.

    Attributes
    ----------
    path : Path
        The file.
    label : int
        0..10, where 10 is "not a digit".
    place : str
        Where it is named, for errors: the file, or the row of a table.
    writer : str, optional
        Whose images are never parted.
    part : {"train", "test"}, optional
        None = somebody else decides.
    ink : {"dark", "light"}, optional
        None = the picture is asked.
    """

    path: Path
    label: int
    place: str
    writer: str | None = None
    part: Part | None = None
    ink: Ink | None = None


def has_classes(folder: Path) -> bool:
    """Tell whether a folder has one of the folders 0 to 9 and not-a-digit, or those of both parts."""
    named = {path.name for path in folder.iterdir() if path.is_dir()}
    return bool(named & set(_CLASSES)) or named >= set(_PARTS)


def _listed(folder: Path) -> list[Path]:
    """Return what is in a folder, apart from what nobody put there."""
    return sorted(
        path
        for path in folder.iterdir()
        if not path.name.startswith(".") and path.name.lower() not in _LEFT_BEHIND
    )


def _of_class(
    folder: Path,
    label: int,
    part: Part | None,
    writer: str | None = None,
    above: frozenset[tuple[int, int]] = frozenset(),
) -> Iterator[Picture]:
    """Yield the pictures below a folder; folders in it are writers. No link may lead back to one above."""
    above |= {_identity(folder)}
    for path in _listed(folder):
        if path.is_dir():
            if _identity(path) in above:
                raise DataInvalid(f"{path} leads back to a folder that it lies in: remove the link")
            name = path.name if writer is None else f"{writer}/{path.name}"
            yield from _of_class(path, label, part, name, above)
        elif path.suffix.lower() not in ENDINGS:
            how = ": save it as JPEG" if path.suffix.lower() in _OF_PHONES else ""
            raise DataInvalid(f"{path} is no picture: PNG, JPEG, BMP, TIFF and WebP are taken{how}")
        else:
            yield Picture(path, label, str(path), writer, part)


def _identity(folder: Path) -> tuple[int, int]:
    """Return what a folder is, by whichever path."""
    status = folder.stat()
    return status.st_dev, status.st_ino


def _of_folder(folder: Path, part: Part | None, say: Callable[[str], None]) -> Iterator[Picture]:
    for path in _listed(folder):
        if path.is_dir():
            if path.name not in _CLASSES:
                raise DataInvalid(
                    f"{path}: folders are called 0 to 9, after the digit on their pictures, "
                    f"or {NO_DIGIT_NAME}"
                )
            yield from _of_class(path, _CLASSES[path.name], part)
        elif path.suffix.lower() in ENDINGS:
            raise DataInvalid(f"{path} lies in no folder 0 to 9, which would say what digit it is")
        else:
            say(f"passed over {path}")


def load_folder(folder: Path, say: Callable[[str], None]) -> Digits:
    """Load a folder ``0/ … 9/`` of pictures, or one of these in ``train/`` and one in ``test/``.

    Parameters
    ----------
    folder : Path
        Beside ``0/ … 9/`` there may be ``not-a-digit/``. Folders within these are writers, by their
        names; each writer's images stay on one side.
    say : callable
        Told which files beside the folders are passed over.

    Raises
    ------
    DataInvalid
        A file is no picture, a folder is no digit, or a digit has no picture; the message names it.
    """
    if {path.name for path in _listed(folder) if path.is_dir()} == set(_PARTS):
        pictures = [p for part in _PARTS for p in _of_folder(folder / part, part, say)]
    else:
        pictures = list(_of_folder(folder, None, say))
    return load_pictures(pictures, folder.resolve().name, say)


def _framed(picture: Picture) -> tuple[NDArray[np.uint8], str]:
    """Return a picture's image, and the name of its content."""
    try:
        data = regular_bytes(picture.path)
        return frame_digit(decode_picture(data), ink=picture.ink), content_key(data)
    except OSError as error:
        raise DataInvalid(f"{picture.place} cannot be read: {error.strerror or error}") from error
    except DataInvalid as error:
        raise DataInvalid(f"{picture.place}: {error}") from error


def _named(label: int) -> str:
    return NO_DIGIT_NAME if label == NOT_A_DIGIT else str(label)


def _check_contents(pictures: Sequence[Picture], contents: Sequence[str]) -> None:
    """Raise DataInvalid if one picture is said to be two things."""
    first: dict[str, Picture] = {}
    for picture, content in zip(pictures, contents, strict=True):
        other = first.setdefault(content, picture)
        if other.label != picture.label:
            raise DataInvalid(
                f"{picture.place} and {other.place} are the same picture, "
                f"but labelled {_named(picture.label)} and {_named(other.label)}"
            )


def load_pictures(pictures: Sequence[Picture], origin: str, say: Callable[[str], None]) -> Digits:
    """Read and frame pictures, and split them into those to train on and those to judge by.

    Parameters
    ----------
    pictures : sequence of Picture
        Where any of them has a part, all of them have.
    origin : str
        Where they are named, for the manifest and for errors.
    say : callable
        Told how many there are, because many take minutes.

    Raises
    ------
    DataInvalid
        A picture cannot be used, a digit is missing, or a part holds a picture or writer of the other.
    """
    if not pictures:
        raise DataInvalid(f"{origin}: no pictures")
    say(f"framing {len(pictures)} pictures")
    nameless = sum(picture.writer is None for picture in pictures)
    if 0 < nameless < len(pictures):
        say(f"{origin}: {nameless} pictures name no writer: their hands may stand on both sides")
    # A writer's images one after the other: whoever takes the last of them takes whole writers, mostly.
    pictures = sorted(pictures, key=lambda picture: picture.writer or "")
    framed = [_framed(picture) for picture in pictures]
    contents = [content for _, content in framed]
    _check_contents(pictures, contents)
    groups = joined_groups(contents, [picture.writer for picture in pictures])
    images = np.stack([image for image, _ in framed])
    told = f"{origin}, {len(pictures)} pictures"
    if all(picture.part is None for picture in pictures):
        files = [str(picture.path) for picture in pictures]
        return split_digits(images, [picture.label for picture in pictures], groups, told, files)
    return _as_stated(pictures, images, groups, told)


def _as_stated(
    pictures: Sequence[Picture], images: NDArray[np.uint8], groups: Sequence[str], origin: str
) -> Digits:
    """Split as the pictures say, which may not part what belongs together."""
    first: dict[str, Picture] = {}
    for picture, group in zip(pictures, groups, strict=True):
        if picture.part is None:
            raise DataInvalid(f"{picture.place}: others have a part, train or test, and this one has none")
        other = first.setdefault(group, picture)
        if other.part != picture.part:
            raise DataInvalid(
                f"{picture.place} and {other.place} are of one writer or the same picture, "
                f"but one is to be trained on and one to judge by"
            )
    test = np.array([picture.part == "test" for picture in pictures], bool)
    labels = np.array([picture.label for picture in pictures], np.uint8)
    return checked_digits(parted(images, labels, groups, test, origin, [str(each.path) for each in pictures]))
