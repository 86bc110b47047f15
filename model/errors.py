"""What can be wrong with a model or its data.

The tree::

    ModelError
    ├── BatchInvalid     glyphs of the wrong shape, dtype or range
    ├── BundleInvalid    a model folder that is missing, incomplete, damaged or of another kind
    ├── DataInvalid      training data that cannot be used
    ├── ExportFailed     a model that cannot be exported, or an export that does not give what it gives
    ├── RuntimeMissing   what is needed to write an export, or to load it back, is not installed
    ├── TrainingDiverged     a training whose loss is no number any more
    └── TrainingUnavailable  the extra ``train`` is not installed
"""

__all__ = [
    "BatchInvalid",
    "BundleInvalid",
    "DataInvalid",
    "ExportFailed",
    "ModelError",
    "RuntimeMissing",
    "TrainingDiverged",
    "TrainingUnavailable",
]


class ModelError(Exception):
    """Base of all errors of this package."""


class BatchInvalid(ModelError):
    """Glyphs of the wrong shape, dtype or range."""


class BundleInvalid(ModelError):
    """A model folder that is missing, incomplete, damaged or of another kind."""


class DataInvalid(ModelError):
    """Training data that cannot be used; the message names the file."""


class ExportFailed(ModelError):
    """A model that cannot be exported, or an export that does not give what the model gives."""


class RuntimeMissing(ModelError):
    """What is needed to write an export, or to load it back, is not installed.

    Parameters
    ----------
    message : str
        What is missing.
    remedy : str
        How to get it.
    """

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


class TrainingDiverged(ModelError):
    """A training whose loss is no number any more."""


class TrainingUnavailable(ModelError):
    """TensorFlow is not installed."""
