"""The store as the program asks it: against a real server on this machine, and against bad ones."""

import http.server
import io
import logging
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fake_readers import PATIENCE_S
from tests.object_server import SECRET
from worker import object_store
from worker.errors import StoreUnreachable
from worker.object_path import ObjectPath
from worker.regular_file import FileTooLong

pytestmark = pytest.mark.objects

ROOT = Path(__file__).parents[2]

WRITER = """
import sys
from worker.durable import durable_file
from worker.object_path import ObjectPath

with durable_file(ObjectPath(*sys.argv[1:])) as stream:
    stream.write(b"half")
    stream.flush()
    print("writing", flush=True)
    stream.write(sys.stdin.buffer.read())
"""


@pytest.fixture
def place(in_reach):
    return ObjectPath(in_reach.name, "folder/a b+ä#?.png")


def test_what_was_put_is_read_and_looked_at(place):
    object_store.put(place, b"12345")

    state = object_store.look(place)

    assert object_store.read(place, most_bytes=5) == b"12345"
    assert (state.place, state.size_bytes) == (place, 5)


def test_another_version_has_another_tag(place):
    object_store.put(place, b"12345")
    before = object_store.look(place).etag
    object_store.put(place, b"12346")

    assert object_store.look(place).etag != before


def test_an_object_that_is_too_long_is_not_fetched(place):
    object_store.put(place, b"123456")

    with pytest.raises(FileTooLong):
        object_store.read(place, most_bytes=5)


@pytest.mark.parametrize("ask", [object_store.read, object_store.look])
def test_a_missing_object_is_a_missing_file(place, ask):
    with pytest.raises(FileNotFoundError):
        ask(place)


def test_a_missing_bucket_is_a_missing_file(in_reach):
    with pytest.raises(FileNotFoundError, match="no such bucket"):
        list(object_store.listing(ObjectPath("no-such-bucket")))


def test_what_may_not_be_read_is_told_from_what_is_not_there(in_reach):
    with pytest.raises(PermissionError):
        object_store.read(ObjectPath(in_reach.name, "forbidden/1.png"))


def test_only_the_first_gets_a_name(place):
    assert object_store.put_once(place, b"first")
    assert not object_store.put_once(place, b"second")
    assert object_store.read(place) == b"first"


def test_trying_whether_the_store_heeds_conditions_leaves_nothing(place, in_reach):
    object_store.put_once(place, b"")

    assert in_reach.keys() == [place.key]


def test_a_store_that_heeds_no_condition_is_found_out(place, in_reach, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", in_reach.careless_endpoint)
    object_store.forget()

    with pytest.raises(OSError, match="If-None-Match"):
        object_store.put_once(place, b"")
    assert in_reach.keys() == []


def test_a_listing_goes_on_after_a_thousand(in_reach):
    folder = ObjectPath(in_reach.name, "many")
    for number in range(1003):
        in_reach.put(f"many/{number:04d}", b"")
    in_reach.put("many/below/1", b"")

    found = list(object_store.listing(folder))

    assert [each.place.name for each in found if not isinstance(each, str)] == [
        f"{number:04d}" for number in range(1003)
    ]
    assert [each for each in found if isinstance(each, str)] == ["many/below/"]
    assert len(list(object_store.listing(folder, deep=True))) == 1004


def test_a_copy_and_a_removal(place):
    object_store.put(place, b"1")
    object_store.copy(place, place.with_name("b.png"))
    object_store.remove(place)
    object_store.remove(place)

    assert object_store.read(place.with_name("b.png")) == b"1"
    with pytest.raises(FileNotFoundError):
        object_store.look(place)


PART = 5 * 2**20  # no store takes smaller ones


@pytest.mark.parametrize(
    ("size_bytes", "parts"), [(0, 1), (PART - 1, 1), (PART, 1), (PART + 1, 2), (2 * PART + 9, 3)]
)
def test_a_large_file_goes_up_in_parts(size_bytes, parts, place, in_reach, monkeypatch):
    monkeypatch.setattr(object_store, "_IN_ONE_PUT_BYTES", PART)
    data = bytes(range(256)) * (size_bytes // 256 + 1)
    data = data[:size_bytes]

    object_store.upload(place, io.BytesIO(data))

    assert object_store.read(place) == data
    # The tag of what came in parts ends in their number.
    told = in_reach.client.head_object(Bucket=place.bucket, Key=place.key)["ETag"].strip('"')
    assert int(told.partition("-")[2] or 1) == parts


def test_what_fails_on_its_way_up_leaves_what_was_there_and_no_part(place, in_reach, monkeypatch):
    monkeypatch.setattr(object_store, "_IN_ONE_PUT_BYTES", PART)
    object_store.put(place, b"before")

    class Torn(io.BytesIO):
        def read(self, size):
            return super().read(size) if self.tell() < PART else 1 / 0

    with pytest.raises(ZeroDivisionError):
        object_store.upload(place, Torn(bytes(2 * PART)))

    assert object_store.read(place) == b"before"
    assert in_reach.client.list_multipart_uploads(Bucket=place.bucket).get("Uploads", []) == []


@pytest.fixture
def writer(place, tmp_path):
    """Give a program that is in the middle of writing an object, and its folder for temporary files."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, place.bucket, place.key],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"writing\n"
        yield process, temporary
        process.kill()


def test_a_program_that_is_killed_while_it_writes_leaves_no_file_and_no_object(place, writer):
    object_store.put(place, b"before")
    process, temporary = writer
    process.kill()
    process.wait(PATIENCE_S)
    assert list(temporary.iterdir()) == []
    assert object_store.read(place) == b"before"


def test_one_that_is_not_killed_writes_the_whole(place, writer):
    process, temporary = writer
    process.communicate(b" and whole", timeout=PATIENCE_S)
    assert list(temporary.iterdir()) == []
    assert object_store.read(place) == b"half and whole"


def test_nobody_there_is_said_within_bounds(in_reach, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://user:{SECRET}@127.0.0.1:1")
    object_store.forget()

    with pytest.raises(StoreUnreachable) as caught:
        object_store.look(ObjectPath(in_reach.name, "1.png"))
    assert "127.0.0.1:1" in caught.value.message
    assert SECRET not in caught.value.message


def test_refused_credentials_are_the_fault_of_no_object(in_reach, monkeypatch):
    for name, value in in_reach.strange_variables.items():
        monkeypatch.setenv(name, value)
    object_store.forget()

    with pytest.raises(StoreUnreachable, match="refuses the credentials") as caught:
        list(object_store.listing(ObjectPath(in_reach.name)))
    assert SECRET not in str(caught.value)


def test_without_credentials_it_says_which_variables(in_reach, monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    object_store.forget()

    with pytest.raises(StoreUnreachable, match="no credentials") as caught:
        object_store.look(ObjectPath(in_reach.name, "1.png"))
    assert "AWS_ACCESS_KEY_ID" in caught.value.remedy


def test_nothing_that_could_be_signed_with_is_logged(place, caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("botocore", "aiobotocore", "s3fs"):
        logging.getLogger(name).setLevel(logging.NOTSET)  # as in a new process

    object_store.put(place, b"")

    assert SECRET not in caplog.text


@contextmanager
def serving(answer):
    """Run a server of one answer, whatever it is asked."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.close_connection = True
            try:
                answer(self)
            except OSError:  # the other side had enough
                self.asked_too_much = True

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_what_comes_without_an_end_is_cut_off(in_reach, monkeypatch):
    def endless(handler):
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        while True:
            handler.wfile.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")

    with serving(endless) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        object_store.forget()

        with pytest.raises(FileTooLong):
            object_store.read(ObjectPath(in_reach.name, "1.png"), most_bytes=10_000_000)
        object_store.forget()


def test_what_breaks_off_is_begun_anew_and_not_added_to(in_reach, monkeypatch):
    answers = iter([b"wrong", b"wro", b"right and whole"])
    taken = []

    def cut_off_at_first(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "15")
        handler.end_headers()
        handler.wfile.write(next(answers))

    def begin():
        taken.clear()
        return taken.append

    with serving(cut_off_at_first) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        object_store.forget()
        object_store.fetch(ObjectPath(in_reach.name, "list"), begin, most_bytes=15)
        object_store.forget()
    assert b"".join(taken) == b"right and whole"


def test_what_breaks_off_is_asked_for_again_and_never_taken_for_whole(in_reach, monkeypatch):
    asked = []

    def cut_off(handler):
        asked.append(1)
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(bytes(50))

    with serving(cut_off) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        object_store.forget()

        with pytest.raises(StoreUnreachable):
            object_store.read(ObjectPath(in_reach.name, "1.png"))
        object_store.forget()
    assert len(asked) > 1
