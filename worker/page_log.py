"""What the log of a worker says of a page that is done, for people and for programs."""

from typing import Any

from worker.presence import counted_passed_over
from worker.records import FailedPage, PageRecord

__all__ = ["fields_of", "said_of"]


def said_of(record: PageRecord) -> str:
    """Return what the log says of a page."""
    if isinstance(record, FailedPage):
        return f"failed, {record.code}: {record.message}"
    passed_over = counted_passed_over(record.processing)
    left_out = f", passed over: {passed_over}" if passed_over else ""
    return f"read in {record.timings_s.get('total', 0.0):.2f} s, numbers: {len(record.numbers)}{left_out}"


def fields_of(record: PageRecord, attempt: int) -> dict[str, Any]:
    """Return what the log says of a page, for programs."""
    if isinstance(record, FailedPage):
        return {"outcome": "failed", "code": record.code, "attempt": attempt}
    return {
        "outcome": "read" if record.numbers else "blank",
        "attempt": attempt,
        "numbers": len(record.numbers),
        "passed_over": counted_passed_over(record.processing),
        "model": record.model.id,
        "seconds": round(record.timings_s.get("total", 0.0), 3),
    }
