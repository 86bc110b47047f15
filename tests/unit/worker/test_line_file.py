"""Lines in a temporary file: what was written is read, and what was taken away is not."""

import pytest

from worker.line_file import TemporaryLines
from worker.regular_file import FileTooLong


def test_what_is_begun_anew_holds_nothing_of_before():
    lines = TemporaryLines()
    lines.write([b"a long line\n", b"half"])
    lines.clear()
    lines.write([b"one\n", b"two\n"])
    assert [*lines.read()] == [b"one", b"two"]
    assert lines.size_bytes == 8


def test_a_line_that_is_too_long_is_not_read():
    lines = TemporaryLines()
    lines.write([b"x" * 20_000])
    assert [*lines.read(most_bytes=20_000)] == [b"x" * 20_000]
    with pytest.raises(FileTooLong, match="more than 10000 bytes"):
        list(lines.read(most_bytes=10_000))
