"""What `retrain` can be asked for and what it needs, known without loading what trains."""

from worker.errors import UsageError

__all__ = [
    "DIGITS_ALONE",
    "DIGITS_ALONE_REASON",
    "RECIPES",
    "TRAINING_NEEDS",
    "not_installed",
    "training_without",
]

#: What can be trained, and how, by the names that ``--recipe`` takes.
RECIPES = ("default", "original", "mnist", "ink")
#: Those whose networks have an output for each digit and none for what is no digit.
DIGITS_ALONE = ("original", "mnist")
DIGITS_ALONE_REASON = (
    "its ten outputs are digits, and reading needs an eleventh for what is none; "
    "`digitize models export` takes it to other programs"
)
#: What training needs beyond reading, by the names of the modules, and what these are called.
TRAINING_NEEDS = {"tensorflow": "TensorFlow", "matplotlib": "Matplotlib"}


def training_without(*modules: str) -> UsageError:
    """Return what to say where some of :data:`TRAINING_NEEDS` are not installed."""
    names = " and ".join(TRAINING_NEEDS[module] for module in modules)
    verb = "are" if len(modules) > 1 else "is"
    return not_installed(f"training needs {names}, which {verb} not installed")


def not_installed(what: str) -> UsageError:
    """Return what to say where something that only training needs is not installed."""
    return UsageError(what, remedy="In the clone: `pip install '.[train]'`, or `make train-env`.")
