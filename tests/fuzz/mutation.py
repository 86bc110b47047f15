"""Files that are almost what they should be: changed bytes, pieces left out, repeated, put together."""

import json
import random
import struct
import zlib
from collections.abc import Sequence

from tests.builders import PNG_MAGIC

#: Numbers at which counters and sizes turn over.
_EDGES = (0, 1, 2, 7, 8, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1)
_WIDTHS = {"B": 2**8, "H": 2**16, "L": 2**32}

#: No file grows beyond this: what costs is to be the decoder's doing.
_MOST_BYTES = 400_000

#: What stands in no honest text, by its bytes.
WORDS = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\r", b"\n" * 50, b'"', b"'", b";" * 20,
    b"9" * 5000, b"-1", b"1e999", b"NaN", b"-Infinity", b"null", b"true", b"{" * 3000, b"[" * 3000, b"," * 20,
    b"\\u0000", b"../" * 40, b"/dev/zero", b"/" * 5000, b"=1+1", b"%00", b"file://[", b"\\ud800",
    b"file:///%ff", b"\xc2\xb2",
)  # fmt: skip

#: What stands in no honest place of a JSON file.
_VALUES = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 10**400, 0.5, -0.0, 1e308, float("nan"), float("inf"), "", "x",
    "\0", "\ud800", "../../etc/passwd", "/dev/zero", "/proc/self/mem", "9" * 5000, "=1+1", "a" * 300, "file://[",
    "file:///%ff", "²", "1_0", " 1 ", [], {}, [[]], [None], {"a": 1}, [0] * 2000, "-inf", "1e999", "shipped",
)  # fmt: skip


def mutated(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    """Return a file with one to six changes; of a PNG mostly with checksums that are right again."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        rng.choice(_CHANGES)(changed, others, rng)
    out = bytes(changed[:_MOST_BYTES])
    return _with_checksums(out) if out.startswith(PNG_MAGIC) and rng.random() < 0.8 else out


def mutated_json(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    """Return a JSON file in which some values are others, are gone, or stand there twice; or any change."""
    if rng.random() < 0.3:
        return mutated(data, others, rng)
    holder = [json.loads(data)]
    for _ in range(rng.choice((1, 1, 2, 4))):
        _change_value(holder, rng)
    return json.dumps(holder[0]).encode("utf-8", "surrogatepass")


def mutated_table(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    """Return a table in which some cells are others, or any change."""
    if rng.random() < 0.4:
        return mutated(data, others, rng)
    rows = [line.split(b",") for line in data.split(b"\r\n")]
    for _ in range(rng.choice((1, 1, 2, 4))):
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = rng.choice((*WORDS, *rng.choice(rows)))
    return b"\r\n".join(b",".join(row) for row in rows)


def _change_value(holder: list | dict, rng: random.Random) -> None:
    """Change one value somewhere in there."""
    place = holder
    while True:
        keys = list(place) if isinstance(place, dict) else range(len(place))
        if not keys:
            return
        key = rng.choice(list(keys))
        inner = place[key]
        if not isinstance(inner, list | dict) or not inner or (place is not holder and rng.random() < 0.15):
            break
        place = inner
    what = rng.random()
    if what < 0.7:
        place[key] = rng.choice(_VALUES)
    elif what < 0.85 and place is not holder:
        del place[key]
    elif isinstance(place, dict):
        place[f"{key}x"] = place[key]
    else:
        place.append(place[key])


def _flip(data: bytearray, _others: Sequence[bytes], rng: random.Random) -> None:
    if data:
        data[_at(data, rng)] ^= 1 << rng.randrange(8)


def _set(data: bytearray, _others: Sequence[bytes], rng: random.Random) -> None:
    if data:
        data[_at(data, rng)] = rng.randrange(256)


def _number(data: bytearray, _others: Sequence[bytes], rng: random.Random) -> None:
    letter, order = rng.choice("BHL"), rng.choice("<>")
    size = struct.calcsize(order + letter)
    if len(data) > size:
        at = min(_at(data, rng), len(data) - size)
        struct.pack_into(order + letter, data, at, rng.choice(_EDGES) % _WIDTHS[letter])


def _leave_out(data: bytearray, _others: Sequence[bytes], rng: random.Random) -> None:
    at = _at(data, rng)
    del data[at : at + _length(rng)]


def _repeat(data: bytearray, _others: Sequence[bytes], rng: random.Random) -> None:
    at = _at(data, rng)
    data[at:at] = data[at : at + _length(rng)] * rng.choice((1, 1, 2, 20))


def _insert(data: bytearray, _others: Sequence[bytes], rng: random.Random) -> None:
    at = _at(data, rng)
    data[at:at] = rng.choice(WORDS)


def _cut(data: bytearray, _others: Sequence[bytes], rng: random.Random) -> None:
    del data[_at(data, rng) :]


def _splice(data: bytearray, others: Sequence[bytes], rng: random.Random) -> None:
    other = rng.choice(others)
    start = rng.randrange(len(other) + 1)
    at = _at(data, rng)
    data[at : at + _length(rng)] = other[start : start + _length(rng)]


_CHANGES = (_flip, _flip, _set, _set, _number, _number, _number, _leave_out, _repeat, _insert, _cut, _splice)


def _at(data: bytearray, rng: random.Random) -> int:
    """Return a place, in the header as often as elsewhere."""
    return rng.randrange(min(len(data), 200) if rng.random() < 0.5 else len(data)) if data else 0


def _length(rng: random.Random) -> int:
    return rng.choice((1, 2, 4, 8, 16, 64, 256, 2048))


def _with_checksums(data: bytes) -> bytes:
    """Put the right checksum behind each chunk of a PNG: a wrong one would be all that is found."""
    out, at = bytearray(data), len(PNG_MAGIC)
    while at + 12 <= len(out):
        (length,) = struct.unpack_from(">L", out, at)
        end = at + 8 + length
        if end + 4 > len(out):
            break
        struct.pack_into(">L", out, end, zlib.crc32(out[at + 4 : end]))
        at = end + 4
    return bytes(out)
