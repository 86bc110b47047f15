"""Text from outside made harmless where it is shown: no control character reaches a terminal or a log."""

__all__ = ["printable"]


def printable(text: str) -> str:
    r"""Return `text` with everything that is not printable written as an escape.

    Examples
    --------
    >>> printable("two\nlines.png")
    'two\\nlines.png'
    """
    return "".join(sign if sign.isprintable() else _escaped(sign) for sign in text)


def _escaped(sign: str) -> str:
    """Return one character as an escape of plain letters."""
    return sign.encode("unicode_escape").decode("ascii")
