"""What the native decoders say on standard error, and what of it means that pixels are lost.

They have no other way to say that they filled up what was missing: the picture that they return looks
whole. So standard error is caught while they work. What they say never reaches the user, who would not
know of which file it is said.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from segmentation.errors import PageUnreadable

__all__ = ["caught_messages", "doubts_in", "means_no_memory"]

_STDERR: Final = 2
#: More than the first complaints of a file are never looked at.
_KEPT_BYTES: Final = 65_536

#: Of libjpeg, also from within a TIFF: compressed pixels are missing or make no sense. Of libtiff: every
#: error (not every warning) is a row or strip that it could not decode, and so are these warnings of
#: codings in which one wrong bit spoils all that follows.
_DAMAGE: Final = re.compile(
    r"premature end of|bad huffman code|found marker 0x\w+ instead of rst|inconsistent progression"
    r"|extraneous bytes before marker 0x(?!d9)\w+"
    r"|TIFF_Error|Fax4Decode: (Line length|Premature)|(PackBits|LZW|ZIP)\w*: ",
    re.IGNORECASE,
)
#: A fax line that is too short or long: on the telephone that was noise, in a file full of it damage.
_BAD_FAX_LINE: Final = re.compile(r"Fax3\w*: (Line length mismatch|Premature EOL) at line \d+")
_MAX_BAD_FAX_LINES: Final = 10
_LEFT_OVER: Final = re.compile(r"Corrupt JPEG data: (\d+) extraneous bytes before marker 0xd9")
#: So many bytes behind the last pixel may hold anything: padding, a slip of the writer.
_MAX_LEFT_OVER_BYTES: Final = 8
_NO_MEMORY: Final = re.compile(
    r"insufficient memory|out of memory|bad_alloc|failed to allocate|no space for", re.IGNORECASE
)


@contextmanager
def caught_messages() -> Iterator[list[str]]:
    """Catch what is written to standard error, by native code too.

    Whatever else this process writes there meanwhile is caught with it: meant for a process that
    does one thing at a time.

    Yields
    ------
    list of str
        Empty at first; the lines, when the block has ended.
    """
    messages: list[str] = []
    kept = _dup_standard_error()
    reading, writing = os.pipe()
    # Full, it takes no more instead of holding up the decoder.
    os.set_blocking(writing, False)
    os.dup2(writing, _STDERR)
    os.close(writing)
    try:
        yield messages
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)
        messages += _read_all(reading).decode("utf-8", "replace").splitlines()
        os.close(reading)


def doubts_in(messages: list[str], payload: bytes) -> tuple[str, ...]:
    """Return what somebody who relies on the page should know of the decoders' complaints.

    Most of what they say is of no concern here: colour profiles, tags of scanners' makers.

    Parameters
    ----------
    messages : list of str
        Lines from :func:`caught_messages`.
    payload : bytes
        What was decoded.

    Raises
    ------
    PageUnreadable
        A complaint means that pixels are missing or not to be trusted.

    Examples
    --------
    >>> doubts_in(["libpng warning: iCCP: known incorrect sRGB profile"], b"")
    ()
    >>> doubts_in(["Corrupt JPEG data: 2 extraneous bytes before marker 0xd9"], b"")
    ('bytes that belong to no pixel lie behind the last pixel of the JPEG',)
    """
    if any(map(_DAMAGE.search, messages)):
        raise PageUnreadable("truncated", "pixel data are missing or damaged")
    doubts = []
    left_over = [int(found[1]) for found in map(_LEFT_OVER.search, messages) if found]
    if not all(_is_padding(payload, count) for count in left_over):
        raise PageUnreadable("truncated", "the pixel data of the JPEG are damaged")
    if left_over:
        doubts.append("bytes that belong to no pixel lie behind the last pixel of the JPEG")
    bad_lines = sum(map(bool, map(_BAD_FAX_LINE.search, messages)))
    if bad_lines > _MAX_BAD_FAX_LINES:
        raise PageUnreadable("truncated", "the fax data of the TIFF are damaged")
    if bad_lines:
        doubts.append(f"lines of the fax that are damaged: {bad_lines}")
    return tuple(doubts)


def means_no_memory(message: str) -> bool:
    """Tell whether a decoder says that it was given no more memory."""
    return _NO_MEMORY.search(message) is not None


def _is_padding(payload: bytes, count: int) -> bool:
    """Tell whether so many bytes before the end of a JPEG's pixels hold no pixels."""
    if count <= _MAX_LEFT_OVER_BYTES:
        return True
    end = payload.rfind(b"\xff\xd9")
    return len(set(payload[max(end - count, 0) : end])) == 1


def _dup_standard_error() -> int:
    """Return another descriptor of standard error, which whoever started the program may have closed."""
    try:
        return os.dup(_STDERR)
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        if nowhere != _STDERR:
            os.dup2(nowhere, _STDERR)
            os.close(nowhere)
        return os.dup(_STDERR)


def _read_all(reading: int) -> bytes:
    """Return what a pipe holds, whose writing end may still be open in a child of this process."""
    os.set_blocking(reading, False)
    try:
        return os.read(reading, _KEPT_BYTES)
    except BlockingIOError:
        return b""
