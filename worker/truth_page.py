"""What is really written on a page, and how numbers are compared with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from worker.errors import NoUsableInput

__all__ = [
    "Compared",
    "TruthPage",
    "checked_number",
    "compared_text",
    "digits_of",
    "tells_signs",
    "truth_error",
]

#: What has to be alike for a number to be right: its digits, or also the signs between and before them.
Compared = Literal["digits", "text"]

_DIGITS = frozenset("0123456789")

#: Signs that count where texts are compared; currencies, units and spaces do not.
_SIGNS = frozenset("+-.,:/'")

#: Ways to write a minus and an apostrophe.
_ALIKE = str.maketrans({"−": "-", "–": "-", "‐": "-", "’": "'"})


@dataclass(frozen=True, slots=True)
class TruthPage:
    """The numbers of a page, or of a whole file, in reading order.

    Attributes
    ----------
    rows : tuple of tuple of str
        Row by row, from left to right.
    file : str
        As the truth names it.
    page : int, optional
        Counted from 1; None = all pages of the file.
    kind : str
        What sort of page it is; empty = nothing is said of it.
    extra_ok : bool
        The page also holds digits nobody asks for, so that only what is missing counts.
    join : bool
        Where a number ends is anybody's guess: a row counts as one.
    any_order : bool
        The order of the numbers says nothing.
    place : str
        File and row or entry of the truth, as errors name it.
    """

    rows: tuple[tuple[str, ...], ...]
    file: str = ""
    page: int | None = None
    kind: str = ""
    extra_ok: bool = False
    join: bool = False
    any_order: bool = False
    place: str = ""

    @property
    def numbers(self) -> tuple[str, ...]:
        """What counts as a number, in reading order."""
        if self.join:
            return tuple(joined for row in self.rows if (joined := "".join(row)))
        return tuple(text for row in self.rows for text in row)

    @property
    def shown(self) -> str:
        """File and page, for people."""
        return self.file if self.page is None else f"{self.file}, page {self.page}"


def digits_of(text: str) -> str:
    """Return the digits of a text alone."""
    return "".join(sign for sign in text if sign in _DIGITS)


def compared_text(text: str, compared: Compared) -> str:
    """Return what of a text has to be alike.

    Examples
    --------
    >>> compared_text("−12,50 €", "text"), compared_text("−12,50 €", "digits")
    ('-12,50', '1250')
    """
    if compared == "digits":
        return digits_of(text)
    return "".join(sign for sign in text.translate(_ALIKE) if sign in _DIGITS or sign in _SIGNS)


def tells_signs(pages: Iterable[TruthPage]) -> bool:
    """Tell whether a truth writes down more than digits anywhere."""
    return any(
        compared_text(text, "text") != digits_of(text)
        for page in pages
        for texts in page.rows
        for text in texts
    )


def checked_number(text: str, place: str) -> str:
    """Return a number of the truth; empty where there is none.

    Raises
    ------
    NoUsableInput
        It has no digit, or one that is not known.
    """
    text = text.strip()
    if not text:
        return ""
    if "?" in text:
        raise truth_error(f"{place}: a digit that nobody knows cannot be compared. Received: {text!r}")
    if not digits_of(text):
        raise truth_error(f"{place}: a number has digits. Received: {text!r}")
    return text


def truth_error(message: str) -> NoUsableInput:
    """Say what is wrong with a truth, and where its forms are explained."""
    return NoUsableInput(message, remedy="docs/evaluate.md says what --truth takes.")
