"""Text from outside made harmless."""

import pytest

from worker.escaping import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain.png", "plain.png"),
        ("Zähler Straße.png", "Zähler Straße.png"),
        ("two\nlines", r"two\nlines"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("tab\tnul\0", r"tab\tnul\x00"),
        ("right\u202eleft", r"right\u202eleft"),
        ("half \udcff", r"half \udcff"),
    ],
)
def test_printable(text, shown):
    assert printable(text) == shown
