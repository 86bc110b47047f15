"""What `retrain` can be asked for and what it needs, known without loading what trains."""

from worker.errors import UsageError

__all__ = ["DIGITS_ALONE", "DIGITS_ALONE_REASON", "RECIPES", "not_installed", "without_tensorflow"]

#: What can be trained, and how, by the names that ``--recipe`` takes.
RECIPES = ("default", "original", "mnist")
#: Those whose networks have an output for each digit and none for what is no digit.
DIGITS_ALONE = ("original", "mnist")
DIGITS_ALONE_REASON = (
    "its ten outputs are digits, and reading needs an eleventh for what is none; "
    "`digitize models export` takes it to other programs"
)


def without_tensorflow() -> UsageError:
    """Return what to say where TensorFlow is not installed."""
    return not_installed("training needs TensorFlow, which is not installed")


def not_installed(what: str) -> UsageError:
    """Return what to say where something that only training needs is not installed."""
    return UsageError(what, remedy="In the clone: `pip install '.[train]'`, or `make train-env`.")
