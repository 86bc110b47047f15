"""What `retrain` can be asked for and what it needs, known without loading what trains."""

from worker.errors import UsageError

__all__ = ["RECIPES", "without_tensorflow"]

#: What can be trained, and how, by the names that ``--recipe`` takes.
RECIPES = ("default",)


def without_tensorflow() -> UsageError:
    """Return what to say where TensorFlow is not installed."""
    return UsageError(
        "training needs TensorFlow, which is not installed",
        remedy="In the clone: `pip install '.[train]'`, or `make train-env`.",
    )
