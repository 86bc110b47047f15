"""What can be wrong with a model or its data.

The tree::

    ModelError
    ├── BatchInvalid     glyphs of the wrong shape, dtype or range
    ├── BundleInvalid    a model folder that is missing, incomplete, damaged or of another kind
    ├── DataInvalid      training data that cannot be used
    └── TrainingUnavailable  the extra ``train`` is not installed
"""

__all__ = ["BatchInvalid", "BundleInvalid", "DataInvalid", "ModelError", "TrainingUnavailable"]


class ModelError(Exception):
    """Base of all errors of this package."""


class BatchInvalid(ModelError):
    """Glyphs of the wrong shape, dtype or range."""


class BundleInvalid(ModelError):
    """A model folder that is missing, incomplete, damaged or of another kind."""


class DataInvalid(ModelError):
    """Training data that cannot be used; the message names the file."""


class TrainingUnavailable(ModelError):
    """TensorFlow is not installed."""
