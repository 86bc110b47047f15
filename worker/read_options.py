"""How the pages of a job are to be read, as it stands in the job file."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from segmentation.page import DecodeLimits
from worker.printed import Printed

__all__ = ["ReadOptions"]

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
