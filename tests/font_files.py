"""Font files for tests: those that come with Matplotlib, and others made of them."""

import importlib.util
import io
from pathlib import Path

import pytest


def font_file(name="DejaVuSans"):
    """A font of Matplotlib's."""
    pytest.importorskip("PIL", reason="fonts need the extra `train`")
    found = importlib.util.find_spec("matplotlib")
    assert found is not None
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" / f"{name}.ttf"


def remade(name="DejaVuSans", *, without="", woff=False):
    """The bytes of a font without some of its characters, packed or not."""
    from fontTools.ttLib import TTFont

    font = TTFont(font_file(name))
    for table in font["cmap"].tables:
        for character in without:
            table.cmap.pop(ord(character), None)
    font.flavor = "woff" if woff else None
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()
