"""A folder of fonts as hands: the digits of each font in varied form, and its letters as what is no digit.

Characters are turned, slanted, stretched and bent while they are large, so that strokes stay crisp, then
framed as every picture of a digit is, and some of them written anew with a thinner or bolder pen.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from model.contract import NOT_A_DIGIT
from model.dataset_digits import Digits
from model.dataset_split import content_key, split_digits
from model.errors import DataInvalid
from model.fonts.catalogue import Fetched, read_manifest
from model.fonts.faces import ENDINGS, FontFace
from model.recipe_augment import rewritten
from model.sources_framing import frame_digit
from model.synth.marks import CLEAR_LETTERS

__all__ = ["is_font_folder", "load_fonts"]

Bytes = NDArray[np.uint8]

#: How often each digit of a font is drawn, and each character that is none: as many in all, nearly.
DIGIT_FORMS, OTHER_FORMS = 16, 4
#: Signs that nobody takes for a digit; letters are those that the page maker uses.
SIGNS = "+=#%?@*÷€"
#: Turned by up to so many degrees, and slanted by up to so many px a px.
TURN_DEG, SLANT = 8.0, 0.2
#: Height against width is changed by up to this factor, either way; what is narrower than this share of its
#: height is not narrowed further: the strokes of a 4 would run into one.
STRETCH, NARROW = 1.25, 0.55
#: Side of the tile that a character is bent on, and of the character there, in px.
TILE_PX, INK_PX = 72, 44
#: Knots of the bending a side, and how far each is moved, in shares of the character's longer side (1 sigma).
KNOTS, BEND = 5, 0.025
#: Share of the images that are written with another pen, and by how much on each side, in px of 28.
REWRITTEN, NARROWER_PX, WIDER_PX = 0.5, 0.4, 0.4


@dataclass(frozen=True, slots=True)
class _Hand:
    """What one font gives: images, their labels, and its family."""

    images: Bytes
    labels: list[int]
    family: str


def is_font_folder(folder: Path) -> bool:
    """Tell whether a folder, or one within it, holds a font: ``.ttf``, ``.otf`` or ``.woff``."""
    return next(_font_files(folder), None) is not None


def load_fonts(folder: Path, say: Callable[[str], None]) -> Digits:
    """Draw the digits of a folder's fonts, and letters and signs as what is no digit.

    Parameters
    ----------
    folder : Path
        Holds ``.ttf``, ``.otf`` or ``.woff`` files, itself or in folders within; other files are passed over.
        Where it was fetched, its manifest vouches for the files.
    say : callable
        Told how many fonts there are, because many take a while, and what is passed over.

    Returns
    -------
    Digits
        A family is on one side as a whole. The same files give the same images, whatever they are called.

    Raises
    ------
    DataInvalid
        A file is no font, lacks a digit, or is not what the manifest says; the message names it. Or there are
        too few families to hold one out.
    TrainingUnavailable
        Pillow is not installed.
    """
    faces, told = _faces(folder, say)
    say(f"drawing {len(faces)} fonts")
    # By content, so that neither names of files nor of folders matter.
    hands = [_hand(faces[key], key) for key in sorted(faces)]
    return split_digits(
        np.concatenate([hand.images for hand in hands]),
        [label for hand in hands for label in hand.labels],
        [hand.family for hand in hands for _ in hand.labels],
        f"{folder.resolve().name}, {len(hands)} fonts ({', '.join(sorted(set(told)))})",
    )


def _faces(folder: Path, say: Callable[[str], None]) -> tuple[dict[str, FontFace], list[str]]:
    """Open and check a folder's fonts; return them by their content, and what each is called."""
    manifest = read_manifest(folder)
    _check_present(folder, manifest)
    faces: dict[str, FontFace] = {}
    told: list[str] = []
    for path in sorted(_font_files(folder)):
        data = path.read_bytes()
        entry = manifest.get(path.relative_to(folder).as_posix())
        _check_unchanged(path, data, entry)
        key = content_key(data)
        if key in faces:
            say(f"passed over {path}: another file holds the same font")
            continue
        faces[key] = FontFace(data, path)
        _check_digits(faces[key], path)
        told.append(f"{faces[key].family} {entry.version}" if entry else faces[key].family)
    return faces, told


def _font_files(folder: Path) -> Iterator[Path]:
    """Yield the fonts of a folder and of those within it; hidden ones are passed over."""
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in ENDINGS and not hidden and path.is_file():
            yield path


def _check_present(folder: Path, manifest: dict[str, Fetched]) -> None:
    """Raise DataInvalid if a font is missing that was fetched: fewer hands would be trained on unnoticed."""
    for name in manifest:
        if not (folder / name).is_file():
            raise DataInvalid(f"{folder / name} is missing; fetch the fonts again")


def _check_unchanged(path: Path, data: bytes, entry: Fetched | None) -> None:
    if entry is not None and content_key(data) != entry.sha256:
        raise DataInvalid(f"{path} is not the font that was fetched; delete it and fetch the fonts again")


def _check_digits(face: FontFace, path: Path) -> None:
    """Raise DataInvalid if a font lacks a digit."""
    for digit in "0123456789":
        if face.draw(digit) is None:
            raise DataInvalid(f"{path}: the font has no {digit}")


def _hand(face: FontFace, key: str) -> _Hand:
    """Draw a font's characters, varied by a seed that its content gives."""
    rng = np.random.default_rng(int(key[:16], 16))
    images: list[Bytes] = []
    labels: list[int] = []
    for character, label, forms in _wanted():
        ink = face.draw(character)
        if ink is None:
            continue
        images += [frame_digit(_varied(rng, ink), ink="light") for _ in range(forms)]
        labels += [label] * forms
    return _Hand(_with_other_pens(rng, np.stack(images)), labels, face.family)


def _wanted() -> Iterator[tuple[str, int, int]]:
    """Yield each character with its label and how often it is drawn."""
    for digit in range(10):
        yield str(digit), digit, DIGIT_FORMS
    for character in CLEAR_LETTERS + SIGNS:
        yield character, NOT_A_DIGIT, OTHER_FORMS


def _varied(rng: np.random.Generator, ink: Bytes) -> Bytes:
    """Return a character turned, slanted, stretched and bent, in the middle of a tile: ink = 255."""
    turn, slant = np.deg2rad(rng.uniform(-TURN_DEG, TURN_DEG)), rng.uniform(-SLANT, SLANT)
    least = 0.0 if ink.shape[1] < NARROW * ink.shape[0] else -1.0
    wide = STRETCH ** (rng.uniform(least, 1) / 2)
    scale = max(ink.shape) / INK_PX
    place = (np.arange(TILE_PX, dtype=np.float64) - (TILE_PX - 1) / 2) * scale
    across, down = np.meshgrid(place, place)
    knots = rng.normal(0, BEND * max(ink.shape), (KNOTS, KNOTS, 2)).astype(np.float32)
    bends = cv2.resize(knots, (TILE_PX, TILE_PX), interpolation=cv2.INTER_CUBIC)
    columns = (np.cos(turn) * across + (np.sin(turn) + slant) * down) / wide + bends[..., 0]
    rows = (-np.sin(turn) * across + np.cos(turn) * down) * wide + bends[..., 1]
    middle = (np.array(ink.shape) - 1) / 2
    return np.asarray(
        cv2.remap(
            ink,
            (columns + middle[1]).astype(np.float32),
            (rows + middle[0]).astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=0,
        ),
        np.uint8,
    )


def _with_other_pens(rng: np.random.Generator, images: Bytes) -> Bytes:
    """Write some of the images anew, thinner or bolder."""
    chosen = np.flatnonzero(rng.random(len(images)) < REWRITTEN)
    by = rng.uniform(-NARROWER_PX, WIDER_PX, len(chosen)).astype(np.float32)
    result = images.copy()
    if len(chosen):
        result[chosen] = rewritten(images[chosen], by)
    return result
