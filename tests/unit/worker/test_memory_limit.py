"""The limit is set in processes of their own: it would stay, and these tests need memory too."""

import subprocess
import sys

import pytest

from worker.memory_limit import is_out_of_memory

resource = pytest.importorskip("resource", reason="memory is limited on Linux only")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")

TAKE = "print(len(bytearray({} * 2**20)) >> 20)"
LIMIT = "from worker.memory_limit import limit_memory; limit_memory({})"


def run(*lines: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False, timeout=60
    )


def test_what_is_within_the_limit_is_given() -> None:
    assert run(LIMIT.format(64), TAKE.format(40)).stdout == "40\n"


def test_what_is_beyond_it_is_refused() -> None:
    result = run(LIMIT.format(64), TAKE.format(80))
    assert result.stdout == ""
    assert "MemoryError" in result.stderr


def test_what_the_process_takes_already_does_not_count() -> None:
    assert run("kept = bytearray(100 * 2**20)", LIMIT.format(64), TAKE.format(40)).stdout == "40\n"


def test_reserved_addresses_do_not_count() -> None:
    reserve = "import mmap; kept = mmap.mmap(-1, 2**30, prot=mmap.PROT_READ)"
    assert run(LIMIT.format(64), reserve, TAKE.format(40)).stdout == "40\n"


def test_a_smaller_limit_stays() -> None:
    assert run(LIMIT.format(64), LIMIT.format(1000), TAKE.format(80)).stdout == ""


def test_a_process_that_is_ended_writes_none_of_its_memory_to_the_disk() -> None:
    if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        pytest.skip("this machine lets no process write any")
    as_much_as_it_may = "import resource as r; r.setrlimit(r.RLIMIT_CORE, 2 * r.getrlimit(r.RLIMIT_CORE)[1:])"
    told = "print(r.getrlimit(r.RLIMIT_CORE)[0])"
    assert run(as_much_as_it_may, told).stdout not in ("", "0\n")
    assert run(as_much_as_it_may, LIMIT.format(64), told).stdout == "0\n"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (RuntimeError("std::bad_alloc"), True),
        (OSError(12, "Cannot allocate memory"), True),
        (RuntimeError("(-4:Insufficient memory) Failed to allocate 1000 bytes"), True),
        (ValueError("a digit too many"), False),
    ],
)
def test_every_library_says_it_in_its_own_way(error: Exception, expected: bool) -> None:
    assert is_out_of_memory(error) is expected
