"""What native libraries write to standard error by themselves, kept from people who asked for quiet."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["native_chatter_hidden"]

_STDERR = 2


@contextmanager
def native_chatter_hidden() -> Iterator[None]:
    """Hide what native libraries write to standard error while they load or convert: they know no -q."""
    try:
        kept = os.dup(_STDERR)
    except OSError:  # closed by whoever started the program: nothing will be seen of it
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STDERR)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(kept, _STDERR)
        os.close(kept)
