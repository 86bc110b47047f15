"""Passwords in what the program says: none gets out, whichever library mentions it.

Addresses are masked where they are shown (:func:`worker.broker_url.mask_url`). This is the net below,
for what libraries put into their errors and logs.
"""

from collections.abc import Callable
from urllib.parse import unquote

from worker.broker_url import secret_of

__all__ = ["Mask", "mask_for", "nothing_masked"]

Mask = Callable[[str], str]

_MASKED = "***"

#: What a password stands between in an address.
_AROUND = ((":", "@"), ("//", "@"), ("//", ":"))

#: A shorter password stands in words and numbers, too: of these only what stands in an address is masked.
_LEAST_LETTERS = 4


def nothing_masked(text: str) -> str:
    """Return `text`: where no secret is known there is none to be kept."""
    return text


def mask_for(url: str | None) -> Mask:
    """Return what replaces the password of an address wherever it stands in a text.

    Parameters
    ----------
    url : str or None
        The broker's address.

    Examples
    --------
    >>> mask_for("redis://:sec%2Fret@host/0")("AUTH sec/ret refused by redis://:sec%2Fret@host/0")
    'AUTH *** refused by redis://:***@host/0'
    """
    password = secret_of(url) if url else ""
    if not password:
        return nothing_masked
    # A password without its colon stands where a user does, and the library of the queue writes it there.
    replaced = {f"{before}{password}{after}": f"{before}{_MASKED}{after}" for before, after in _AROUND}
    for spelling in sorted({password, unquote(password)}, key=len, reverse=True):
        if len(spelling) >= _LEAST_LETTERS:
            replaced[spelling] = _MASKED

    def mask(text: str) -> str:
        for secret, instead in replaced.items():
            text = text.replace(secret, instead)
        return text

    return mask
