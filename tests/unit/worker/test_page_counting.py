import errno
import os
import signal
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from segmentation.errors import PageUnreadable
from segmentation.page import DecodeLimits
from tests.builders import multi_page_tiff, text_named_png
from tests.builders_pdf import drawn_pdf, password_pdf, pdf
from worker import page_counting
from worker.page_counting import count_pages
from worker.page_file import FileFault

LIMITS = DecodeLimits()


def unfolding_pdf(megabytes: int) -> bytes:
    """A PDF of some kilobytes whose list of pages lies in a stream that unfolds to megabytes."""
    places = b"1 0 2 40 "
    catalogue = b"<< /Type /Catalog /Pages 2 0 R >>".ljust(40)
    pages = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    packer = zlib.compressobj(9)
    packed = packer.compress(places + catalogue + pages)
    packed += b"".join(packer.compress(b" " * 2**20) for _ in range(megabytes))
    packed = zlib.compress(packed + packer.flush(), 9)
    out, places_of = b"%PDF-1.5\n", []
    for number, body in (
        (3, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 36] >>"),
        (
            4,
            b"<< /Type /ObjStm /N 2 /First %d /Filter [/FlateDecode /FlateDecode] /Length %d >>\n"
            b"stream\n%s\nendstream" % (len(places), len(packed), packed),
        ),
    ):
        places_of.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table_at = len(out)
    entries = [(0, 0, 0), (2, 4, 0), (2, 4, 1), (1, places_of[0], 0), (1, places_of[1], 0), (1, table_at, 0)]
    table = b"".join(bytes([kind]) + at.to_bytes(4, "big") + bytes([index]) for kind, at, index in entries)
    head = b"<< /Type /XRef /Size 6 /W [1 4 1] /Root 1 0 R /Length %d >>" % len(table)
    out += b"5 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (head, table)
    return out + b"startxref\n%d\n%%%%EOF\n" % table_at


@pytest.mark.parametrize(("data", "count"), [(pdf(3), 3), (multi_page_tiff(2), 2), (unfolding_pdf(1), 1)])
def test_pages_are_counted(data: bytes, count: int) -> None:
    assert count_pages(data, limits=LIMITS) == count


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (password_pdf(), "password-protected"),
        (drawn_pdf()[:-20], "truncated"),
        (b"%PDF-1.4 nothing %%EOF", "not-an-image"),
        (text_named_png(), "not-an-image"),
    ],
)
def test_what_is_wrong_is_said_as_ever(data: bytes, code: str) -> None:
    with pytest.raises(PageUnreadable) as caught:
        count_pages(data, limits=LIMITS)
    assert caught.value.code == code
    assert caught.value.message


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
def test_a_list_of_pages_that_unfolds_to_more_than_is_allowed(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PageUnreadable) as caught:
        count_pages(unfolding_pdf(100), limits=LIMITS, memory_mb=64)
    assert caught.value.code == "out-of-memory"
    assert capfd.readouterr().err == ""


def test_a_pdf_that_takes_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()  # nobody ever writes: reading takes for ever
    monkeypatch.setattr(page_counting.page, "count_pages", lambda *_, **__: os.read(reading, 1))
    monkeypatch.setattr(page_counting, "_TIME_LIMIT_S", 1)
    with pytest.raises(PageUnreadable) as caught:
        count_pages(drawn_pdf(), limits=LIMITS)
    os.close(reading)
    os.close(writing)
    assert caught.value.code == "time-limit"
    assert "1 s" in caught.value.message


def test_no_child_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    children: list[int] = []
    fork = os.fork

    def noted() -> int:
        child = fork()
        children.append(child)
        return child

    monkeypatch.setattr(os, "fork", noted)
    count_pages(drawn_pdf(), limits=LIMITS)
    with pytest.raises(ChildProcessError):
        os.waitpid(children[0], os.WNOHANG)


def open_files() -> set[str]:
    return {link.name for link in Path("/proc/self/fd").iterdir()}


@pytest.mark.skipif(sys.platform != "linux", reason="open files are counted in /proc")
def test_a_fork_that_fails_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    blocked, opened = signal.pthread_sigmask(signal.SIG_BLOCK, ()), open_files()
    with pytest.raises(FileFault) as caught:
        count_pages(drawn_pdf(), limits=LIMITS)
    assert caught.value.code == "internal-error"
    assert "Resource temporarily unavailable" in caught.value.message
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == blocked
    assert open_files() == opened


def raising(error: Exception) -> Callable[..., int]:
    def fail(*_: object, **__: object) -> int:
        raise error

    return fail


def test_an_error_in_the_code_is_not_taken_for_a_lack_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_counting.page, "count_pages", raising(ZeroDivisionError("by\nzero")))
    with pytest.raises(FileFault) as caught:
        count_pages(drawn_pdf(), limits=LIMITS)
    assert caught.value.code == "internal-error"
    assert caught.value.message == "finding the pages of the PDF failed: ZeroDivisionError: by zero"


def test_memory_that_is_refused_to_python_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_counting.page, "count_pages", raising(MemoryError()))
    with pytest.raises(PageUnreadable) as caught:
        count_pages(drawn_pdf(), limits=LIMITS)
    assert caught.value.code == "out-of-memory"
