"""How the pages of a job are to be read, as it stands in the job file."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from model.registry import SHIPPED_NAME
from segmentation.page import DecodeLimits
from worker.printed import Printed

__all__ = ["ReadOptions", "differences"]

Count = Annotated[int, Field(ge=1)]


class ReadOptions(BaseModel):
    """How the pages of a job are to be read; fixed when the job is submitted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pdf_dpi: Count = 200
    max_image_pixels: Count = 200_000_000
    max_file_bytes: Count = 500_000_000
    max_pages: Count = 10_000
    save_overlays: bool = False
    save_crops: bool = False
    accept_confidence: Annotated[float, Field(ge=0.0, le=1.0)] | None = None
    max_error_rate: Annotated[float, Field(gt=0.0, lt=1.0)] | None = None
    printed: Printed = Printed.KEEP
    model: str | None = None

    @property
    def limits(self) -> DecodeLimits:
        """What a file may cost, as decoding wants to know it."""
        return DecodeLimits(
            max_pixels=self.max_image_pixels,
            max_file_bytes=self.max_file_bytes,
            max_pages=self.max_pages,
            pdf_dpi=self.pdf_dpi,
        )


def differences(before: ReadOptions, now: ReadOptions) -> str:
    """Name what differs between options, by the names of the settings.

    Examples
    --------
    >>> differences(ReadOptions(), ReadOptions(pdf_dpi=300, save_crops=True))
    'pdf_dpi: 200 before, 300 now, save_crops: no before, yes now'
    """
    earlier, later = before.model_dump(mode="json"), now.model_dump(mode="json")
    return ", ".join(
        f"{name}: {_shown(name, earlier[name])} before, {_shown(name, later[name])} now"
        for name in later
        if earlier[name] != later[name]
    )


def _shown(name: str, value: object) -> str:
    """Return a value as people know it."""
    if value is None:
        return SHIPPED_NAME if name == "model" else "not set"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
