"""What a process that reads may take, so that one page never takes the machine down.

A file of two kilobytes can ask for all the memory there is: a PDF whose parts contain each other, a
picture deflated a thousand to one. What a page may cost is therefore stated, and the system holds the
process to it: memory that is asked for beyond is refused. Python code then fails with a MemoryError,
native code mostly ends its process, which costs the page and nothing else.
"""

import re
from pathlib import Path

__all__ = ["is_out_of_memory", "limit_memory"]

_STATUS = Path("/proc/self/status")
_DATA_SIZE = re.compile(r"^VmData:\s+(\d+) kB$", re.MULTILINE)
#: How OpenCV says it, the runtime of the network, and the system.
_NO_MEMORY = re.compile(
    r"insufficient memory|bad_alloc|failed to allocate|out of memory|cannot allocate memory", re.IGNORECASE
)


def limit_memory(megabytes: int) -> None:
    """Let this process take so much memory beside what it takes already; a smaller limit stays.

    On Linux only; elsewhere nothing is limited. Address space without memory behind it, which
    threads and the network's runtime reserve plenty of, does not count.

    Parameters
    ----------
    megabytes : int
        Of 2**20 bytes.
    """
    used_bytes = _data_bytes()
    if used_bytes is None:
        return
    import resource

    limit_bytes = used_bytes + megabytes * 2**20
    _lower(resource.RLIMIT_DATA, limit_bytes)
    # Whoever is ended for its memory would write all of it to the disk.
    _lower(resource.RLIMIT_CORE, 0)


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an error says that there was no memory left, in whatever library it arose."""
    return isinstance(error, MemoryError) or _NO_MEMORY.search(str(error)) is not None


def _lower(what: int, limit: int) -> None:
    """Set a limit unless a smaller one is set."""
    import resource

    soft, hard = resource.getrlimit(what)
    allowed = [limit, *(value for value in (soft, hard) if value != resource.RLIM_INFINITY)]
    resource.setrlimit(what, (min(allowed), hard))


def _data_bytes() -> int | None:
    """Return what counts against the limit already; None where the system does not say."""
    try:
        found = _DATA_SIZE.search(_STATUS.read_text())
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None
