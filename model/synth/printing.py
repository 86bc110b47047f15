"""Printed words: the faces that come with OpenCV, and any TrueType files the caller names."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["WORDS", "Face", "check_font", "print_text", "random_face", "text_size"]

Bytes = npt.NDArray[np.uint8]

#: Faces of OpenCV itself.
BUILTIN_FACES = ("sans", "italic", "uni")

#: What forms ask for. No digits: a page's printed words must never be part of its truth.
_FORM_WORDS = """
Name Date Total Amount Number Address City Country Order Invoice Quantity Price Sum Reading Meter Page
Station Room Weight Height Length Width Depth Pressure Temperature Volume Sample Batch Result Test Score
Points Marks Student Teacher School Class Section Votes Valid Invalid Party Candidate District Polling
Office Signature Remarks Comment Account Balance Credit Debit Tax Net Gross Time Hour Minute Day Month
Year Driver Vehicle Route Miles Stock Item Code Serial Part Machine Shift Operator Patient Dose Pulse
Blood Age Ward Entry Exit Count Datum Betrag Summe Menge Anzahl Zeit Ort Strasse Konto Nummer Seite
Stand Verbrauch Zahl Ergebnis Klasse Fecha Importe Cantidad Nombre Firma Ciudad Montant Somme Quantite
Nom Ville Jumlah Nama Tanggal Desa Kecamatan Petak Suara Sah Tidak Importo Somma Data Luogo Quota Prezzo
"""
WORDS = tuple(_FORM_WORDS.split())

#: How TrueType and OpenType files begin.
_FONT_MAGIC = (b"\x00\x01\x00\x00", b"true", b"OTTO", b"ttcf")


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface: a name that OpenCV knows or a path to a file, and a weight of 100..900."""

    name: str
    weight: int = 400


def check_font(path: Path) -> None:
    """Raise ValueError where a file is no font: OpenCV itself would crash on it."""
    with path.open("rb") as file:
        if file.read(4) not in _FONT_MAGIC:
            raise ValueError(f"{path} is not a TrueType or OpenType font")


def random_face(rng: np.random.Generator, fonts: Sequence[Path] = ()) -> Face:
    """Pick a face: one of OpenCV's, or of the files given.

    Raises
    ------
    ValueError
        A file is not a font.
    """
    for path in fonts:
        check_font(path)
    names = [*BUILTIN_FACES, *(str(path) for path in fonts)]
    return Face(names[int(rng.integers(len(names)))], int(rng.choice([300, 400, 400, 500, 700])))


def text_size(text: str, size_px: int, face: Face) -> tuple[int, int]:
    """Return width and height of printed text in pixels."""
    box = cv2.getTextSize((0, 0), text, (0, 0), cv2.FontFace(face.name), size_px, face.weight)
    return int(box[2]), int(box[3])


def print_text(
    layer: Bytes,
    text: str,
    left: int,
    baseline: int,
    size_px: int,
    face: Face,
    colour: tuple[int, ...],
) -> int:
    """Print onto the layer in place, with the baseline at a height; return where the text ends."""
    (end, _), _ = cv2.putText(
        layer, text, (left, baseline), colour, cv2.FontFace(face.name), size_px, face.weight
    )
    return int(end)
