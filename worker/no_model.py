"""What is said where a name is that of no model, or a model turns out to be damaged."""

from pathlib import Path

from worker.errors import ModelRefused

__all__ = ["WHOLE_AGAIN", "no_model"]

#: What to do about a damaged model, which may be the current one.
WHOLE_AGAIN = (
    "Copy its folder anew from where it is whole. If it is the current one, `digitize models rollback` "
    "brings the last one back; if it came with the program, install that again."
)
_HOW = "Name one of `digitize models list`, or a model's folder."
#: How much of what names no model is repeated.
_SHOWN_OF_NAME = 100


def no_model(wanted: str, registry: Path) -> ModelRefused:
    """Return the error for what names no model in the folder of a registry, whatever stands there instead."""
    shown = wanted if len(wanted) <= _SHOWN_OF_NAME else f"{wanted[:_SHOWN_OF_NAME]}…"
    return ModelRefused(f"no model {shown!r} in {registry}, and no such folder", remedy=_HOW)
