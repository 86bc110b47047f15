"""Which program this is, for every record it writes."""

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

from worker.records import ToolRecord

__all__ = ["tool_record"]


@lru_cache(maxsize=1)
def tool_record() -> ToolRecord:
    """Return name and version; a checkout that was never installed has version ``unknown``."""
    try:
        return ToolRecord(version=version("digitize"))
    except PackageNotFoundError:
        return ToolRecord(version="unknown")
