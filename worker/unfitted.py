"""A model whose confidence could not be fitted is kept, and accepts no numbers until that is done."""

from model.bundle import Bundle
from worker.errors import ModelRefused

__all__ = ["UNFITTED", "check_fitted"]

#: Where a manifest's calibration says why.
UNFITTED = "unfitted"


def check_fitted(bundle: Bundle) -> None:
    """Refuse a model whose confidence could not be fitted: nobody should accept numbers by it.

    Raises
    ------
    ModelRefused
        It could not; the message says why.
    """
    why = bundle.manifest.get("calibration", {}).get(UNFITTED)
    if why is not None:
        raise ModelRefused(
            f"its confidence was not fitted, because {why}; `digitize models calibrate` does it",
            remedy="`digitize models calibrate MODEL -o DIR` writes a copy, which can be promoted.",
        )
