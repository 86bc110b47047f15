"""Which fonts are fetched, and what the folder of fetched ones says about itself."""

import csv
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from model.errors import DataInvalid

__all__ = ["CATALOGUE", "MANIFEST", "Fetched", "Package", "read_catalogue", "read_manifest", "write_manifest"]

#: The fonts whose digits were looked at and found fit.
CATALOGUE = Path(__file__).with_name("catalogue.csv")
#: What a folder of fetched fonts holds beside them.
MANIFEST = "fonts.json"


@dataclass(frozen=True, slots=True)
class Package:
    """A font family in a package of npm.

    Attributes
    ----------
    name, version : str
        Of ``@fontsource/NAME``.
    licence : str
        By its SPDX identifier.
    kind : str
        ``handwriting`` or ``printed``.
    sha256 : str
        Of the package as npm hands it out.
    """

    name: str
    version: str
    licence: str
    kind: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """A font file that was fetched.

    Attributes
    ----------
    file : str
        Its name, beside the manifest.
    family : str
        What the typeface is called.
    version, licence, kind : str
        As :class:`Package` has them.
    sha256 : str
        Of the file.
    """

    file: str
    family: str
    version: str
    licence: str
    kind: str
    sha256: str


def read_catalogue(path: Path = CATALOGUE) -> list[Package]:
    """Read the list of packages: a CSV whose columns are those of :class:`Package`."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Package(**row) for row in csv.DictReader(file)]


def read_manifest(folder: Path) -> dict[str, Fetched]:
    """Read what a folder says about its fonts.

    Parameters
    ----------
    folder : Path
        Of fonts.

    Returns
    -------
    dict
        By the names of the files; empty where the fonts were not fetched but are somebody's own.

    Raises
    ------
    DataInvalid
        The manifest is no such thing.
    """
    path = folder / MANIFEST
    if not path.is_file():
        return {}
    try:
        entries = [Fetched(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))["fonts"]]
    except (ValueError, TypeError, KeyError) as error:
        raise DataInvalid(f"{path} is damaged; delete it and fetch the fonts again") from error
    return {entry.file: entry for entry in entries}


def write_manifest(folder: Path, fetched: list[Fetched]) -> None:
    """Write what a folder's fonts are; what was there is replaced as a whole."""
    partial = folder / f"{MANIFEST}.partial"
    entries = [asdict(entry) for entry in sorted(fetched, key=lambda entry: entry.file)]
    partial.write_text(json.dumps({"fonts": entries}, indent=2) + "\n", encoding="utf-8")
    partial.replace(folder / MANIFEST)
